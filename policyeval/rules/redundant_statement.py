"""A statement that says what another one says.

## What it does
Reports a statement that equals an earlier one in everything but its `Sid`, the order of its lists and the case of its
actions.

## Why is this bad?
It does nothing. Edited alone, one of the twins keeps what the other was meant to lose.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Reports",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "arn:aws:s3:::reports/*"
    },
    {
      "Sid": "ReportsAgain",
      "Effect": "Allow",
      "Action": ["s3:PutObject", "s3:GetObject"],
      "Resource": "arn:aws:s3:::reports/*"
    }
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "Reports",
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Fix safety
Safe: the other statement says the same.

## References
- [IAM JSON policy elements: Statement](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html)
- [Access Analyzer: Redundant statement](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-statement)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Entry, Policy, PrincipalEntry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    seen: dict[object, Statement] = {}
    for statement in policy:
        first = seen.setdefault(_meaning(statement), statement)
        if first is statement:
            continue
        yield Remark(
            f"{_name(statement)} repeats {_name(first)}",
            Where(statement.pointer),
            label="says the same",
            related=(Label(Where(first.pointer), "said here"),),
            fix=Fix(f"remove {_name(statement)}", (Remove(statement.pointer),), safe=True),
        )


def _name(statement: Statement) -> str:
    return f"`{statement.sid}`" if statement.sid else statement.label


def _meaning(statement: Statement) -> object:
    """What a statement says, for comparison: its elements as sets."""
    return (
        statement.effect,
        _texts(statement.actions, lower=True),
        _texts(statement.not_actions, lower=True),
        _texts(statement.resources),
        _texts(statement.not_resources),
        _principals(statement.principals),
        _principals(statement.not_principals),
        frozenset(
            (condition.operator.canonical, condition.key.lower(), _texts(condition.values))
            for condition in statement.conditions
        ),
    )


def _texts(entries: tuple[Entry, ...] | None, *, lower: bool = False) -> frozenset[str] | None:
    if entries is None:
        return None
    return frozenset(entry.text.lower() if lower else entry.text for entry in entries)


def _principals(entries: tuple[PrincipalEntry, ...] | None) -> frozenset[tuple[str, str]] | None:
    return None if entries is None else frozenset((entry.type, entry.text) for entry in entries)


RULE = Rule("redundant-statement", Severity.SUGGESTION, policy=check, needs_valid_policy=True)
