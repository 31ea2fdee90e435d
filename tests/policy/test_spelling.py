"""The guide's spellings, read as they were meant, and said aloud."""

from __future__ import annotations

from typing import Any

import pytest

from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.policy.spelling import ACCOUNT_PLACEHOLDER, respell

ID = "123456789012"


def policy(kind: PolicyKind = PolicyKind.IDENTITY, **elements: Any) -> Policy:
    statement = {"Effect": "Allow", "Action": "iam:*", "Resource": "*", **elements}
    return Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind, "own.json")


def test_both_spellings_in_a_resource() -> None:
    written = policy(Resource=f"arn:aws:iam::{ACCOUNT_PLACEHOLDER}:user/$<aws:username>")
    meant, notes = respell(written, ID)
    assert meant.statements[0].resources is not None
    assert [entry.text for entry in meant.statements[0].resources] == [f"arn:aws:iam::{ID}:user/${{aws:username}}"]
    assert notes == (
        "`$<aws:username>` in own.json is read as `${aws:username}`; AWS itself would take this literally",
        f"`{ACCOUNT_PLACEHOLDER}` in own.json is read as `{ID}`; AWS itself would take this literally",
    )


@pytest.mark.parametrize(
    "elements",
    [
        {"NotResource": "arn:aws:s3:::$<aws:username>", "Resource": None},
        {"Condition": {"StringEquals": {"s3:prefix": ["a", "$<aws:username>"]}}},
    ],
)
def test_elsewhere_too(elements: dict[str, Any]) -> None:
    kept = {name: value for name, value in elements.items() if value is not None}
    statement = {"Effect": "Allow", "Action": "iam:*", **({} if "Resource" in elements else {"Resource": "*"}), **kept}
    _, notes = respell(Policy.parse({"Version": "2012-10-17", "Statement": statement}), None)
    assert len(notes) == 1


def test_in_principals() -> None:
    written = policy(PolicyKind.RESOURCE, Principal={"AWS": f"arn:aws:iam::{ACCOUNT_PLACEHOLDER}:root"})
    meant, _ = respell(written, ID)
    assert meant.statements[0].principals is not None
    assert meant.statements[0].principals[0].text == f"arn:aws:iam::{ID}:root"


def test_without_an_account_the_placeholder_stays() -> None:
    written = policy(Resource=f"arn:aws:iam::{ACCOUNT_PLACEHOLDER}:user/x")
    assert respell(written, None) == (written, ())


def test_a_policy_without_them_is_the_same_policy() -> None:
    written = policy(Resource="arn:aws:iam::123456789012:user/${aws:username}")
    meant, notes = respell(written, ID)
    assert meant is written
    assert notes == ()


def test_each_is_said_once() -> None:
    written = policy(Resource=["arn:aws:s3:::$<aws:username>", "arn:aws:s3:::$<aws:username>/*"])
    assert len(respell(written, ID)[1]) == 1


def test_places_stay_those_of_the_file() -> None:
    written = policy(Resource=["*", "arn:aws:s3:::$<aws:username>"])
    meant, _ = respell(written, ID)
    assert meant.statements[0].resources is not None
    assert [entry.pointer for entry in meant.statements[0].resources] == [
        "/Statement/Resource/0",
        "/Statement/Resource/1",
    ]
