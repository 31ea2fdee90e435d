"""Which layers a denial names as in the way: none that the resource policy's grant would pass (semantics 7.2)."""

from __future__ import annotations

import pytest

from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request, Resource
from policyeval.evaluation.trace import Decision, Layer
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy

USER = "arn:aws:iam::111122223333:user/alice"
ROLE = "arn:aws:iam::111122223333:role/app"
OBJECT = Resource("arn:aws:s3:::b1/k1", "111122223333")


def allow(kind: PolicyKind, action: str, principal: object = None) -> Attached:
    statement: dict[str, object] = {"Effect": "Allow", "Action": action, "Resource": "*"}
    if principal is not None:
        statement["Principal"] = principal
    return Attached(Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind))


@pytest.mark.parametrize(
    ("caller", "principal", "expected"),
    [
        pytest.param(USER, {"AWS": USER}, {Layer.SCP}, id="a grant to the user passes identity and boundary"),
        pytest.param(USER, "*", {Layer.SCP}, id="a grant to everyone does too"),
        pytest.param(
            ROLE, {"AWS": ROLE}, {Layer.SCP, Layer.BOUNDARY}, id="a grant to the role stays under the boundary"
        ),
        pytest.param(
            USER,
            {"AWS": "111122223333"},
            {Layer.SCP, Layer.IDENTITY, Layer.BOUNDARY},
            id="a grant to the account passes nothing",
        ),
    ],
)
def test_only_what_would_deny_without_the_scp_is_in_the_way(
    caller: str, principal: object, expected: set[Layer]
) -> None:
    policies = PolicySet(
        resource=allow(PolicyKind.RESOURCE, "s3:GetObject", principal),
        boundary=allow(PolicyKind.BOUNDARY, "ec2:*"),
        scp=((allow(PolicyKind.SCP, "ec2:*"),),),
    )
    verdict = decide(policies, Request(caller, "s3:GetObject", OBJECT))
    assert verdict.decision is Decision.IMPLICIT_DENY
    assert {layer.layer for layer in verdict.layers if layer.blocks} == expected


def test_a_federated_user_without_a_session_policy_is_denied_by_that_layer() -> None:
    caller = {"type": "FederatedUser", "arn": "arn:aws:sts::111122223333:federated-user/carol", "userArn": USER}
    policies = PolicySet(identity=(allow(PolicyKind.IDENTITY, "*"),))
    verdict = decide(policies, Request(caller, "s3:GetObject", OBJECT))
    assert verdict.reason is Layer.SESSION
    assert [layer.layer for layer in verdict.layers if layer.blocks] == [Layer.SESSION]
