"""Why a decision is what it is: layers, nearest misses, missing keys, disputes.

An explanation is found by deciding again, so it cannot say what the evaluator would not do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyeval.evaluation.explain import NEAREST_MISSES, explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Request
from policyeval.evaluation.trace import Decision, Layer, PrincipalClass, Result
from policyeval.policy.kind import PolicyKind
from tests.evaluation.worlds import (
    ACCOUNT,
    ALICE,
    NOON,
    ROLE,
    SESSION,
    STRANGER,
    Document,
    attached,
    decision,
    policy_sets,
    requests,
)

KEY = "arn:aws:s3:::b/k"


def statement(effect: str = "Allow", **elements: Any) -> Document:
    base: Document = {"Effect": effect, "Action": "s3:GetObject"}
    base.update(elements)
    if "NotResource" not in base:
        base.setdefault("Resource", KEY)
    return base


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def asked(
    *statements: Document,
    who: str = ALICE,
    resource: str = KEY,
    context: dict[str, ContextValue] | None = None,
    bucket: Document | None = None,
    boundary: Document | None = None,
) -> Result:
    policies = PolicySet(
        identity=(attached(document(*statements)),) if statements else (),
        resource=attached(bucket, PolicyKind.RESOURCE) if bucket else None,
        boundary=attached(boundary, PolicyKind.BOUNDARY) if boundary else None,
    )
    return explain(policies, Request(who, "s3:GetObject", {"arn": resource, "account": ACCOUNT}, context, NOON))


def missing(result: Result) -> dict[str, bool]:
    return {key.key: key.could_change for key in result.missing_context}


# ---- missing context keys

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
NO_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
TEAM = "arn:aws:s3:::${aws:PrincipalTag/team}/k"

MISSING: list[tuple[str, Result, dict[str, bool]]] = [
    ("an Allow waits for the key", asked(statement(Condition=MFA)), {"aws:MultiFactorAuthPresent": True}),
    ("a given key is not missing", asked(statement(Condition=MFA), context={"AWS:multifactorauthpresent": "true"}), {}),
    ("another action's statement asks nothing", asked(statement(Action="s3:PutObject", Condition=MFA)), {}),
    ("another resource's statement asks nothing", asked(statement(Resource="arn:aws:s3:::c/k", Condition=MFA)), {}),
    (
        "an Allow beside it makes the key idle",
        asked(statement(), statement(Condition=MFA)),
        {"aws:MultiFactorAuthPresent": False},
    ),
    (
        "a Deny that the key would lift",
        asked(statement(), statement("Deny", Condition=NO_MFA)),
        {"aws:MultiFactorAuthPresent": True},
    ),
    (
        "two keys that are needed together",
        asked(statement(Condition={**MFA, "StringEquals": {"aws:SourceVpc": "vpc-1"}})),
        {"aws:MultiFactorAuthPresent": True, "aws:SourceVpc": True},
    ),
    (
        "a key that cannot help past another one that is wrong",
        asked(
            statement(Condition={**MFA, "StringEquals": {"aws:SourceVpc": "vpc-1"}}), context={"aws:SourceVpc": "vpc-2"}
        ),
        {"aws:MultiFactorAuthPresent": False},
    ),
    (
        "`Null` true holds, and a value would take the Allow away",
        asked(statement(Condition={"Null": {"s3:prefix": "true"}})),
        {"s3:prefix": True},
    ),
    ("a variable of a resource", asked(statement(Resource=TEAM)), {"aws:PrincipalTag/team": True}),
    (
        "a variable of a resource of another name",
        asked(statement(Resource="arn:aws:s3:::${aws:PrincipalTag/team}/other")),
        {},
    ),
    (
        "a variable of a resource that says another name, and that an idle statement asks for",
        asked(
            statement(Resource="arn:aws:s3:::c/${aws:PrincipalTag/team, 'x'}"),
            statement(Condition={"StringEquals": {"aws:PrincipalTag/team": "core", "s3:prefix": "a"}}),
            context={"s3:prefix": "b"},
        ),
        {"aws:PrincipalTag/team": False},
    ),
    ("a variable beside a star that is text", asked(statement(Resource="arn:aws:s3:::${*}/${aws:PrincipalTag/x}")), {}),
    (
        "a variable of a resource of another service",
        asked(statement(Resource="arn:aws:sqs:::${aws:PrincipalTag/team}/k")),
        {},
    ),
    (
        "a variable of NotResource: any value that is not `b` makes it hold",
        asked(statement(NotResource=TEAM)),
        {"aws:PrincipalTag/team": True},
    ),
    (
        "a variable of NotResource that cannot be this resource",
        asked(statement(NotResource="arn:aws:s3:::c/${aws:PrincipalTag/team}")),
        {"aws:PrincipalTag/team": True},
    ),
    (
        "a variable of NotResource of a Deny that cannot be this resource: no value of it takes the Deny away",
        asked(statement(Condition=MFA), {**statement("Deny", NotResource="arn:aws:s3:::c/${aws:PrincipalTag/team}")}),
        {"aws:MultiFactorAuthPresent": True, "aws:PrincipalTag/team": False},
    ),
    (
        "a variable of a condition's value",
        asked(
            statement(Condition={"StringEquals": {"s3:prefix": "${aws:PrincipalTag/team}"}}), context={"s3:prefix": "a"}
        ),
        {"aws:PrincipalTag/team": True},
    ),
    ("a role session never has a user name", asked(statement(Resource="arn:aws:s3:::${aws:username}/k"), who=ROLE), {}),
    (
        "a user never has a service's name",
        asked(statement(Condition={"StringEquals": {"aws:PrincipalServiceName": "ec2.amazonaws.com"}})),
        {},
    ),
]


@pytest.mark.parametrize(("expected", "result"), [pytest.param(e, r, id=n) for n, r, e in MISSING])
def test_missing_context(expected: dict[str, bool], result: Result) -> None:
    assert missing(result) == expected


VALUES: dict[str, tuple[ContextValue, ...]] = {
    "s3:prefix": ("alice", "a", "z"),
    "aws:SecureTransport": ("true", "false"),
    "aws:TagKeys": (["team"], ["cost"]),
    "s3:max-keys": ("5", "50"),
    "aws:SourceIp": ("203.0.113.7", "198.51.100.1", "2001:db8::1"),
    "aws:PrincipalTag/team": ("k", "alice", "zzz"),
}


@settings(max_examples=100)
@given(policy_sets(), requests(), st.sampled_from(sorted(VALUES)))
def test_no_value_of_a_key_turns_an_answer_that_it_was_said_not_to(
    policies: PolicySet, request: Request, key: str
) -> None:
    result = explain(
        policies, Request(request.principal, request.action, request.resource, without(key, request), NOON)
    )
    if missing(result).get(key):
        return
    for value in VALUES[key]:
        context = {**without(key, request), key: value}
        answer = decision(policies, Request(request.principal, request.action, request.resource, context, NOON))
        assert (answer is Decision.ALLOWED) == result.allowed


def without(key: str, request: Request) -> dict[str, ContextValue]:
    return {name: value for name, value in request.context.items() if name != key}


# ---- nearest misses


def near(result: Result) -> list[tuple[str, list[str]]]:
    return [(m.statement.label, [c.key or c.element for c in m.failed]) for m in result.nearest_misses]


def test_nearest_misses_come_by_the_number_of_failed_clauses_and_are_at_most_three() -> None:
    result = asked(
        statement(Sid="Far", Resource="arn:aws:s3:::c/k", Condition=MFA),
        statement(Sid="ByResource", Resource="arn:aws:s3:::c/k"),
        statement(Sid="ByCondition", Condition=MFA),
        statement(Sid="Farther", Resource="arn:aws:s3:::c/k", Condition={**MFA, "Null": {"s3:prefix": "false"}}),
    )
    assert [label for label, _ in near(result)] == ["ByCondition", "ByResource", "Far"]
    assert len(result.nearest_misses) == NEAREST_MISSES


def test_a_statement_of_other_actions_is_not_near_unless_it_misspells_this_one() -> None:
    result = asked(statement(Sid="Other", Action="s3:PutObject"), statement(Sid="Typo", Action="s3>GetObject"))
    assert near(result) == [("Typo", ["Action"])]
    (typo,) = result.nearest_misses[0].failed
    assert typo.reason == "is no action and matches nothing; is `s3:GetObject` meant?"


def test_a_statement_of_all_but_this_action_is_not_near() -> None:
    others = {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": KEY}
    assert asked(others).nearest_misses == ()


def test_a_denial_by_an_explicit_deny_or_an_allow_has_no_near_miss() -> None:
    boundary = document(statement(Condition=MFA))
    assert asked(statement("Deny"), statement(Condition=MFA), boundary=boundary).nearest_misses == ()
    assert asked(statement(), statement(Condition=MFA)).nearest_misses == ()
    bucket = document(statement(Principal={"AWS": ALICE}, Condition=MFA))
    assert asked(statement(), bucket=bucket).nearest_misses == ()


def test_a_setting_of_the_account_that_stands_in_the_way_is_near() -> None:
    settings = attached(document({"Sid": "Billing", "Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}))
    policies = PolicySet(identity=(attached(document(statement())),), settings=settings)
    result = explain(policies, Request(ALICE, "s3:GetObject", {"arn": KEY, "account": ACCOUNT}))
    assert result.reason is Layer.SETTINGS
    assert near(result) == [("Billing", ["NotAction"])]


def test_a_bucket_policy_for_all_but_the_caller_is_far() -> None:
    bucket = document(
        statement(Sid="ButAlice", NotPrincipal={"AWS": [ALICE, f"arn:aws:iam::{ACCOUNT}:root"]}, Condition=MFA),
        statement(Sid="Stranger", Principal={"AWS": STRANGER}, Condition=MFA),
    )
    key = {"arn": KEY, "account": "444455556666"}
    policies = PolicySet(identity=(attached(document(statement())),), resource=attached(bucket, PolicyKind.RESOURCE))
    result = explain(policies, Request(ALICE, "s3:GetObject", key))
    assert sorted(near(result)) == [
        ("ButAlice", ["NotPrincipal", "aws:MultiFactorAuthPresent"]),
        ("Stranger", ["Principal", "aws:MultiFactorAuthPresent"]),
    ]


@pytest.mark.parametrize(
    ("principal", "remark"),
    [
        (ACCOUNT, "it names the account, which leaves the decision to the account's own policies"),
        ([ACCOUNT, ALICE], None),
        (ALICE, None),
        (STRANGER, None),
    ],
)
def test_a_bucket_policy_that_names_the_account_is_said_to(principal: Any, remark: str | None) -> None:
    result = asked(statement(), bucket=document(statement(Principal={"AWS": principal})))
    assert [layer.reason for layer in result.layers if layer.layer is Layer.RESOURCE] == [remark]


def test_how_policies_were_read_is_told_of_those_that_are_shown() -> None:
    def noted(name: str, *statements: Document) -> Attached:
        return replace(attached(document(*statements)), notes=(f"{name} is read otherwise",))

    def notes(*policies: Attached) -> tuple[str, ...]:
        return explain(PolicySet(identity=policies), Request(ALICE, "s3:GetObject", KEY)).notes

    allowing, near_by, idle = (
        noted("allowing", statement()),
        noted("near", statement(Condition=MFA)),
        noted("idle", statement(Action="sqs:*")),
    )
    assert notes(idle, allowing) == ("allowing is read otherwise",)
    assert notes(idle, near_by) == ("near is read otherwise",)


def test_a_bucket_policy_that_nearly_grants_to_the_caller_is_a_near_miss() -> None:
    """In its own account a bucket policy can grant alone, so its failed condition is as near as any."""
    bucket = document(
        statement(Sid="Others", Principal={"AWS": STRANGER}),
        statement(Sid="Account", Principal={"AWS": ACCOUNT}, Condition=MFA),
        statement(Sid="Alice", Principal={"AWS": ALICE}, Condition=MFA),
    )
    assert near(asked(bucket=bucket)) == [("Alice", ["aws:MultiFactorAuthPresent"])]


def test_misses_of_layers_that_do_not_stand_in_the_way_are_not_shown() -> None:
    result = asked(
        statement(), statement(Sid="Idle", Condition=MFA), boundary=document(statement(Sid="B", Condition=MFA))
    )
    assert result.reason is Layer.BOUNDARY
    assert near(result) == [("B", ["aws:MultiFactorAuthPresent"])]


def test_a_role_that_the_bucket_names_is_stopped_by_the_boundary_and_not_for_want_of_a_policy() -> None:
    """Semantics 7.2: a resource policy that names the role passes the identity policies, and not the boundary."""
    result = asked(
        who=SESSION, bucket=document(statement(Principal={"AWS": ROLE})), boundary=document(statement(Action="sqs:*"))
    )
    assert (result.decision, result.reason) == (Decision.IMPLICIT_DENY, Layer.BOUNDARY)


# ---- what decided


def test_what_matches_is_told_apart_from_what_was_looked_at() -> None:
    result = asked(statement(Sid="Near", Condition=MFA), statement(Sid="Matches"))
    assert [match.statement.label for match in result.considered] == ["Near", "Matches"]
    assert [match.statement.label for match in result.matched] == ["Matches"]


def test_every_deny_that_matches_is_deciding() -> None:
    result = asked(
        statement(),
        statement("Deny", Sid="One"),
        statement("Deny", Sid="Two"),
        statement("Deny", Sid="No", Action="s3:Put*"),
    )
    assert result.decision is Decision.EXPLICIT_DENY
    assert [match.statement.sid for match in result.deciding] == ["One", "Two"]


def test_naming_the_account_does_not_decide_beside_naming_the_user() -> None:
    """The account's statement stood first and was shown as what allowed, though it grants nothing by itself."""
    bucket = document(
        statement(Sid="Account", Principal={"AWS": ACCOUNT}), statement(Sid="Alice", Principal={"AWS": ALICE})
    )
    result = asked(bucket=bucket)
    assert result.decision is Decision.ALLOWED
    assert [(m.statement.sid, m.principal_class) for m in result.deciding] == [("Alice", PrincipalClass.DIRECT)]


