"""`Simulator` as a user makes one: each kind of policy in its own place, given as whatever holds a policy."""

from __future__ import annotations

from typing import Any

import pytest

from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Principal, Request
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Layer
from policyeval.policy.kind import PolicyKind
from tests.evaluation.worlds import ACCOUNT, ROLE, attached

KINDS: list[tuple[str, Layer, PolicyKind, int]] = [
    # the argument, where its policies belong, what they are; how many lists they are in
    ("identity", Layer.IDENTITY, PolicyKind.IDENTITY, 1),
    ("resource", Layer.RESOURCE, PolicyKind.RESOURCE, 0),
    ("permissions_boundary", Layer.BOUNDARY, PolicyKind.BOUNDARY, 0),
    ("session", Layer.SESSION, PolicyKind.SESSION, 1),
    ("scp", Layer.SCP, PolicyKind.SCP, 2),
    ("rcp", Layer.RCP, PolicyKind.RCP, 2),
    ("vpc_endpoint", Layer.VPC_ENDPOINT, PolicyKind.VPC_ENDPOINT, 0),
]
REQUEST = Request(Principal.session(ROLE), "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": ACCOUNT})


def policy(kind: PolicyKind, effect: str) -> Any:
    statement = {"Effect": effect, "Action": "s3:*", "Resource": "*"}
    if kind.elements.principal:
        statement["Principal"] = "*"
    return attached({"Version": "2012-10-17", "Statement": statement}, kind).policy


@pytest.mark.parametrize("use_index", [True, False])
@pytest.mark.parametrize(("name", "layer", "kind", "lists"), KINDS)
def test_each_policy_has_its_say_where_it_is_given(
    name: str, layer: Layer, kind: PolicyKind, lists: int, use_index: bool
) -> None:
    allowing: dict[str, Any] = {"identity": [policy(PolicyKind.IDENTITY, "Allow")]}
    given: Any = policy(kind, "Deny")
    for _ in range(lists):
        given = [given]
    simulator = Simulator(**{**allowing, name: given}, use_index=use_index)
    assert simulator.decide(REQUEST) == "explicitDeny"
    assert [layer for layer in Layer if list(simulator.policies.layer(layer))] == sorted(
        {layer, *({Layer.IDENTITY} - {layer})}, key=list(Layer).index
    )
    assert (simulator.simulate(REQUEST).reason, Simulator(**allowing).decide(REQUEST)) == (layer, "allowed")


def test_what_is_not_given_is_not_there() -> None:
    assert Simulator().policies == PolicySet()
    assert Simulator(session=(), scp=((),), rcp=()).policies == PolicySet(session=(), scp=((),), rcp=())


def test_without_the_index_no_plan_is_made() -> None:
    allowing = [policy(PolicyKind.IDENTITY, "Allow")]
    assert Simulator(identity=allowing, use_index=False).plan(REQUEST) is None
    assert Simulator(identity=allowing).plan(REQUEST) is not None
