"""Public access, forbidden access, and a caller's whole stack.

Sources: Amazon S3 User Guide, "The meaning of public"; IAM User Guide, reference_policies_evaluation-logic.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from policyeval.catalog.oidc import GITHUB
from policyeval.errors import RequestError
from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Principal, Request, Resource
from policyeval.evaluation.trace import Decision
from policyeval.policy.kind import PolicyKind
from policyeval.proof.outcome import Verdict
from policyeval.proof.public import no_public_access
from policyeval.proof.question import BUDGET, Asked, access_not_granted, access_not_granted_to, no_new_access_for
from policyeval.proof.stack import Stack
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
    ("whatever the resource's organization is", [everyone({"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}})]),
    ("whatever the resource's account is", [everyone({"StringEquals": {"aws:ResourceAccount": "123456789012"}})]),
    ("resources outside of organizations", [everyone({"Null": {"aws:ResourceOrgID": "true"}})]),
    ("a perimeter around resources", [
        everyone(),
        deny("s3:*", "*", Principal="*", when={"StringNotEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}),
    ]),
    ("callers without credentials, by account", [everyone({"StringEquals": {"aws:PrincipalAccount": "anonymous"}})]),
    ("callers without credentials, by id", [everyone({"StringLike": {"aws:userid": "anonymous"}})]),
    ("an ARN compared as text, in whose path an account can stand", [
        everyone({"StringLike": {"aws:PrincipalArn": "arn:aws:*::123456789012:role/*"}})
    ]),
    ("a missing key is enough", [everyone({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1a2b3c4d"}})]),
    ("an unrelated deny beside a range", [
        everyone({"IpAddress": {"aws:SourceIp": "2.0.0.0/7"}}),
        deny("s3:*", OBJECTS, Principal="*", when={
            "Bool": {"aws:SecureTransport": "false"}, "IpAddress": {"aws:SourceIp": "3.0.0.0/8"}
        }),
    ]),
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
    ("the resource's organization", [everyone({"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}})]),
    ("the resource's account", [everyone({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}})]),
    ("services of AWS", [everyone({"Bool": {"aws:PrincipalIsAWSService": "true"}})]),
    ("an address, compared as text", [everyone({"StringEquals": {"aws:SourceIp": "203.0.113.5"}})]),
    ("a range of which a deny leaves an office", [
        everyone({"IpAddress": {"aws:SourceIp": "2.0.0.0/7"}}),
        deny("s3:*", OBJECTS, Principal="*", when={"NotIpAddress": {"aws:SourceIp": "3.0.113.0/24"}}),
    ]),
    ("ranges that two denies narrow, each for its own callers", [
        everyone({"IpAddress": {"aws:SourceIp": "2.0.0.0/7"}}),
        deny("s3:*", OBJECTS, Principal="*", when={
            "Null": {"aws:MultiFactorAuthAge": "false"}, "NotIpAddress": {"aws:SourceIp": "3.0.113.0/24"}
        }),
        deny("s3:*", OBJECTS, Principal="*", when={
            "Null": {"aws:MultiFactorAuthAge": "true"}, "NotIpAddress": {"aws:SourceIp": "2.0.113.0/24"}
        }),
    ]),
    ("roles of an account, compared by segment", [
        everyone({"ArnLike": {"aws:PrincipalArn": "arn:aws:*::123456789012:role/*"}})
    ]),
    ("roles of an account, compared as text", [
        everyone({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}})
    ]),
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


@pytest.mark.parametrize(
    ("condition", "is_open"),
    [
        ({}, True),
        ({"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, True),
        ({"StringLike": {f"{GITHUB}:sub": "repo:*"}}, True),
        ({"StringLike": {f"{GITHUB}:sub": "repo:*/deploy:*"}}, True),
        ({"StringEquals": {f"{GITHUB}:environment": "production"}}, True),
        ({"StringLike": {f"{GITHUB}:sub": "repo:example-corp/*"}}, False),
        ({"StringEquals": {f"{GITHUB}:sub": "repo:example-corp/deploy:ref:refs/heads/main"}}, False),
        ({"StringEquals": {f"{GITHUB}:repository_owner_id": "1234567"}}, False),
        ({"StringLikeIfExists": {f"{GITHUB}:sub": "repo:example-corp/*"}}, True),
    ],
)
def test_whose_workflow_may_assume_a_role(condition: dict[str, Any], is_open: bool) -> None:
    """IAM User Guide, id_roles_create_for-idp_oidc: limit which repositories can assume the role; anyone has one."""
    workflow: Statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{GITHUB}"},
        "Condition": condition,
    }
    assert is_public(workflow, kind=PolicyKind.TRUST) == is_open


def test_addresses_compared_as_patterns_of_text_are_not_counted() -> None:
    outcome = no_public_access(policy(everyone({"StringLike": {"aws:SourceIp": "2*"}}), kind=PolicyKind.RESOURCE))
    assert outcome.verdict is Verdict.UNKNOWN


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
    wide, narrow = (PolicySet(identity=identity(allow(action))) for action in ("s3:*", "s3:Get*"))
    assert no_new_access_for(Stack(ALICE, bounded), Stack(ALICE, wide)).verdict is Verdict.PROVED
    assert no_new_access_for(Stack(ALICE, bounded), Stack(ALICE, narrow)).verdict is Verdict.REFUTED


def test_every_level_of_scps_must_allow() -> None:
    full = (layer(PolicyKind.SCP, allow("*")),)
    storage = (layer(PolicyKind.SCP, allow("s3:*")),)
    wide, narrow = (PolicySet(identity=identity(allow("*")), scp=levels) for levels in ((full, full), (full, storage)))
    assert no_new_access_for(Stack(ALICE, narrow), Stack(ALICE, wide)).verdict is Verdict.PROVED
    assert no_new_access_for(Stack(ALICE, wide), Stack(ALICE, narrow)).verdict is Verdict.REFUTED
    assert access_not_granted_to(Stack(ALICE, narrow), [Asked(("iam:*",))]).verdict is Verdict.PROVED


def test_rcps_do_not_bind_the_resources_of_the_management_account() -> None:
    """Organizations User Guide, orgs_manage_policies_rcps."""
    held = PolicySet(identity=identity(allow("s3:*")), rcp=((layer(PolicyKind.RCP, deny("s3:*", Principal="*")),),))
    managing, member = (Stack(replace(ALICE, management_account=is_so), held) for is_so in (True, False))
    assert access_not_granted_to(member, [Asked(("s3:*",))]).verdict is Verdict.PROVED
    assert access_not_granted_to(managing, [Asked(("s3:*",))]).verdict is Verdict.REFUTED
    assert no_new_access_for(managing, member).verdict is Verdict.REFUTED
    assert no_new_access_for(member, managing).verdict is Verdict.PROVED


def test_a_known_caller_has_a_known_name() -> None:
    home = PolicySet(identity=identity(allow(resource="arn:aws:s3:::b/${aws:username}/*")))
    own = PolicySet(identity=identity(allow(resource="arn:aws:s3:::b/alice/*")))
    assert no_new_access_for(Stack(ALICE, home), Stack(ALICE, own)).verdict is Verdict.PROVED
    assert no_new_access_for(Stack(ALICE, own), Stack(ALICE, home)).verdict is Verdict.PROVED
    bobs = PolicySet(identity=identity(allow(when={"StringEquals": {"aws:username": "bob"}})))
    assert access_not_granted_to(Stack(ALICE, bobs), [Asked(("s3:*",))]).verdict is Verdict.PROVED


TEAM = "aws:PrincipalTag/team"


@pytest.mark.parametrize(
    ("statement", "new_tags", "old_tags", "verdict"),
    [
        (allow(when={"StringEquals": {TEAM: "core"}}), {"team": "core"}, {"team": "web"}, Verdict.REFUTED),
        (allow(when={"StringEquals": {TEAM: "core"}}), {"team": "web"}, {"team": "core"}, Verdict.PROVED),
        (allow(when={"StringEquals": {TEAM: "core"}}), {"team": "core"}, {}, Verdict.REFUTED),
        (allow(when={"StringNotEquals": {TEAM: "core"}}), {}, {"team": "core"}, Verdict.REFUTED),
        (allow(when={"StringNotEquals": {TEAM: "core"}}), {}, {"team": "web"}, Verdict.PROVED),
        (allow(resource=f"arn:aws:s3:::${{{TEAM}}}/*"), {"team": "core"}, {"team": "web"}, Verdict.REFUTED),
        (allow(resource=f"arn:aws:s3:::${{{TEAM}, 'all'}}/*"), {}, {"team": "all"}, Verdict.PROVED),
        (
            allow(when={"StringEquals": {"aws:ResourceTag/team": f"${{{TEAM}}}"}}),
            {"team": "core"},
            {"team": "web"},
            Verdict.REFUTED,
        ),
        (
            allow(when={"StringLike": {"aws:ResourceTag/team": f"${{{TEAM}}}"}}),
            {"team": "core"},
            {"team": "core"},
            Verdict.PROVED,
        ),
        (allow(when={"StringEquals": {"aws:PrincipalTag/other": "x"}}), {"team": "a"}, {"team": "b"}, Verdict.PROVED),
    ],
)
def test_the_caller_may_have_changed(
    statement: Statement, new_tags: dict[str, str], old_tags: dict[str, str], verdict: Verdict
) -> None:
    """The tags of a user are what the account gives them, before and after; each side is decided by its own."""
    policies = PolicySet(identity=identity(statement))
    new, old = (Stack(replace(ALICE, tags=tags), policies) for tags in (new_tags, old_tags))
    outcome = no_new_access_for(new, old)
    assert outcome.verdict is verdict
    for access in outcome.accesses:
        request = access.counterexample.request
        assert decide(policies, request).decision is Decision.ALLOWED
        assert decide(policies, replace(request, principal=old.principal)).decision is not Decision.ALLOWED


HOME = f"arn:aws:s3:::b/${{{TEAM}}}/*"


@pytest.mark.parametrize("tags", [{}, {"team": ""}])
def test_a_variable_that_is_known_to_be_missing_leaves_nothing_denied(tags: dict[str, str]) -> None:
    """IAM User Guide, reference_policies_variables: a `NotResource` whose variable has no value matches nothing."""
    spared: Statement = {"Effect": "Deny", "Action": "s3:*", "NotResource": HOME}
    policies = PolicySet(identity=identity(allow("s3:GetObject"), spared))
    stack = Stack(replace(ALICE, tags=tags), policies)
    assert access_not_granted_to(stack, [Asked(("s3:*",))]).verdict is Verdict.REFUTED
    tagged = Stack(replace(ALICE, tags={"team": "core"}), policies)
    assert access_not_granted_to(tagged, [Asked(("s3:*",), ("arn:aws:s3:::c/*",))]).verdict is Verdict.PROVED
    assert no_new_access_for(stack, tagged).verdict is Verdict.REFUTED


def session(tags: dict[str, str]) -> Principal:
    return replace(Principal.session("arn:aws:iam::111122223333:role/app"), tags=tags)


def test_whoever_assumes_a_role_may_pass_other_tags() -> None:
    """IAM User Guide, id_session-tags: a session tag takes the place of the role's tag with the same key."""
    tagged = PolicySet(identity=identity(allow(when={"StringEquals": {TEAM: "core"}})))
    assert access_not_granted_to(Stack(session({"team": "web"}), tagged), [Asked(("s3:*",))]).verdict is Verdict.REFUTED
    denied = PolicySet(identity=identity(allow(), deny("s3:GetObject", when={"StringEquals": {TEAM: "web"}})))
    free = PolicySet(identity=identity(allow()))
    for new in ({"team": "web"}, {}):
        outcome = no_new_access_for(Stack(session(new), free), Stack(session({}), denied))
        assert outcome.verdict is not Verdict.PROVED
    changed = no_new_access_for(Stack(session({"team": "core"}), tagged), Stack(session({"team": "web"}), tagged))
    assert changed.verdict is Verdict.REFUTED
    same = no_new_access_for(Stack(session({"team": "core"}), tagged), Stack(session({"team": "core"}), tagged))
    assert same.verdict is Verdict.PROVED


