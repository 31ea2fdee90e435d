"""What each condition operator compares, and how.

An operator without its negation is a `Comparison`: it reads a policy value once, a request value once, and says
whether the one fits the other. A value that cannot be read (a number that is none) is `None` and fits nothing.

Source: IAM User Guide, reference_policies_elements_condition_operators; semantics section 5.2.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from policyeval.syntax.arn import split_arn
from policyeval.syntax.variable import Lookup, parse_template, resolve_pattern, resolve_text
from policyeval.syntax.wildcard import Matcher, Token, Wildcard, compile_tokens


class Unresolved(Exception):  # not an error: a policy value whose variable has no value
    """A policy value holds a variable that cannot be resolved."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One positive operator.

    `read_policy(text, lookup)` gives the operand of a policy value or `None` when it is malformed, and raises
    `Unresolved`; `lookup` is `None` where the document's version has no variables. `read_request(text)` gives the
    operand of a request value or `None`. `fits(request, policy)` compares two operands.
    """

    read_policy: Callable[[str, Lookup | None], Any | None]
    read_request: Callable[[str], Any | None]
    fits: Callable[[Any, Any], bool]
    takes_variables: bool = False


# ---- text


def _substitute(text: str, lookup: Lookup | None) -> str:
    if lookup is None:
        return text
    resolved = resolve_text(parse_template(text), lookup)
    if resolved is None:
        raise Unresolved
    return resolved


def _substitute_pattern(text: str, lookup: Lookup | None) -> tuple[Token, ...]:
    resolved = resolve_pattern(parse_template(text) if lookup is not None else (text,), lookup or _no_lookup)
    if resolved is None:
        raise Unresolved
    return resolved


def _no_lookup(_key: str) -> str | None:
    return None


def _same(text: str) -> str:
    return text


def _lower_policy(text: str, lookup: Lookup | None) -> str:
    return _substitute(text, lookup).lower()


def _glob(text: str, lookup: Lookup | None) -> Matcher:
    return compile_tokens(_substitute_pattern(text, lookup))


# ---- ARNs: six segments, each matched on its own


def _arn_glob(text: str, lookup: Lookup | None) -> tuple[Matcher, ...] | None:
    segments = split_tokens(_substitute_pattern(text, lookup))
    return tuple(compile_tokens(segment) for segment in segments) if len(segments) == 6 else None


def split_tokens(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """Split glob tokens at their first five literal colons, as `split_arn` splits text."""
    segments: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Wildcard):
            segments[-1].append(token)
            continue
        head, *rest = token.split(":", 6 - len(segments))
        if head:
            segments[-1].append(head)
        segments.extend([piece] if piece else [] for piece in rest)
    return [tuple(segment) for segment in segments]


def _arn_segments(text: str) -> list[str] | None:
    segments = split_arn(text)
    return segments if len(segments) == 6 else None


def _arn_fits(request: list[str], policy: tuple[Matcher, ...]) -> bool:
    return all(matches(segment) for matches, segment in zip(policy, request, strict=True))


# ---- numbers

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


@lru_cache(maxsize=4096)
def read_number(text: str) -> Decimal | None:
    """An integer or decimal, or nothing: `10abc` is no number.

    >>> read_number("10.50") == read_number("10.5"), read_number("10abc")
    (True, None)
    """
    if len(text) > 400 or _NUMBER.fullmatch(text) is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern admits only what Decimal reads
        return None


# ---- dates: seconds since 1970 in UTC, so that dates and epoch seconds are one line

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[Tt](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<fraction>\.\d+)?)?"
    r"(?P<zone>[Zz]|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_EPOCH = re.compile(r"\d{1,19}(?:\.\d+)?", re.ASCII)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@lru_cache(maxsize=4096)
def read_date(text: str) -> Decimal | None:
    """A W3C date (`2024`, `2024-05`, `2024-05-01`, `2024-05-01T10:00Z`, …) or epoch seconds, as epoch seconds.

    A date without a time is midnight, without a zone UTC. Four digits are a year (the W3C note; semantics 5.2), other
    runs of digits epoch seconds. Loose dates (`Jan 5, 2020`) are no dates.

    >>> read_date("1970-01-01T01:00:00+01:00"), read_date("86400") == read_date("1970-01-02"), read_date("Jan 5, 2020")
    (Decimal('0'), True, None)
    """
    found = _DATE.fullmatch(text)
    if found is None:
        return Decimal(text) if _EPOCH.fullmatch(text) else None
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    hour, minute, second = int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0)
    if not (1 <= month <= 12 and 1 <= day <= _days_in(year, month) and hour < 24 and minute < 60 and second < 60):
        return None
    offset = _zone_seconds(found["zone"])
    if offset is None:
        return None
    seconds = _days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    return Decimal(seconds) + Decimal("0" + found["fraction"] if found["fraction"] else "0")


def _days_in(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _MONTH_DAYS[month - 1] + leap


def _days_since_epoch(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar, year 0 included, which `datetime` leaves out."""
    before = year - 1
    leaps = before // 4 - before // 100 + before // 400
    days = before * 365 + leaps + sum(_days_in(year, earlier) for earlier in range(1, month)) + day - 1
    return days - 719_162


