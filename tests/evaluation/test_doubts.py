"""What the fast path asks the reference about, of the callers and statements that a dispute may concern.

Drawn questions are in `property/test_index`; here is one statement for each way in which a dispute comes up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.explain import uncertain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, Request
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Layer
from policyeval.policy.kind import PolicyKind
from tests.evaluation.worlds import ACCOUNT, ALICE, ROLE, attached

SESSION = Principal.session(ROLE, "ci")
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/ci"
NAME = ROLE.rpartition("/")[2]

OF_SESSION: list[tuple[dict[str, Any], str, dict[str, ContextValue], bool]] = [
    # a statement, the resource asked for and the context; whether the session's ARN makes a difference
    ({"Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}}, "b/k", {}, True),
    ({"Condition": {"ArnLike": {"AWS:PRINCIPALARN": "arn:aws:sts::*:assumed-role/*"}}}, "b/k", {}, True),
    ({"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:*::*:*"}}}, "b/k", {}, False),
    ({"Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}}}, "b/k", {"aws:principalarn": ROLE}, False),
    (
        {"Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*/${aws:PrincipalTag/role}"}}},
        "b/k",
        {"aws:PrincipalTag/role": NAME},
        True,
    ),
    ({"Resource": "arn:aws:s3:::b/${aws:PrincipalArn}"}, f"b/{ROLE}", {}, True),
    ({"Resource": "arn:aws:s3:::b/${aws:PrincipalArn}"}, f"b/{SESSION_ARN}", {}, True),
    ({"Effect": "Deny", "NotResource": "arn:aws:s3:::b/${aws:principalarn}"}, f"b/{ROLE}", {}, True),
    ({"Condition": {"StringEquals": {"s3:prefix": "${aws:PrincipalArn}"}}}, "b/k", {"s3:prefix": ROLE}, True),
    ({"Condition": {"StringEquals": {"s3:prefix": "${aws:PrincipalArn}"}}}, "b/k", {"s3:prefix": "x"}, False),
]


@pytest.mark.parametrize(("elements", "name", "context", "is_disputed"), OF_SESSION)
def test_what_hangs_on_the_arn_of_a_session_is_found(
    elements: dict[str, Any], name: str, context: dict[str, ContextValue], is_disputed: bool
) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", **elements}
    if "NotResource" not in statement:
        statement.setdefault("Resource", "*")
    allowing = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    statements = [statement] if statement["Effect"] == "Allow" else [statement, allowing]
    policies = PolicySet(identity=(attached({"Version": "2012-10-17", "Statement": statements}),))
    request = Request(SESSION, "s3:GetObject", f"arn:aws:s3:::{name}", context)
    found = Simulator.of(policies).uncertain(request)
    assert found == uncertain(policies, request)
    assert [each.dispute for each in found] == [Dispute.PRINCIPAL_ARN_OF_SESSION] * is_disputed


ALLOWING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

BY_LAYER: list[tuple[Layer, dict[str, Any], list[Dispute]]] = [
    (Layer.SCP, {**ALLOWING, "Action": "s3:getobject"}, [Dispute.SCP_ACTION_CASE]),
    (Layer.SCP, {**ALLOWING, "Action": "s3:Get*"}, []),
    (Layer.RESOURCE, {**ALLOWING, "Principal": {"CanonicalUser": CANONICAL}}, []),  # the user has more already
    (
        Layer.RESOURCE,
        {**ALLOWING, "Effect": "Deny", "Principal": {"CanonicalUser": CANONICAL}},
        [Dispute.CANONICAL_USER],
    ),
    (Layer.RESOURCE, {**ALLOWING, "Effect": "Deny", "Principal": {"AWS": "444455556666"}}, []),
    (
        Layer.RESOURCE,
        {**ALLOWING, "Effect": "Deny", "NotPrincipal": {"AWS": ALICE}},
        [Dispute.PARTIAL_NOT_PRINCIPAL],
    ),
]


@pytest.mark.parametrize(("layer", "statement", "disputes"), BY_LAYER)
def test_what_a_layer_disputes_is_found(layer: Layer, statement: dict[str, Any], disputes: list[Dispute]) -> None:
    def held(kind: PolicyKind, written: dict[str, Any]) -> Attached:
        return attached({"Version": "2012-10-17", "Statement": [written]}, kind)

    policies = PolicySet(identity=(held(PolicyKind.IDENTITY, ALLOWING),))
    if layer is Layer.SCP:
        policies = replace(policies, scp=((held(PolicyKind.SCP, statement),),))
    else:
        policies = replace(policies, resource=held(PolicyKind.RESOURCE, statement))
    request = Request(ALICE, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": ACCOUNT})
    found = Simulator.of(policies).uncertain(request)
    assert found == uncertain(policies, request)
    assert [each.dispute for each in found] == disputes
