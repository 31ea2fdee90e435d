"""Public access, forbidden access, and a caller's whole stack.

Sources: Amazon S3 User Guide, "The meaning of public"; IAM User Guide, reference_policies_evaluation-logic.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from policyeval.errors import RequestError
from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Principal, Request, Resource
from policyeval.evaluation.trace import Decision
from policyeval.policy.kind import PolicyKind
from policyeval.proof.outcome import Verdict
from policyeval.proof.public import no_public_access
from policyeval.proof.question import BUDGET, Asked, access_not_granted, access_not_granted_to, no_new_access_for
from tests.proof.asking import Statement, allow, ask, deny, policy
from tests.proof.sampling import draw_policy, draw_request, read

OBJECTS = "arn:aws:s3:::b/*"


def is_public(*statements: Statement, kind: PolicyKind = PolicyKind.RESOURCE) -> bool:
    outcome = no_public_access(policy(*statements, kind=kind))
    assert outcome.verdict is not Verdict.UNKNOWN
    return outcome.verdict is Verdict.REFUTED


def everyone(when: dict[str, Any] | None = None) -> Statement:
    return allow("s3:GetObject", OBJECTS, Principal="*", when=when)


PUBLIC: list[tuple[str, list[Statement]]] = [
    ("everyone", [everyone()]),
    ("a wildcard organization", [everyone({"StringLike": {"aws:PrincipalOrgID": "*"}})]),
    ("everyone but an organization", [everyone({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})]),
    ("half of the addresses", [everyone({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}})]),
    ("a list of ranges that is half of the addresses", [
        everyone({"IpAddress": {"aws:SourceIp": [f"{first}.0.0.0/8" for first in range(11, 100)]}})
    ]),
    ("everyone but an office", [everyone({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}})]),
    ("a topic of any account", [everyone({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}})]),
    ("a key that anyone can send", [everyone({"StringEquals": {"aws:Referer": "https://example.com"}})]),
    ("a missing key is enough", [everyone({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1a2b3c4d"}})]),
    ("a deny that spares strangers", [
        everyone(), deny("s3:*", OBJECTS, Principal="*", when={"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}})
    ]),
]  # fmt: skip
CLOSED: list[tuple[str, list[Statement]]] = [
    ("an account", [allow("s3:GetObject", OBJECTS, Principal={"AWS": "111122223333"})]),
    ("an organization", [everyone({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})]),
    ("an office", [everyone({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})]),
    ("private addresses", [everyone({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})]),
    ("topics of one account", [everyone({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}})]),
    ("an endpoint", [everyone({"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}})]),
    ("a deny of all others", [
        everyone(),
        deny("s3:*", OBJECTS, Principal="*", when={"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    ]),
    ("only denies", [deny("s3:*", OBJECTS, Principal="*")]),
]  # fmt: skip


@pytest.mark.parametrize("statements", [case[1] for case in PUBLIC], ids=[case[0] for case in PUBLIC])
def test_open_to_the_public(statements: list[Statement]) -> None:
    assert is_public(*statements)


@pytest.mark.parametrize("statements", [case[1] for case in CLOSED], ids=[case[0] for case in CLOSED])
def test_closed_to_the_public(statements: list[Statement]) -> None:
    assert not is_public(*statements)


def test_a_shared_identity_provider_lets_anyone_in() -> None:
    """IAM User Guide, id_roles_providers_create_oidc: the audience must be checked."""
    pool: Statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
    }
    audience = {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1111-2222"}}
    assert is_public(pool, kind=PolicyKind.TRUST)
    assert not is_public({**pool, "Condition": audience}, kind=PolicyKind.TRUST)


# ---- access that must not be granted


def granted(statements: list[Statement], *asked: Asked) -> bool:
    outcome = access_not_granted(policy(*statements), asked)
    assert outcome.verdict is not Verdict.UNKNOWN
    return outcome.verdict is Verdict.REFUTED


def test_forbidden_access() -> None:
    assert granted([allow("*")], Asked(("iam:CreateUser",)))
    assert not granted([allow("s3:*")], Asked(("iam:*",)))
    assert not granted([allow("*"), deny("iam:*")], Asked(("iam:CreateUser", "iam:DeleteUser")))
    assert granted([allow("s3:Get*", "arn:aws:s3:::s*")], Asked(("s3:*",), ("arn:aws:s3:::secret/*",)))
    assert not granted([allow("s3:Get*", "arn:aws:s3:::s*")], Asked((), ("arn:aws:s3:::other/*",)))


def test_more_actions_than_access_analyzer_takes() -> None:
    names = tuple(f"iam:Action{number}" for number in range(500))
    assert granted([allow("iam:Action4*")], Asked(names))
    assert not granted([allow("s3:*")], Asked(names))


def test_a_question_that_names_no_action() -> None:
    with pytest.raises(RequestError, match="`iam` is no action"):
        Asked(("iam",))
    with pytest.raises(RequestError, match="`bucket` is no ARN"):
        Asked(("s3:*",), ("bucket",))


# ---- one caller's whole stack

ALICE = Principal.from_arn("arn:aws:iam::111122223333:user/alice")


def layer(kind: PolicyKind, *statements: Statement) -> Attached:
    return Attached(policy(*statements, kind=kind))


def identity(*statements: Statement) -> tuple[Attached, ...]:
    return (layer(PolicyKind.IDENTITY, *statements),)


def test_a_boundary_holds_back_what_the_identity_policy_grants() -> None:
    bounded = PolicySet(identity=identity(allow("*")), boundary=layer(PolicyKind.BOUNDARY, allow("s3:*")))
    assert no_new_access_for(ALICE, bounded, PolicySet(identity=identity(allow("s3:*")))).verdict is Verdict.PROVED
    assert no_new_access_for(ALICE, bounded, PolicySet(identity=identity(allow("s3:Get*")))).verdict is Verdict.REFUTED


def test_every_level_of_scps_must_allow() -> None:
    full = (layer(PolicyKind.SCP, allow("*")),)
    storage = (layer(PolicyKind.SCP, allow("s3:*")),)
    wide, narrow = (PolicySet(identity=identity(allow("*")), scp=levels) for levels in ((full, full), (full, storage)))
    assert no_new_access_for(ALICE, narrow, wide).verdict is Verdict.PROVED
    assert no_new_access_for(ALICE, wide, narrow).verdict is Verdict.REFUTED
    assert access_not_granted_to(ALICE, narrow, [Asked(("iam:*",))]).verdict is Verdict.PROVED


def test_a_known_caller_has_a_known_name() -> None:
    home = PolicySet(identity=identity(allow(resource="arn:aws:s3:::b/${aws:username}/*")))
    own = PolicySet(identity=identity(allow(resource="arn:aws:s3:::b/alice/*")))
    assert no_new_access_for(ALICE, home, own).verdict is Verdict.PROVED
    assert no_new_access_for(ALICE, own, home).verdict is Verdict.PROVED
    bobs = PolicySet(identity=identity(allow(when={"StringEquals": {"aws:username": "bob"}})))
    assert access_not_granted_to(ALICE, bobs, [Asked(("s3:*",))]).verdict is Verdict.PROVED


def test_a_resource_policy_that_names_the_caller_passes_the_boundary() -> None:
    """semantics 7.2, the interplay table."""
    bucket = "arn:aws:s3:::b/k"
    bounded = PolicySet(identity=identity(allow("ec2:*")), boundary=layer(PolicyKind.BOUNDARY, allow("ec2:*")))
    named = PolicySet(
        identity=bounded.identity,
        boundary=bounded.boundary,
        resource=layer(PolicyKind.RESOURCE, allow("s3:GetObject", bucket, Principal={"AWS": ALICE.arn})),
    )
    account = PolicySet(
        identity=bounded.identity,
        boundary=bounded.boundary,
        resource=layer(PolicyKind.RESOURCE, allow("s3:GetObject", bucket, Principal={"AWS": "111122223333"})),
    )
    assert no_new_access_for(ALICE, named, account, resource=bucket).verdict is Verdict.REFUTED
    assert no_new_access_for(ALICE, account, bounded, resource=bucket).verdict is Verdict.PROVED


def test_stacks_are_decided_as_the_reference_decides() -> None:
    """Random stacks, both ways: no proof is refuted by trying."""
    rng = random.Random("stacks")
    tally = dict.fromkeys(Verdict, 0)
    for _ in range(60):
        documents = [draw_policy(rng, kind) for kind in KINDS]
        other = draw_policy(rng, rng.choice(KINDS))
        changed = [*documents]
        changed[rng.choice((0, 2))] = other
        stacks = [_stack(documents), _stack(changed)]
        for new, old in (stacks, stacks[::-1]):
            outcome = no_new_access_for(ALICE, new, old)
            tally[outcome.verdict] += 1
            if outcome.verdict is not Verdict.PROVED:
                continue
            for _ in range(20):
                drawn = draw_request(rng, PolicyKind.IDENTITY, *documents, other)
                own = {key: value for key, value in drawn.context.items() if key.lower() != "aws:username"}
                request = Request(ALICE, drawn.action, Resource(drawn.resource.arn, ALICE.account), own)
                if _is_kms(request):
                    continue
                allowed = [decide(side, request).decision is Decision.ALLOWED for side in (new, old)]
                assert allowed != [True, False], (documents, other, request)
    assert tally[Verdict.PROVED] > 20
    assert tally[Verdict.REFUTED] > 10
    assert tally[Verdict.UNKNOWN] <= 2


KINDS = (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SCP)


def _stack(documents: list[Any]) -> PolicySet:
    made = [Attached(read(_as(document, kind), kind)) for document, kind in zip(documents, KINDS, strict=True)]
    return PolicySet(identity=(made[0],), boundary=made[1], scp=((made[2],),))


def _as(document: Any, kind: PolicyKind) -> Any:
    """A drawn document made acceptable to a kind: SCPs need the current version and whole ARNs."""
    if kind is not PolicyKind.SCP:
        return document
    whole = {"arn:aws:s3": "arn:aws:s3:*"}
    statements = [
        {
            name: [whole.get(entry, entry) for entry in value] if isinstance(value, list) else whole.get(value, value)
            if isinstance(value, str) else value
            for name, value in statement.items()
        }
        for statement in document["Statement"]
    ]  # fmt: skip
    return {"Version": "2012-10-17", "Statement": statements}


def _is_kms(request: Request) -> bool:
    """Keys have a policy of their own, which these stacks leave out."""
    return request.resource.arn.split(":")[2:3] == ["kms"] or ":role/" in request.resource.arn


def test_a_question_that_cannot_be_settled_ends_within_its_budget() -> None:
    """Each request that is tried in vain counts as the steps that it takes time for."""
    tags = {"StringEquals": {"aws:PrincipalTag/a": "${aws:PrincipalTag/b}"}}
    against = {"StringNotEquals": {"aws:PrincipalTag/b": "${aws:PrincipalTag/a}"}}
    outcome = ask([allow("s3:Get*", when={**tags, **against})], [allow("s3:?etObject", "arn:aws:s3:::b/???")])
    assert outcome.verdict is Verdict.UNKNOWN
    assert outcome.spent <= BUDGET + 1000


def test_many_keys_are_not_tried_in_all_combinations() -> None:
    """Forty keys with several values each: what could be tried is never drawn up as a whole."""
    keys = [f"custom:k{number}" for number in range(40)]
    old = [allow(when={"StringNotEquals": {key: "a"}, "StringEquals": {"custom:k0": "b"}}) for key in keys[1:]]
    assert ask([allow()], old).verdict is Verdict.REFUTED