@pytest.mark.parametrize(
    ("result", "blocking"),
    [
        (asked(), [Layer.IDENTITY]),
        (asked(statement(), boundary=document(statement(Action="ec2:*"))), [Layer.BOUNDARY]),
        (
            asked(statement(Action="ec2:*"), boundary=document(statement(Action="ec2:*"))),
            [Layer.IDENTITY, Layer.BOUNDARY],
        ),
        (asked(statement()), []),
        (asked(statement("Deny")), []),
    ],
)
def test_all_layers_without_an_allow_block(result: Result, blocking: list[Layer]) -> None:
    assert [layer.layer for layer in result.layers if layer.blocks] == blocking


def test_a_policy_that_aws_does_not_consult_is_listed_with_the_reason() -> None:
    policies = PolicySet(identity=(attached(document(statement("Deny"))),))
    result = explain(policies, Request(ACCOUNT, "s3:GetObject", {"arn": KEY, "account": ACCOUNT}))
    assert result.decision is Decision.ALLOWED
    ((layer,),) = [[layer for layer in result.layers if not layer.applies]]
    assert (layer.layer, layer.reason) == (Layer.IDENTITY, "a caller of type `Account` has none")
    assert not layer.blocks


# ---- disputes

TRUST_ROLE = f"arn:aws:iam::{ACCOUNT}:role/target"


