"""How values are read, and what each operator compares.

Source: IAM User Guide, reference_policies_elements_condition_operators; semantics section 5.2.
"""

from __future__ import annotations

import base64
import ipaddress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.evaluation.comparison import (
    COMPARISONS,
    read_address,
    read_binary,
    read_boolean,
    read_date,
    read_network,
    read_number,
    split_tokens,
)
from policyeval.syntax.arn import split_arn
from policyeval.syntax.operator import BASE_OPERATORS, parse_operator
from policyeval.syntax.wildcard import tokenize


def test_every_operator_but_null_has_a_comparison() -> None:
    positive = {operator.positive for operator in map(parse_operator, BASE_OPERATORS) if operator is not None}
    assert set(COMPARISONS) == positive - {"Null"} | {"ArnLike"}


def test_variables_are_replaced_in_text_and_arns_alone() -> None:
    """ "In any condition that involves the string operators or the ARN operators" (reference_policies_variables)."""
    taking = {name for name, comparison in COMPARISONS.items() if comparison.takes_variables}
    assert taking == {"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("010", 10),
        ("-3", -3),
        ("+3", 3),
        ("1.50", Decimal("1.5")),
        (".5", Decimal("0.5")),
        ("5.", 5),
        ("1e3", 1000),
        ("1E-2", Decimal("0.01")),
        ("9" * 100, int("9" * 100)),
        ("", None),
        (" 10", None),
        ("10 ", None),
        ("10abc", None),
        ("1,000", None),
        ("0x10", None),
        ("1e", None),
        ("NaN", None),
        ("Infinity", None),
        ("1_000", None),
        ("١٠", None),
        ("9" * 400, int("9" * 400)),
        ("9" * 401, None),
        ("1e99999", None),
    ],
)
def test_numbers(text: str, value: int | Decimal | None) -> None:
    assert read_number(text) == value


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_dates_are_the_calendars(moment: datetime, minutes: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    local = moment.replace(tzinfo=zone)
    expected = (local - EPOCH) // timedelta(microseconds=1)
    found = read_date(local.isoformat())
    assert found is not None
    assert found * 1_000_000 == expected


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026", "2026-01-01T00:00:00Z"),
        ("2026-05", "2026-05-01T00:00:00Z"),
        ("2026-05-02", "2026-05-02T00:00:00Z"),
        ("2026-05-02T10:30Z", "2026-05-02T10:30:00Z"),
        ("2026-05-02T10:30", "2026-05-02T10:30:00Z"),
        ("2026-05-02t10:30z", "2026-05-02T10:30:00Z"),
        ("2026-05-02T10:30:00.0Z", "2026-05-02T10:30:00Z"),
        ("2026-05-02T12:30:00+02:00", "2026-05-02T10:30:00Z"),
        ("2026-05-02T08:00:00-02:30", "2026-05-02T10:30:00Z"),
        ("2026-05-02T10:30+14:00", "2026-05-01T20:30:00Z"),
        ("2026-05-02T13:29:00+02:59", "2026-05-02T10:30:00Z"),
        ("0", "1970-01-01"),
        ("86400", "1970-01-02"),
        ("978307200", "2001-01-01"),
        ("4107542400", "2100-03-01"),
        ("1777717800", "2026-05-02T10:30:00Z"),
    ],
)
def test_dates_and_epoch_seconds_are_one_line(text: str, same: str) -> None:
    assert read_date(text) == read_date(same) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jan 5, 2020",
        "2026-13",
        "2026-00",
        "2026-02-29",
        "1900-02-29",
        "2100-02-29",
        "2026-04-31",
        "2026-12-32",
        "2026-5-2",
        "26-05-02",
        "2026-05-02 10:30Z",
        "2026-05-02T24:00Z",
        "2026-05-02T10:60Z",
        "2026-05-02T10:30:60Z",
        "2026-05-02T10:30+15:00",
        "2026-05-02T10:30+02:60",
        "2026-05-02T10:30+2",
        "2026-05-02Z",
        "2026-05-*",
        "-2026",
        "1" * 20,
        "1e9",
        "٢٠٢٦",
        "now",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(st.text(max_size=6))
def test_booleans(text: str) -> None:
    assert read_boolean(text) is {"true": True, "false": False}.get(text.lower())


@given(st.binary(max_size=20))
def test_binary_is_base64_of_the_bytes(data: bytes) -> None:
    assert read_binary(base64.b64encode(data).decode()) == data


@pytest.mark.parametrize("text", ["Q", "QQ=", "Q Q=", "QQ==\n", "é", "Q!=="])
def test_what_is_no_base64(text: str) -> None:
    assert read_binary(text) is None


@given(st.ip_addresses(), st.data())
def test_a_range_is_the_addresses_around_one(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, data: st.DataObject
) -> None:
    """Host bits are ignored; an address is compared by value and not by spelling."""
    length = data.draw(st.integers(0, address.max_prefixlen))
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    found, own = read_network(f"{address}/{length}"), read_address(str(address))
    assert found == (network.version, int(network.network_address), int(network.broadcast_address))
    assert own is not None
    assert COMPARISONS["IpAddress"].fits(own, found)
    assert read_address(address.exploded.upper()) == own
    assert read_network(str(address)) == (own[0], own[1], own[1])


@given(st.ip_addresses(v=4), st.ip_addresses(v=6))
def test_families_never_match_each_other(four: ipaddress.IPv4Address, six: ipaddress.IPv6Address) -> None:
    fits = COMPARISONS["IpAddress"].fits
    assert not fits(read_address(str(six)), read_network("0.0.0.0/0"))
    assert not fits(read_address(str(four)), read_network("::/0"))
    assert fits(read_address(str(four)), read_network("0.0.0.0/0"))
    assert fits(read_address(str(six)), read_network("::/0"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.0/33",
        "203.0.113.0/",
        "203.0.113.0/-1",
        "203.0.113.0/255.255.255.0",
        "203.0.113.*",
        "010.0.0.1",
        "2001:db8::/129",
        "2001:db8:::1",
        "fe80::1%eth0",
        "*",
        "203.0.113.1 ",
    ],
)
def test_what_is_no_range(text: str) -> None:
    assert read_network(text) is None
    assert read_address(text) is None


@given(st.text("ab:*?", max_size=14))
def test_a_pattern_of_an_arn_is_split_as_an_arn_is(text: str) -> None:
    assert split_tokens(tokenize(text)) == [tokenize(segment) for segment in split_arn(text)]
