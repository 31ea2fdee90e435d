"""Semantics section 12, nos. 6 and 20: whether tag values and the actions of SCPs are compared with regard to case."""

from __future__ import annotations

import pytest

from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Decision
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy

USER = "arn:aws:iam::111122223333:user/alice"
INSTANCE = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"


def held(kind: PolicyKind, **elements: object) -> Attached:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}
    return Attached(Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind))


@pytest.mark.parametrize(
    ("operator", "text", "disputed"),
    [
        ("StringLike", "Pay*", True),
        ("StringEquals", "Payments", True),
        ("StringEquals", "Pay*", False),
        ("StringLike", "Pay?", False),
    ],
)
def test_a_tag_value_in_other_capitals_is_another_value_and_that_is_disputed(
    operator: str, text: str, disputed: bool
) -> None:
    policies = PolicySet(identity=(held(PolicyKind.IDENTITY, Condition={operator: {"aws:ResourceTag/team": text}}),))
    result = explain(policies, Request(USER, "ec2:StopInstances", INSTANCE, {"aws:ResourceTag/team": "payments"}))
    assert result.decision is Decision.IMPLICIT_DENY
    said = [(each.dispute, each.other_decision) for each in result.uncertain]
    assert said == [(Dispute.TAG_VALUE_CASE, Decision.ALLOWED)] * disputed


@pytest.mark.parametrize(
    ("operator", "key", "text"),
    [
        ("StringEquals", "ec2:InstanceType", "Payments"),
        ("NumericEquals", "aws:ResourceTag/team", "5"),
        ("ArnEquals", "aws:ResourceTag/team", "arn:aws:sns:::A"),
    ],
)
def test_only_the_texts_of_tags_are_disputed(operator: str, key: str, text: str) -> None:
    policies = PolicySet(identity=(held(PolicyKind.IDENTITY, Condition={operator: {key: text}}),))
    for value in ("payments", "6", "arn:aws:sns:::a"):
        assert not explain(policies, Request(USER, "ec2:StopInstances", INSTANCE, {key: value})).uncertain


@pytest.mark.parametrize("turned", [False, True])
def test_each_value_that_is_disputed_counts_under_a_negated_operator(turned: bool) -> None:
    """One cannot be resolved and one cannot be read: either dispute alone turns the answer."""
    values = ["arn:aws:sns:*:*:${aws:PrincipalTag/team}", "no-arn"]
    condition = {"ArnNotEquals": {"aws:SourceArn": values[::-1] if turned else values}}
    policies = PolicySet(identity=(held(PolicyKind.IDENTITY, Condition=condition),))
    arn = "arn:aws:sns:eu-west-1:111122223333:topic"
    result = explain(policies, Request(USER, "ec2:StopInstances", INSTANCE, {"aws:SourceArn": arn}))
    assert {each.dispute: each.other_decision for each in result.uncertain} == {
        Dispute.MISSING_VARIABLE_NEGATED: Decision.IMPLICIT_DENY,
        Dispute.MALFORMED_VALUE_NEGATED: Decision.IMPLICIT_DENY,
    }


def test_an_equal_tag_value_is_not_disputed() -> None:
    policies = PolicySet(
        identity=(held(PolicyKind.IDENTITY, Condition={"StringEquals": {"aws:ResourceTag/team": "payments"}}),)
    )
    result = explain(policies, Request(USER, "ec2:StopInstances", INSTANCE, {"aws:ResourceTag/team": "payments"}))
    assert result.allowed
    assert not result.uncertain


def test_an_scp_action_in_other_capitals_is_the_same_action_and_that_is_disputed() -> None:
    policies = PolicySet(
        identity=(held(PolicyKind.IDENTITY),), scp=((held(PolicyKind.SCP, Action="ec2:stopinstances"),),)
    )
    result = explain(policies, Request(USER, "ec2:StopInstances", INSTANCE))
    assert result.allowed
    assert [(each.dispute, each.other_decision) for each in result.uncertain] == [
        (Dispute.SCP_ACTION_CASE, Decision.IMPLICIT_DENY)
    ]


@pytest.mark.parametrize("action", ["ec2:StopInstances", "ec2:*", "EC2:StopInstances", "*:*", "*"])
def test_an_scp_action_as_aws_spells_it_is_not_disputed(action: str) -> None:
    policies = PolicySet(identity=(held(PolicyKind.IDENTITY),), scp=((held(PolicyKind.SCP, Action=action),),))
    result = explain(policies, Request(USER, "ec2:StopInstances", INSTANCE))
    assert result.allowed
    assert [each.dispute for each in result.uncertain] == [Dispute.SCP_ACTION_CASE] * (action[0] == "E")
