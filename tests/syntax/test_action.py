"""Entries of `Action`, and the actions that requests ask for.

Source: IAM User Guide, reference_policies_elements_action.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.errors import RequestError
from policyeval.syntax.action import (
    action_matches,
    check_request_action,
    compile_action,
    has_wildcard_in_prefix,
    is_well_formed,
)

MATCHES = [
    # The example of semantics section 2: request `iam:CreateAccessKey`.
    ("iam:*AccessKey*", "iam:CreateAccessKey", True),
    ("IAM:createaccesskey", "iam:CreateAccessKey", True),
    ("iam:Create?ccessKey", "iam:CreateAccessKey", True),
    ("iam:CreateAccessKey", "IAM:CREATEACCESSKEY", True),
    ("*", "iam:CreateAccessKey", True),
    ("**", "iam:CreateAccessKey", True),
    ("*:*", "iam:CreateAccessKey", True),
    ("iam:*", "iam:CreateAccessKey", True),
    ("iam:**", "iam:CreateAccessKey", True),
    ("iam:CreateAccessKey*", "iam:CreateAccessKey", True),
    ("iam:CreateAccessKey?", "iam:CreateAccessKey", False),
    ("iam:Create", "iam:CreateAccessKey", False),
    ("iam:AccessKey", "iam:CreateAccessKey", False),
    ("iam:*AccessKey", "iam:CreateAccessKeys", False),
    ("s3:*", "s3-object-lambda:GetObject", False),
    ("s3:*", "s3express:CreateSession", False),
    # Dots, hyphens and pluses of regular expressions are plain text.
    ("s3:Get.bject", "s3:GetObject", False),
    ("s3:GetObject|s3:PutObject", "s3:GetObject", False),
    ("s3:[G]etObject", "s3:GetObject", False),
    ("s3:(GetObject)", "s3:GetObject", False),
    ("s3:GetObjec+", "s3:GetObject", False),
    # What AWS stores and never matches (section 2, rule 6).
    ("s3:", "s3:GetObject", False),
    ("", "s3:GetObject", False),
    ("s3", "s3:GetObject", False),
    ("GetObject", "s3:GetObject", False),
    ("iam>DeleteAccessKey", "iam:DeleteAccessKey", False),
    ("s3:GetObject ", "s3:GetObject", False),
    (" s3:GetObject", "s3:GetObject", False),
    ("s3: *", "s3:GetObject", False),
    ("s3:Get\tObject", "s3:GetObject", False),
    ("s3:GetObject,s3:PutObject", "s3:GetObject", False),
    ("s3:Get*,s3:*", "s3:GetObject", False),
    ("s3:*:*", "s3:GetObject", False),
    (":GetObject", "s3:GetObject", False),
    ("* ", "s3:GetObject", False),
    ("s3:${aws:username}", "s3:GetObject", False),
    # A letter that only folds to an ASCII one is another letter.
    ("\u017f3:GetObject", "s3:GetObject", False),
    ("kms:En\u212arypt", "kms:Enkrypt", False),
]


@pytest.mark.parametrize(("pattern", "action", "expected"), MATCHES)
def test_matching(pattern: str, action: str, expected: bool) -> None:
    assert action_matches(pattern, action) is expected


WORDS = st.text("aAbB", min_size=1, max_size=4)


@given(WORDS, st.text("aAbB*?", min_size=1, max_size=5), WORDS)
def test_both_halves_ignore_case(service: str, pattern: str, name: str) -> None:
    """Actions are compared without regard to case, prefix and name alike."""
    expected = action_matches(f"{service}:{pattern}", f"{service}:{name}")
    for changed in (str.upper, str.lower, str.swapcase):
        assert action_matches(changed(f"{service}:{pattern}"), f"{service}:{name}") is expected
        assert action_matches(f"{service}:{pattern}", changed(f"{service}:{name}")) is expected


@given(st.text("aB:*? ,.>-\u212a\n", max_size=8))
def test_an_entry_that_is_not_well_formed_matches_nothing(pattern: str) -> None:
    if not is_well_formed(pattern):
        assert not any(compile_action(pattern)(action) for action in ("a:a", "b:ab", "a:b", "a-b:a", "a.b:b"))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("s3*:GetObject", True), ("?3:Get", True), ("*:GetObject", True), ("**:*", True), ("*", False), ("*:*", False)],
)
def test_the_service_takes_no_wildcard_but_in_everything(pattern: str, expected: bool) -> None:
    """ "Vendor s3* is not valid" (semantics section 2, rule 3; section 12, no. 11)."""
    assert has_wildcard_in_prefix(pattern) is expected


@pytest.mark.parametrize("action", ["s3:GetObject", "S3:getobject", "a4b:X", "execute-api:Invoke", "none:None"])
def test_a_request_asks_for_one_action(action: str) -> None:
    assert check_request_action(action) == action


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("s3:Get*", "`s3:Get*` is a pattern, and a request has one action"),
        ("*", "`*` is a pattern, and a request has one action"),
        ("s3:GetObjec?", "`s3:GetObjec?` is a pattern, and a request has one action"),
        ("", "`` is no action"),
        ("s3", "`s3` is no action"),
        ("s3:", "`s3:` is no action"),
        (":GetObject", "`:GetObject` is no action"),
        ("s3:Get Object", "`s3:Get Object` is no action"),
        ("s3:GetObject\n", "`s3:GetObject\n` is no action"),
        ("s3:Get:Object", "`s3:Get:Object` is no action"),
        ("s3>GetObject", "`s3>GetObject` is no action"),
    ],
)
def test_a_request_for_anything_else_cannot_be(action: str, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        check_request_action(action)
    assert caught.value.message == message
    assert caught.value.help is not None