def uncertain(result: Result) -> dict[str, str]:
    return {u.dispute.rule: u.other_decision.value for u in result.uncertain}


def in_old_version(*statements: Document) -> Result:
    policy = attached({"Version": "2008-10-17", "Statement": list(statements)})
    return explain(PolicySet(identity=(policy,)), Request(ALICE, "s3:GetObject", "arn:aws:s3:::alice/k"))


def assumed(principal: Any) -> Result:
    trust = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"},
    }
    return explain(PolicySet(resource=attached(trust, PolicyKind.TRUST)), Request(ALICE, "sts:AssumeRole", TRUST_ROLE))


def federated(*, session: bool) -> Result:
    everything = attached(document(statement()))
    caller = {
        "type": "FederatedUser",
        "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/fed",
        "userArn": ALICE,
    }
    policies = PolicySet(identity=(everything,), session=(everything,) if session else None)
    return explain(policies, Request(caller, "s3:GetObject", {"arn": KEY, "account": ACCOUNT}))


def session_arn() -> Result:
    bucket = attached(document(statement(Principal={"AWS": SESSION})), PolicyKind.RESOURCE)
    narrow = attached(document(statement(Action="ec2:*")))
    return explain(
        PolicySet(resource=bucket, session=(narrow,)),
        Request(SESSION, "s3:GetObject", {"arn": KEY, "account": ACCOUNT}),
    )


