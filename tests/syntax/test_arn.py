"""ARNs: `arn:partition:service:region:account:resource`.

Source: IAM User Guide, reference-arns.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.errors import RequestError
from policyeval.syntax.arn import Arn, is_account_id, parse_arn, split_arn

SEGMENT = st.text("ab*1-", max_size=4)


@given(st.tuples(SEGMENT, SEGMENT, SEGMENT, SEGMENT), st.text("ab:/*", min_size=1, max_size=10))
def test_the_resource_part_keeps_its_own_colons(head: tuple[str, str, str, str], resource: str) -> None:
    assert split_arn(":".join(["arn", *head, resource])) == ["arn", *head, resource]


@given(st.lists(SEGMENT, min_size=1, max_size=5))
def test_an_arn_cut_short_has_fewer_segments(segments: list[str]) -> None:
    assert split_arn(":".join(segments)) == segments


@pytest.mark.parametrize(
    ("text", "account", "resource", "kind"),
    [
        ("arn:aws:s3:::b/k/l", "", "b/k/l", "b"),
        ("arn:aws:iam::123456789012:user/team/alice", "123456789012", "user/team/alice", "user"),
        ("arn:aws:iam::123456789012:root", "123456789012", "root", "root"),
        ("arn:aws:logs:eu-west-1:123456789012:log-group:a:*", "123456789012", "log-group:a:*", "log-group"),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:topic", "123456789012", "topic", "topic"),
        ("arn:aws:s3:::b/a:b", "", "b/a:b", "b"),
    ],
)
def test_reading(text: str, account: str, resource: str, kind: str) -> None:
    arn = parse_arn(text)
    assert (arn.account, arn.resource, arn.resource_type) == (account, resource, kind)
    assert str(arn) == text
    assert isinstance(arn, Arn)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`` is no ARN"),
        ("b/k", "`b/k` is no ARN"),
        ("ARN:aws:s3:::b", "`ARN:aws:s3:::b` is no ARN"),
        ("arn", "`arn` is no ARN: it has 1 of six segments"),
        ("arn:aws:s3:::", "`arn:aws:s3:::` is no ARN: partition, service and resource may not be empty"),
        ("arn:aws:s3:b", "`arn:aws:s3:b` is no ARN: it has 4 of six segments"),
        ("arn::s3:::b", "`arn::s3:::b` is no ARN: partition, service and resource may not be empty"),
        ("arn:aws::::b", "`arn:aws::::b` is no ARN: partition, service and resource may not be empty"),
    ],
)
def test_what_is_no_arn(text: str, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_arn(text)
    assert caught.value.message == message
    assert caught.value.help is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("123456789012", True),
        ("000000000000", True),
        ("12345678901", False),
        ("1234567890123", False),
        ("1234-5678-9012", False),
        ("12345678901a", False),
        ("", False),
        ("١٢٣٤٥٦٧٨٩٠١٢", False),
        ("12345678901²", False),
    ],
)
def test_account_ids_are_twelve_ascii_digits(text: str, expected: bool) -> None:
    assert is_account_id(text) is expected