def test_the_old_version_has_no_variables_to_rename() -> None:
    def written(operator: str) -> PolicySet:
        statement = allow("s3:ListBucket", when={operator: {"s3:prefix": f"${{{TEAM}}}"}})
        return PolicySet(identity=(Attached(policy(statement, version="2008-10-17")),))

    old = Stack(replace(ALICE, tags={"team": "a"}), written("StringNotEquals"))
    new = Stack(replace(ALICE, tags={"team": "b"}), written("StringEquals"))
    assert no_new_access_for(new, old).verdict is Verdict.REFUTED


def test_the_organization_may_have_changed() -> None:
    member = PolicySet(identity=identity(allow(when={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})))
    inside, outside = (Stack(ALICE, member, {"aws:PrincipalOrgID": f"o-{name}"}) for name in ("a1b2c3d4e5", "other"))
    assert no_new_access_for(inside, outside).verdict is Verdict.REFUTED
    assert no_new_access_for(outside, inside).verdict is Verdict.PROVED
    assert access_not_granted_to(outside, [Asked(("s3:*",))]).verdict is Verdict.PROVED


def test_callers_of_two_accounts_are_not_compared() -> None:
    other = Principal.from_arn("arn:aws:iam::123456789012:user/alice")
    with pytest.raises(RequestError, match="one caller is of account"):
        no_new_access_for(Stack(ALICE, PolicySet()), Stack(other, PolicySet()))