def not_principal(*listed: str) -> Result:
    bucket = attached(
        document({"Effect": "Deny", "NotPrincipal": {"AWS": list(listed)}, "Action": "s3:*", "Resource": "*"}),
        PolicyKind.RESOURCE,
    )
    return explain(
        PolicySet(identity=(attached(document(statement())),), resource=bucket),
        Request(ALICE, "s3:GetObject", {"arn": KEY, "account": ACCOUNT}),
    )


USER = "aws:username"
DISPUTES: list[tuple[str, Result, str, dict[str, str]]] = [
    ("1", session_arn(), "allowed", {"session-arn-and-session-policy": "implicitDeny"}),
    (
        "2",
        asked(statement(Condition={"StringNotEquals": {USER: "${aws:PrincipalTag/x}"}})),
        "allowed",
        {"missing-variable-negated": "implicitDeny"},
    ),
    (
        "3",
        in_old_version(statement(Resource="arn:aws:s3:::${aws:username}/k")),
        "implicitDeny",
        {"variable-in-old-version": "allowed"},
    ),
    ("4", federated(session=False), "implicitDeny", {"federated-without-session-policy": "allowed"}),
    ("4, with a session policy", federated(session=True), "allowed", {}),
    (
        "5",
        asked(statement(Resource="arn:aws:*:k"), resource="arn:aws:sqs:us-east-1:111122223333:k"),
        "implicitDeny",
        {"short-arn": "allowed"},
    ),
    (
        "7",
        asked(
            statement(Condition={"Bool": {"aws:SecureTransport": "${s3:x}"}}),
            context={"aws:SecureTransport": "true", "s3:x": "true"},
        ),
        "implicitDeny",
        {"variable-in-bool": "allowed"},
    ),
    ("10", assumed("*"), "allowed", {"trust-of-everyone": "implicitDeny"}),
    ("10, by name", assumed({"AWS": ALICE}), "allowed", {}),
    (
        "12",
        asked(statement(Condition={"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "x"}})),
        "allowed",
        {"any-value-if-exists": "implicitDeny"},
    ),
    (
        "13",
        asked(statement(Condition={"StringEquals": {USER: []}})),
        "implicitDeny",
        {"empty-value-list": "allowed"},
    ),
    (
        "16",
        asked(statement(Resource="arn:aws:iam::111122223333:u*"), resource="arn:aws:iam::111122223333:user/x"),
        "allowed",
        {"type-wildcard": "implicitDeny"},
    ),
    (
        "17",
        asked(statement(NotResource="arn:aws:s3:::c/${aws:PrincipalTag/x}")),
        "implicitDeny",
        {"not-resource-unresolved": "allowed"},
    ),
    (
        "19",
        asked(statement(Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app"}}), who=SESSION),
        "allowed",
        {"principal-arn-of-session": "implicitDeny"},
    ),
    (
        "a number that is none",
        asked(statement(Condition={"NumericNotEquals": {"s3:max-keys": "ten"}}), context={"s3:max-keys": "5"}),
        "allowed",
        {"malformed-value-negated": "implicitDeny"},
    ),
    ("NotPrincipal, the user alone", not_principal(ALICE), "allowed", {"partial-not-principal": "explicitDeny"}),
    ("NotPrincipal, user and account", not_principal(ALICE, ACCOUNT), "allowed", {}),
    (
        "a canonical id",
        asked(bucket=document(statement(Principal={"CanonicalUser": "a" * 64}))),
        "implicitDeny",
        {},
    ),
]


@pytest.mark.parametrize(
    ("result", "taken", "other"), [pytest.param(r, taken, other, id=name) for name, r, taken, other in DISPUTES]
)
def test_a_decision_that_hangs_on_a_dispute_says_so(result: Result, taken: str, other: dict[str, str]) -> None:
    """Semantics section 12: the side that is taken, and what the other would decide."""
    assert result.decision.value == taken
    assert uncertain(result) == other


def test_a_dispute_that_changes_nothing_is_not_mentioned() -> None:
    result = asked(
        statement(), statement(Condition={"NumericNotEquals": {"s3:max-keys": "ten"}}), context={"s3:max-keys": 5}
    )
    assert uncertain(result) == {}


@settings(max_examples=100)
@given(policy_sets(), requests())
def test_an_explanation_agrees_with_the_decision(policies: PolicySet, request: Request) -> None:
    result = explain(policies, request)
    assert result.decision is decision(policies, request)
    effects = {match.statement.effect for match in result.deciding}
    assert effects <= {{"allowed": "Allow"}.get(result.decision.value, "Deny")}
    assert all(match.matched for match in result.deciding)
    assert bool(effects) or result.decision is not Decision.EXPLICIT_DENY
    if result.decision is Decision.IMPLICIT_DENY:
        assert result.reason in {layer.layer for layer in result.layers if layer.blocks}
    assert not any(match.matched for match in result.nearest_misses)
    assert all(uncertainty.other_decision is not result.decision for uncertainty in result.uncertain)
