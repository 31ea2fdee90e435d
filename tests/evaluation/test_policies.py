"""The policies of a decision, by layer: put beside others, and narrowed to an action."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from policyeval.evaluation.policies import Attached, PolicySet, about_action, speaks_of_action
from policyeval.evaluation.trace import Layer
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy


def held(name: str, action: str = "*", element: str = "Action") -> Attached:
    statement = {"Effect": "Allow", element: action, "Resource": "*"}
    return Attached(Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, PolicyKind.IDENTITY), name)


def whole(name: str, action: str = "*") -> PolicySet:
    """A policy in every place, of another origin in each."""
    one = {field.name: held(f"{name} {field.name}", action) for field in fields(PolicySet)}
    return PolicySet(
        identity=(one["identity"],),
        resource=one["resource"],
        boundary=one["boundary"],
        session=(one["session"],),
        scp=((one["scp"],), (held(f"{name} scp of the account", action),)),
        rcp=((one["rcp"],),),
        vpc_endpoint=one["vpc_endpoint"],
        settings=one["settings"],
    )


def origins(policies: PolicySet) -> dict[str, list[str | None]]:
    return {layer.value: [attached.origin for _, attached in policies.layer(layer)] for layer in Layer}


OWN, GIVEN = whole("own"), whole("given")


def test_beside_others_identity_policies_add_up_and_every_other_layer_is_taken_over() -> None:
    both = origins(OWN.beside(GIVEN))
    assert both.pop("identity") == ["own identity", "given identity"]
    assert both.pop("settings") == ["own settings"]  # which is no policy that anybody could give
    assert both == {layer: found for layer, found in origins(GIVEN).items() if layer in both}


@pytest.mark.parametrize("empty", [PolicySet(), PolicySet(identity=())])
def test_what_is_not_given_stays(empty: PolicySet) -> None:
    assert OWN.beside(empty) == OWN


def test_an_empty_level_or_session_is_given() -> None:
    """It denies, which none at all does not."""
    both = OWN.beside(PolicySet(session=(), scp=((),), rcp=()))
    assert (both.session, both.scp, both.rcp) == ((), ((),), ())


def test_nothing_but_identity_policies_limits_when_it_is_not_there() -> None:
    assert [layer for layer in Layer if PolicySet().limits(layer)] == [Layer.IDENTITY]
    assert all(OWN.limits(layer) for layer in Layer)


def test_levels_are_counted_from_the_root() -> None:
    assert [level for level, _ in OWN.layer(Layer.SCP)] == [0, 1]
    assert [level for level, _ in OWN.layer(Layer.BOUNDARY)] == [None]


def test_every_policy_is_there_once() -> None:
    assert len(list(OWN)) == 9
    assert list(PolicySet()) == []


def test_policies_about_an_action_keep_their_places_and_lose_what_speaks_of_others() -> None:
    assert whole("own", "s3:Get*").about("s3:getobject") == whole("own", "s3:Get*")
    left = OWN.beside(whole("given", "s3:Get*")).about("sqs:sendmessage")
    assert origins(left) == origins(OWN.beside(GIVEN))
    assert [attached.origin for attached in left if attached.policy.statements] == ["own identity", "own settings"]
    assert PolicySet().about("s3:getobject") == PolicySet()


@pytest.mark.parametrize(
    ("action", "element", "speaks"),
    [
        ("s3:Get*", "Action", True),
        ("S3:GETOBJECT", "Action", True),
        ("s3:Put*", "Action", False),
        ("s3:Put*", "NotAction", True),
        ("s3:Get*", "NotAction", False),
        ("s3>GetObject", "Action", False),
    ],
)
def test_a_statement_speaks_of_what_it_could_match(action: Any, element: str, speaks: bool) -> None:
    assert len(about_action(held("own", action, element).policy, "s3:getobject").statements) == speaks


def test_a_statement_that_names_no_action_speaks_of_none() -> None:
    (statement,) = held("own").policy.statements
    assert not speaks_of_action(replace(statement, actions=None), "s3:getobject")