def _zone_seconds(zone: str | None) -> int | None:
    if zone in (None, "Z", "z"):
        return 0
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 14 or minutes > 59:
        return None
    return (-1 if zone[0] == "-" else 1) * (hours * 3600 + minutes * 60)


# ---- booleans, bytes, addresses


def read_boolean(text: str) -> bool | None:
    """`true` or `false` in any case, or nothing."""
    return {"true": True, "false": False}.get(text.lower())


def read_binary(text: str) -> bytes | None:
    """The bytes of a base64 text, or nothing."""
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None


Address = tuple[int, int]
"""IP version and value."""
Network = tuple[int, int, int]
"""IP version, first and last address."""
_PREFIX_LENGTH = re.compile(r"\d{1,3}", re.ASCII)


@lru_cache(maxsize=4096)
def read_network(text: str) -> Network | None:
    """An address or CIDR range; without a prefix length one address; host bits are ignored.

    >>> read_network("203.0.113.5/24") == read_network("203.0.113.0/24")
    True
    """
    import ipaddress

    _, slash, length = text.partition("/")
    if "%" in text or (slash and _PREFIX_LENGTH.fullmatch(length) is None):
        return None
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


@lru_cache(maxsize=4096)
def read_address(text: str) -> Address | None:
    """One IPv4 or IPv6 address, by value and not by spelling."""
    import ipaddress

    if "%" in text:
        return None
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address.version, int(address)


def _address_fits(request: Address, policy: Network) -> bool:
    return request[0] == policy[0] and policy[1] <= request[1] <= policy[2]


# ---- the table


def _plain(read: Callable[[str], Any | None], fits: Callable[[Any, Any], bool]) -> Comparison:
    """An operator whose values hold no variables: a `${` in them is text."""
    return Comparison(lambda text, _lookup: read(text), read, fits)


def _equals(request: object, policy: object) -> bool:
    return request == policy


def _orderings(family: str, read: Callable[[str], Decimal | None]) -> dict[str, Comparison]:
    return {
        f"{family}Equals": _plain(read, _equals),
        f"{family}LessThan": _plain(read, lambda request, policy: request < policy),
        f"{family}LessThanEquals": _plain(read, lambda request, policy: request <= policy),
        f"{family}GreaterThan": _plain(read, lambda request, policy: request > policy),
        f"{family}GreaterThanEquals": _plain(read, lambda request, policy: request >= policy),
    }


_ARN_LIKE = Comparison(_arn_glob, _arn_segments, _arn_fits, takes_variables=True)
COMPARISONS: dict[str, Comparison] = {
    "StringEquals": Comparison(_substitute, _same, _equals, takes_variables=True),
    "StringEqualsIgnoreCase": Comparison(_lower_policy, str.lower, _equals, takes_variables=True),
    "StringLike": Comparison(_glob, _same, lambda request, matches: matches(request), takes_variables=True),
    **_orderings("Numeric", read_number),
    **_orderings("Date", read_date),
    # Variables are text under Bool unless the caller asks for the other reading (semantics section 12, no. 7).
    "Bool": Comparison(lambda text, lookup: read_boolean(_substitute(text, lookup)), read_boolean, _equals),
    "BinaryEquals": _plain(read_binary, _equals),
    "IpAddress": Comparison(lambda text, _lookup: read_network(text), read_address, _address_fits),
    # ArnEquals and ArnLike behave the same (reference_policies_elements_condition_operators).
    "ArnEquals": _ARN_LIKE,
    "ArnLike": _ARN_LIKE,
}
"""Every positive operator but `Null`, by its name without negation."""


def fits_ignoring_case(operator: str, text: str, lookup: Lookup | None, actual: str) -> bool:
    """Whether a request value fits a policy value of a positive String operator if case is passed over."""
    tokens = _substitute_pattern(text, lookup) if operator == "StringLike" else (_substitute(text, lookup),)
    folded = tuple(token if isinstance(token, Wildcard) else token.lower() for token in tokens)
    return compile_tokens(folded)(actual.lower())
