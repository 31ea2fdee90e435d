"""The fuzzer must be able to find what it looks for: planted differences are found."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from policyeval.policy.kind import PolicyKind
from tests.proof.sampling import differences, draw_pair, draw_policy, rewrite

BASE: dict[str, Any] = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}
PLANTED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("an action", {**BASE, "Action": ["s3:Get*", "s3:PutObject"]}, BASE),
    ("a resource", {**BASE, "Resource": "arn:aws:s3:::b*"}, BASE),
    ("a variable", BASE, {**BASE, "Resource": "arn:aws:s3:::b/${aws:username}/*"}),
    ("a condition", BASE, {**BASE, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}}),
    (
        "a missing key",
        {**BASE, "Condition": {"StringNotEquals": {"aws:username": "bob"}}},
        {**BASE, "Condition": {"StringNotEquals": {"aws:username": "bob"}, "Null": {"aws:username": "false"}}},
    ),
    (
        "a list of values",
        {**BASE, "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}},
        {
            **BASE,
            "Condition": {
                "ForAnyValue:StringEquals": {"aws:TagKeys": "a"},
                "ForAllValues:StringEquals": {"aws:TagKeys": "a"},
            },
        },
    ),
]


@pytest.mark.parametrize(("new", "old"), [pair[1:] for pair in PLANTED], ids=[pair[0] for pair in PLANTED])
def test_a_planted_difference_is_found(new: dict[str, Any], old: dict[str, Any]) -> None:
    found = differences(random.Random(1), PolicyKind.IDENTITY, document(new), document(old), 2000)
    assert next(found, None) is not None


@pytest.mark.parametrize(
    "kind", [PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.SCP, PolicyKind.RCP], ids=lambda k: k.value
)
def test_pairs_of_every_kind_often_differ(kind: PolicyKind) -> None:
    rng = random.Random(7)
    pairs = [draw_pair(rng, kind) for _ in range(40)]
    found = [pair for pair in pairs if next(differences(rng, kind, *pair, tries=40), None) is not None]
    assert len(found) >= 6


def test_rewriting_keeps_the_meaning() -> None:
    rng = random.Random(3)
    for _ in range(40):
        policy = draw_policy(rng)
        same = rewrite(rng, copy.deepcopy(policy))
        assert next(differences(rng, PolicyKind.IDENTITY, policy, same, 30), None) is None
        assert next(differences(rng, PolicyKind.IDENTITY, same, policy, 30), None) is None


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
