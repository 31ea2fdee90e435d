"""Conditions in words: what holds, and the reverse of what held already, put together key by key."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from policyeval.catalog.global_keys import global_key
from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.reading import Reading
from policyeval.policy.model import Condition, Entry
from policyeval.proof.domain import ABSENT, domain_of
from policyeval.proof.glob import Inexpressible, glob, intersect
from policyeval.proof.leftover import null_condition
from policyeval.proof.term import atom_of
from policyeval.syntax.arn import split_arn
from policyeval.syntax.operator import Qualifier, parse_operator

_REVERSE = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
    "IpAddress": "NotIpAddress",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
}
"""The operators whose reverse counts a missing key as true, as they count it as false."""
_BACK = {negated: positive for positive, negated in _REVERSE.items()}
_ORDERINGS = {
    f"{family}{one}": f"{family}{other}"
    for family in ("Numeric", "Date")
    for one, other in (
        ("LessThan", "GreaterThanEquals"),
        ("LessThanEquals", "GreaterThan"),
        ("GreaterThan", "LessThanEquals"),
        ("GreaterThanEquals", "LessThan"),
    )
}
_TRUTH = {"true": "false", "false": "true"}


def condition_text(condition: Condition) -> str:
    """`aws:RequestedRegion StringEquals eu-west-1, eu-north-1`; `Null` as "is missing" or "is present"."""
    values = ", ".join(entry.text for entry in condition.values)
    operator = condition.operator
    if operator.base == "Null" and operator.qualifier is None and values.lower() in _TRUTH:
        return f"{condition.key} is {'missing' if values.lower() == 'true' else 'present'}"
    return f"{condition.key} {operator.written} {values or '(nothing)'}"


def put_together(own: Sequence[Condition], not_held: Sequence[Condition]) -> list[Condition]:
    """The conditions that hold, all of them, and the reverse of those that do not, in as few as say it; key by key."""
    found: list[Condition] = []
    for key in dict.fromkeys(condition.key.lower() for condition in (*own, *not_held)):
        held = [condition for condition in own if condition.key.lower() == key]
        bars = [condition for condition in not_held if condition.key.lower() == key]
        if bars and _holds_only_missing(key, held, bars):
            found.append(null_condition(bars[0].key, is_missing=True))
            continue
        for condition in bars:
            held = _without(held, condition)
        found += held
    return list({condition_text(condition): condition for condition in found}.values())


def can_be_reversed(condition: Condition) -> bool:
    """Whether there are conditions that hold exactly where one does not."""
    return reverse_of(condition, is_present=False) is not None


def _holds_only_missing(key: str, held: Sequence[Condition], not_held: Sequence[Condition]) -> bool:
    """Whether all of it holds for a request without the key, and for no other (nor for one with an empty list)."""
    if any(one.operator.qualifier for one in (*held, *not_held)) or cardinality(key) is not Cardinality.ONE:
        return False
    atoms, bars = (frozenset(atom_of(one, has_variables=True) for one in given) for given in (held, not_held))
    if any(atom.linked_keys for atom in atoms | bars):
        return False
    try:
        domain = domain_of(key, atoms | bars, cardinality(key))
    except Inexpressible:
        return False
    left = domain.everything
    for atom in atoms:
        left &= domain.masks[atom]
    for atom in bars:
        left &= ~domain.masks[atom]
    values = [value for at, value in enumerate(domain.values) if left >> at & 1]
    return values == [ABSENT]


def _without(held: list[Condition], bar: Condition) -> list[Condition]:
    """The conditions where one does not hold, as few as say it."""
    for at, condition in enumerate(held):
        less = _less(condition, bar)
        if less is not None:
            return [*held[:at], less, *held[at + 1 :]]
    is_present = _is_always_there(bar.key) or any(map(_asks_for_presence, held))
    return [*held, *(reverse_of(bar, is_present=is_present) or ())]


def _less(condition: Condition, bar: Condition) -> Condition | None:
    """One condition that says that the first holds and the second does not, where their values tell it."""
    mine, other = condition.operator, bar.operator
    if mine.qualifier or other.qualifier or mine.base != other.base or mine.base not in {**_REVERSE, **_BACK}:
        return None
    if not mine.is_negated and (mine.if_exists or other.if_exists):
        return None
    wide, narrow = (bar, condition) if mine.is_negated else (condition, bar)
    gone = {entry.text for entry in narrow.values}
    rest = tuple(entry for entry in wide.values if entry.text not in gone)
    if not rest or len(rest) == len(wide.values) or not _is_apart(mine.positive, rest, narrow.values):
        return None
    operator = parse_operator(mine.positive)
    assert operator is not None
    return Condition(operator, condition.key, rest, condition.pointer)


def _is_apart(base: str, some: Sequence[Entry], others: Sequence[Entry]) -> bool:
    """Whether it is sure that no value fits an entry of both."""
    texts = [entry.text for entry in (*some, *others)]
    if any("${" in text for text in texts):
        return False
    if base in ("StringEquals", "StringEqualsIgnoreCase"):
        return not {entry.text.lower() for entry in some} & {entry.text.lower() for entry in others}
    if base == "IpAddress":
        try:
            nets = [[ipaddress.ip_network(entry.text, strict=False) for entry in given] for given in (some, others)]
        except ValueError:
            return False
        return not any(a.version == b.version and a.overlaps(b) for a in nets[0] for b in nets[1])
    try:
        if base == "StringLike":
            return not any(intersect(glob(a.text), glob(b.text)) for a in some for b in others)
        if base in ("ArnLike", "ArnEquals"):
            return not any(_arns_meet(a.text, b.text) for a in some for b in others)
    except Inexpressible:
        pass
    return False


def _arns_meet(some: str, other: str) -> bool:
    """ARNs are compared segment by segment; one with fewer than six is fitted by none."""
    parts = [split_arn(text) for text in (some, other)]
    if any(len(segments) < 6 for segments in parts):
        return False
    return all(intersect(glob(one), glob(two)) for one, two in zip(*parts, strict=True))


def reverse_of(condition: Condition, *, is_present: bool) -> list[Condition] | None:
    """The conditions that hold together exactly where one does not; nothing when there are none such.

    A missing key makes a positive operator false and a negated one true, `IfExists` true; `ForAllValues` is true of a
    missing key, `ForAnyValue` false (IAM User Guide, reference_policies_elements_condition_operators). A list makes
    every operator without set operator false, so that there is no reverse where a key may hold one.
    """
    operator = condition.operator
    base, suffix = _reversed_base(condition), ""
    if base is None or (operator.qualifier is not None and (operator.if_exists or base in ("Bool", "Null"))):
        return None
    if operator.qualifier is None and base != "Null" and cardinality(condition.key.lower()) is not Cardinality.ONE:
        return None
    head = ""
    if operator.qualifier is not None:
        is_all = operator.qualifier is Qualifier.FOR_ALL_VALUES
        head = f"{(Qualifier.FOR_ANY_VALUE if is_all else Qualifier.FOR_ALL_VALUES).value}:"
    elif base == "Bool" or base in _ORDERINGS:
        suffix = "" if operator.if_exists or is_present else "IfExists"
    flipped = parse_operator(f"{head}{base}{suffix}")
    assert flipped is not None
    values = condition.values
    if base in ("Bool", "Null"):
        values = tuple(Entry(_TRUTH[entry.text.lower()], entry.pointer) for entry in values)
    found = [Condition(flipped, condition.key, values, condition.pointer)]
    if operator.if_exists and base in _BACK:
        found.append(null_condition(condition.key, is_missing=False))
    return found


def _reversed_base(condition: Condition) -> str | None:
    base = condition.operator.base
    if base in ("Bool", "Null"):
        return base if [entry.text.lower() in _TRUTH for entry in condition.values] == [True] else None
    if base in _ORDERINGS:
        is_one = len(condition.values) == 1 and _reads_as(condition.operator.family, condition.values[0].text)
        return _ORDERINGS[base] if is_one else None
    return _REVERSE.get(base) or _BACK.get(base)


def _reads_as(family: str, text: str) -> bool:
    """Whether a text is a number or date: nothing compares with one that is none, neither way."""
    operator = parse_operator(f"{family}Equals")
    assert operator is not None
    condition = Condition(operator, "some:key", (Entry(text, ""),), "")
    return judge_condition(
        condition, Context({"some:key": text}), Reading(), has_variables=False, is_allow=True
    ).matched


def _is_always_there(key: str) -> bool:
    known = global_key(key)
    return known is not None and known.always_present


def _asks_for_presence(condition: Condition) -> bool:
    """Whether a condition is false of a request without its key."""
    operator = condition.operator
    if operator.qualifier is not None:
        return operator.qualifier is Qualifier.FOR_ANY_VALUE
    if operator.base == "Null":
        return all(entry.text.lower() == "false" for entry in condition.values)
    return not operator.if_exists and not operator.is_negated