TAGS: tuple[dict[str, str], ...] = ({}, {"t": "a"}, {"t": "b"}, {"t": ""})


def test_stacks_are_decided_as_the_reference_decides() -> None:
    """Random stacks of callers with other tags, both ways: no proof is refuted by trying."""
    rng = random.Random("stacks")
    tally = dict.fromkeys(Verdict, 0)
    for _ in range(80):
        documents = [draw_policy(rng, kind) for kind in KINDS]
        other = draw_policy(rng, rng.choice(KINDS))
        changed = [*documents]
        changed[rng.choice((0, 2))] = other
        callers = [replace(ALICE, tags=rng.choice(TAGS)) for _ in range(2)]
        stacks = [Stack(callers[0], _stack(documents)), Stack(callers[1], _stack(changed))]
        for new, old in (stacks, stacks[::-1]):
            outcome = no_new_access_for(new, old)
            tally[outcome.verdict] += 1
            if outcome.verdict is not Verdict.PROVED:
                continue
            for _ in range(20):
                drawn = draw_request(rng, PolicyKind.IDENTITY, *documents, other)
                fixed = ("aws:username", "aws:principaltag/t")
                own = {key: value for key, value in drawn.context.items() if key.lower() not in fixed}
                request = Request(ALICE, drawn.action, Resource(drawn.resource.arn, ALICE.account), own)
                if _is_kms(request):
                    continue
                asked = [(side, replace(request, principal=side.principal)) for side in (new, old)]
                allowed = [decide(side.policies, each).decision is Decision.ALLOWED for side, each in asked]
                assert allowed != [True, False], (documents, other, request, callers)
    assert tally[Verdict.PROVED] > 20
    assert tally[Verdict.REFUTED] > 10
    assert tally[Verdict.UNKNOWN] <= 4


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
