"""What keeps strangers out of a resource that a policy opens to `*`, held against the proof that none gets in.

Source: Amazon S3 User Guide, access-control-block-public-access ("The meaning of public").
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from policyeval.linter.files import Asked, check_source
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.proof.outcome import Verdict
from policyeval.proof.public import no_public_access
from policyeval.source import Source

QUEUE = "arn:aws:sqs:eu-west-1:111122223333:jobs"
ROLE = "arn:aws:iam::111122223333:role/worker"


def statement(effect: str = "Allow", condition: dict[str, Any] | None = None, **elements: Any) -> dict[str, Any]:
    return {
        "Effect": effect,
        **({} if "NotPrincipal" in elements else {"Principal": "*"}),
        **({} if "NotAction" in elements else {"Action": "sqs:SendMessage"}),
        "Resource": QUEUE,
        **({"Condition": condition} if condition is not None else {}),
        **elements,
    }


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def is_reported(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.RESOURCE) -> bool:
    asked = Asked(Selection(("public-resource",)), kind=kind)
    return bool(check_source(Source("policy.json", text(*statements)), asked).findings)


def proof(*statements: dict[str, Any]) -> Verdict:
    """Whether it is proved that the policy lets no stranger in; refuted by one whom the evaluator lets in."""
    return no_public_access(Policy.parse(text(*statements), PolicyKind.RESOURCE)).verdict


KEEPS_OUT: tuple[dict[str, Any], ...] = (
    {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    {"StringLike": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    {"StringEquals": {"AWS:sourceaccount": ["111122223333", "444455556666"]}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/*"}},
    {"ArnEquals": {"aws:PrincipalArn": ROLE}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:*"}},
    {"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"IpAddress": {"aws:SourceIp": ["20.0.0.0/8", "2001:db8::/32"]}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.7"}, "Bool": {"aws:SecureTransport": "true"}},
    {"StringEquals": {"aws:PrincipalAccount": "111122223333"}, "Null": {"aws:PrincipalOrgID": "false"}},
)
LETS_IN: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Null": {"aws:PrincipalOrgID": "false"}},
    {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/*"}},
    {"StringLike": {"aws:PrincipalAccount": "1111*"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/worker"}},
    {"StringEquals": {"aws:PrincipalTag/team": "core"}},
    {"StringEquals": {"aws:username": "alice"}},
    {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "32.0.0.0/7"]}},
    {"IpAddress": {"aws:SourceIp": "2600::/16"}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"StringLike": {"aws:userid": "*:alice"}},
)


@pytest.mark.parametrize("condition", KEEPS_OUT, ids=json.dumps)
def test_a_fixed_value_of_who_calls_keeps_strangers_out(condition: dict[str, Any]) -> None:
    assert not is_reported(statement(condition=condition))
    assert proof(statement(condition=condition)) is Verdict.PROVED


@pytest.mark.parametrize("condition", LETS_IN, ids=json.dumps)
def test_any_other_condition_lets_strangers_in(condition: dict[str, Any] | None) -> None:
    assert is_reported(statement(condition=condition))
    assert proof(statement(condition=condition)) is Verdict.REFUTED


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:userid": "AROADBQP57FF2AEXAMPLE:*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:team-uploads"}},
    ],
    ids=json.dumps,
)
def test_a_wildcard_beside_a_role_or_bucket_lets_no_stranger_in(condition: dict[str, Any]) -> None:
    """AWS calls these public, as it looks for wildcards alone; none but the role, or the bucket, can have the value."""
    assert not is_reported(statement(condition=condition))


PERIMETERS: tuple[dict[str, Any], ...] = (
    statement("Deny", {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}),
    statement("Deny", {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}}, Action="sqs:*"),
    statement("Deny", {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, Resource="*"),
    statement(
        "Deny",
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}},
    ),
    statement("Deny", NotPrincipal={"AWS": ["111122223333", ROLE]}),
    statement("Deny", NotAction="sns:Publish"),
)
NO_PERIMETERS: tuple[dict[str, Any], ...] = (
    statement("Deny", {"Bool": {"aws:SecureTransport": "false"}}),
    statement("Deny", {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}),
    statement("Deny", {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/worker"}}),
    statement("Deny", {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, Action="sqs:ReceiveMessage"),
    statement("Deny", {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, Resource=f"{QUEUE}-2"),
    statement("Deny", {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, Principal={"AWS": ROLE}),
    statement("Deny", {"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/*"}}),
    statement(
        "Deny",
        {
            "StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"},
            "StringEquals": {"aws:PrincipalTag/team": "core"},
        },
    ),
    statement("Deny", NotAction="sqs:*"),
)


@pytest.mark.parametrize("deny", PERIMETERS, ids=json.dumps)
def test_a_deny_for_everybody_else_narrows(deny: dict[str, Any]) -> None:
    assert not is_reported(statement(), deny)
    assert proof(statement(), deny) is Verdict.PROVED


@pytest.mark.parametrize("deny", NO_PERIMETERS, ids=json.dumps)
def test_a_deny_of_something_else_does_not(deny: dict[str, Any]) -> None:
    assert is_reported(statement(), deny)
    assert proof(statement(), deny) is Verdict.REFUTED


def test_denies_for_two_resources_narrow_together() -> None:
    queues = [QUEUE, f"{QUEUE}-2"]
    condition = {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    denies = [statement("Deny", condition, Resource=queue) for queue in queues]
    assert not is_reported(statement(Resource=queues), *denies)
    assert is_reported(statement(Resource=queues), denies[0])


def test_a_trust_policy_of_everybody() -> None:
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    assert is_reported({**allow, "Condition": {"StringEquals": {"sts:ExternalId": "4711"}}}, kind=PolicyKind.TRUST)
    own = {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}
    assert not is_reported({**allow, "Condition": own}, kind=PolicyKind.TRUST)


def test_what_says_the_same_better_is_heard_alone() -> None:
    """One cause, one finding: the caller's choice of a key, a wildcard in an id, a bare `*` in a trust policy."""
    for condition in (
        {"StringEquals": {"aws:Referer": "https://example.com/"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    ):
        found = check_source(Source("policy.json", text(statement(condition=condition))), Asked()).findings
        assert len(found) == 1
