"""Condition operators: `ForAllValues:` or `ForAnyValue:`, a base name, `IfExists`.

Source: IAM User Guide, reference_policies_elements_condition_operators and reference_policies_condition-single-vs-
multi-valued-context-keys. Names are written exactly so; the evaluator takes any case (semantics section 12, no. 14).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

_ORDERINGS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")

BASE_OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    *(f"Numeric{ordering}" for ordering in _ORDERINGS),
    *(f"Date{ordering}" for ordering in _ORDERINGS),
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
)

_POSITIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
_BY_LOWER = {name.lower(): name for name in BASE_OPERATORS}
_OPERATOR = re.compile(r"(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?", re.IGNORECASE | re.ASCII)


class Qualifier(Enum):
    """A set operator, put before an operator for keys with several values."""

    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


_QUALIFIERS = {qualifier.value.lower(): qualifier for qualifier in Qualifier}


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator taken apart. `base` is AWS's spelling, `written` the policy's."""

    base: str
    qualifier: Qualifier | None
    if_exists: bool
    written: str

    @property
    def is_negated(self) -> bool:
        """Whether several values mean "none of them", and a missing key counts as true."""
        return self.base in _POSITIVE

    @property
    def positive(self) -> str:
        """The base operator without its negation: `StringLike` for `StringNotLike`."""
        return _POSITIVE.get(self.base, self.base)

    @property
    def family(self) -> str:
        """`String`, `Numeric`, `Date`, `Bool`, `Binary`, `IpAddress`, `Arn` or `Null`."""
        for family in ("String", "Numeric", "Date", "Binary", "Arn"):
            if self.base.startswith(family):
                return family
        return self.positive

    @property
    def canonical(self) -> str:
        """AWS's own spelling of the whole operator."""
        head = f"{self.qualifier.value}:" if self.qualifier else ""
        return f"{head}{self.base}{'IfExists' if self.if_exists else ''}"


@lru_cache(maxsize=1024)
def parse_operator(text: str) -> Operator | None:
    """Take an operator apart, in any case; nothing when AWS has none of that name (`NullIfExists` among them).

    >>> parse_operator("ForAnyValue:StringNotLikeIfExists").canonical
    'ForAnyValue:StringNotLikeIfExists'
    """
    found = _OPERATOR.fullmatch(text)
    if found is None:
        return None
    qualifier, name, if_exists = found.groups()
    base = _BY_LOWER.get(name.lower())
    if base is None or (base == "Null" and if_exists):
        return None
    return Operator(base, _QUALIFIERS[qualifier.lower()] if qualifier else None, bool(if_exists), text)
