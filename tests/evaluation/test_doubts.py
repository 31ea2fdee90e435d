"""What the fast path asks the reference about, of the callers and statements that a dispute may concern.

Drawn questions are in `property/test_index`; here is one statement for each way in which a dispute comes up.
"""

from __future__ import annotations

from typing import Any

import pytest

from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.explain import uncertain
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import ContextValue, Principal, Request
from policyeval.evaluation.simulator import Simulator
from tests.evaluation.worlds import ACCOUNT, ROLE, attached

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
