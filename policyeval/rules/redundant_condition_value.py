"""A value of a condition that another value of the list covers.

## What it does
Reports values under `StringEquals`, `StringLike`, `ArnLike`, `ArnEquals` and `IpAddress`, and under their negations and
set operators, when whatever they match another value of the same list matches as well. A lone `*` is left to the rules
that are about it.

## Why is this bad?
The list reads as if the value mattered. Whoever removes it to take something away takes nothing away.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringLike": {"s3:prefix": ["home/*", "home/alice/*"]}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringLike": {"s3:prefix": "home/*"}}
  }
}
```

## Fix safety
Safe: the values of a condition are alternatives, so the list holds for the same requests without the value.

## References
- [Conditions with multiple context keys or values](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Entry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.cover import covering, covers, redundancy
from policyeval.syntax.arn import split_arn


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if len(condition.values) < 2:
            continue
        for entry, other in _covering(condition.operator.positive, condition.values):
            yield redundancy(entry, other, "a value")


def _covering(base: str, values: tuple[Entry, ...]) -> Iterator[tuple[Entry, Entry]]:
    """The values that another covers, each with that one, as an operator without negation reads them."""
    if base == "IpAddress":
        yield from _covering_networks(values)
    elif base in _COVERS:
        some = tuple(entry for entry in values if not entry.text or entry.text.strip("*"))
        yield from covering(some, _COVERS[base], str.lower if base == "StringEqualsIgnoreCase" else str)


def _never(_pattern: str, _other: str) -> bool:
    return False


def _covers_arn(pattern: str, other: str) -> bool:
    """ARNs are compared segment by segment, and one with fewer than six fits none (`evaluation.comparison`).

    They are cut when variables have their values, which may hold colons: only behind the fifth nothing moves.
    """
    segments, others = split_arn(pattern), split_arn(other)
    if len(segments) != 6 or len(others) != 6 or any("${" in segment for segment in (*segments[:5], *others[:5])):
        return False
    return all(map(covers, segments, others))


_COVERS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _never,
    "StringEqualsIgnoreCase": _never,
    "StringLike": covers,
    "ArnLike": _covers_arn,
    "ArnEquals": _covers_arn,
}
"""Whether one value covers another that differs from it."""


def _covering_networks(values: tuple[Entry, ...]) -> Iterator[tuple[Entry, Entry]]:
    """Cost: for each network one look at each that may hold it, by its length."""
    networks = [(entry, parsed) for entry in values if (parsed := _network(entry.text)) is not None]
    first: dict[tuple[int, int, int], Entry] = {}
    for entry, (version, length, bits) in networks:
        first.setdefault((version, length, bits), entry)
    for entry, (version, length, bits) in networks:
        same = first[version, length, bits]
        if same is not entry:
            yield entry, same
            continue
        width = 32 if version == 4 else 128
        for shorter in range(length):
            wide = first.get((version, shorter, bits >> (width - shorter) << (width - shorter)))
            if wide is not None:
                yield entry, wide
                break


def _network(text: str) -> tuple[int, int, int] | None:
    """Version, length of the prefix, and address of a network; nothing for a text that is none."""
    from policyeval.evaluation.comparison import read_network  # only where there is an address to read

    found = read_network(text)
    if found is None:
        return None
    version, first, last = found
    width = 32 if version == 4 else 128
    return version, width - (last - first).bit_length(), first


RULE = Rule("redundant-condition-value", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
