"""Whether a statement matches, and what its clauses say. Single decisions are data: fixtures/decisions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.evaluation.decide import decide
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.explain import explain
from policyeval.evaluation.matching import has_disputed_type
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Clause, Decision
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.syntax.arn import split_arn
from tests.evaluation.worlds import ACCOUNT, ALICE, ROLE, attached


def clauses(
    resource: str = "arn:aws:s3:::b/k",
    action: str = "s3:GetObject",
    who: Any = ALICE,
    version: str = "2012-10-17",
    kind: PolicyKind = PolicyKind.IDENTITY,
    context: dict[str, Any] | None = None,
    **elements: Any,
) -> dict[str, Clause]:
    """The clauses of a single statement, by element."""
    statement = {"Effect": "Allow", **elements}
    if not {"Action", "NotAction"} & set(elements):
        statement["Action"] = "*"
    if kind is not PolicyKind.TRUST and not {"Resource", "NotResource"} & set(elements):
        statement["Resource"] = "*"
    policy = attached({"Version": version, "Statement": statement}, kind)
    policies = PolicySet(identity=(policy,)) if kind is PolicyKind.IDENTITY else PolicySet(resource=policy)
    (match,) = decide(policies, Request(who, action, resource, context)).considered
    return {clause.element: clause for clause in match.clauses}


@pytest.mark.parametrize(
    ("elements", "element", "matched", "pointer", "entry", "reason"),
    [
        ({"Action": ["ec2:*", "s3:Get*"]}, "Action", True, "/Statement/Action/1", "s3:Get*", None),
        ({"Action": "s3:Get*"}, "Action", True, "/Statement/Action", "s3:Get*", None),
        ({"Action": ["ec2:*", "s3:Put*"]}, "Action", False, "/Statement/Action", None, None),
        ({"Action": "s3:Put*"}, "Action", False, "/Statement/Action", "s3:Put*", None),
        (
            {"Action": ["s3:Put*", "s3>getObject"]},
            "Action",
            False,
            "/Statement/Action/1",
            "s3>getObject",
            "is no action and matches nothing; is `s3:GetObject` meant?",
        ),
        ({"Action": ["s3:Put*", "s3>putObject"]}, "Action", False, "/Statement/Action", None, None),
        ({"NotAction": ["ec2:*", "s3:Get*"]}, "NotAction", False, "/Statement/NotAction/1", "s3:Get*", None),
        ({"NotAction": ["ec2:*"]}, "NotAction", True, "/Statement/NotAction", None, None),
        ({"Resource": ["arn:aws:s3:::c", "*"]}, "Resource", True, "/Statement/Resource/1", "*", None),
        ({"Resource": "arn:aws:s3:::c"}, "Resource", False, "/Statement/Resource", "arn:aws:s3:::c", None),
        ({"Resource": ["arn:aws:s3:::c", "arn:aws:s3:::d"]}, "Resource", False, "/Statement/Resource", None, None),
        (
            {"Resource": "arn:aws:s3:::b/${aws:PrincipalTag/x}"},
            "Resource",
            False,
            "/Statement/Resource",
            "arn:aws:s3:::b/${aws:PrincipalTag/x}",
            "`aws:PrincipalTag/x` is not in the request",
        ),
        (
            {"Resource": "arn:aws:s3:::c/${aws:PrincipalTag/x}"},  # not near, whatever the tag
            "Resource",
            False,
            "/Statement/Resource",
            "arn:aws:s3:::c/${aws:PrincipalTag/x}",
            None,
        ),
        (
            {"NotResource": "arn:aws:s3:::c/${aws:PrincipalTag/x}"},
            "NotResource",
            False,
            "/Statement/NotResource",
            None,
            "`aws:PrincipalTag/x` is not in the request",
        ),
        (
            {"NotResource": ["arn:aws:s3:::${aws:PrincipalTag/x}", "arn:aws:s3:::b/*"]},
            "NotResource",
            False,
            "/Statement/NotResource/1",
            "arn:aws:s3:::b/*",
            None,
        ),
        ({"NotResource": "arn:aws:s3:::c/*"}, "NotResource", True, "/Statement/NotResource", None, None),
    ],
)
def test_a_clause_names_the_entry_that_decided_and_why(
    elements: dict[str, Any], element: str, matched: bool, pointer: str, entry: str | None, reason: str | None
) -> None:
    clause = clauses(**elements)[element]
    assert (clause.matched, clause.pointer, clause.entry, clause.reason) == (matched, pointer, entry, reason)
    assert clause.actual == ("arn:aws:s3:::b/k" if "Resource" in element else "s3:GetObject")


def test_an_entry_with_a_variable_is_no_entry_for_every_resource() -> None:
    assert not clauses("*", "s3:ListAllMyBuckets", Resource="arn:aws:s3:::${aws:PrincipalTag/x}")["Resource"].matched


@pytest.mark.parametrize(("entry", "is_disputed"), [("user/*/alice", False), ("us*/*/alice", True), ("root", False)])
def test_the_type_ends_at_the_first_slash(entry: str, is_disputed: bool) -> None:
    assert has_disputed_type(split_arn(f"arn:aws:iam::{ACCOUNT}:{entry}")) is is_disputed


def test_a_list_where_one_value_is_needed_is_said_to_be_one() -> None:
    clause = clauses(Resource="arn:aws:s3:::b/${aws:TagKeys}", context={"aws:TagKeys": ["k"]})["Resource"]
    assert clause.reason == "`aws:TagKeys` has no single value"


def test_a_resolved_entry_is_told() -> None:
    clause = clauses(Resource="arn:aws:s3:::b/${aws:username}/*")["Resource"]
    assert (clause.matched, clause.resolved) == (False, "arn:aws:s3:::b/alice/*")
    assert clauses(Resource="arn:aws:s3:::b/k")["Resource"].resolved is None
    fitting = clauses("arn:aws:s3:::b/alice/k", Resource="arn:aws:s3:::b/${aws:username}/*")["Resource"]
    assert (fitting.matched, fitting.resolved) == (True, "arn:aws:s3:::b/alice/*")


SEGMENT = st.sampled_from(["", "a", "b", "*", "?", "a*", "ab"])
TEXT = st.sampled_from(["", "a", "b", "ab", "a/b", "a:b"])


@given(st.lists(SEGMENT, min_size=6, max_size=6), st.tuples(TEXT, TEXT, TEXT))
def test_each_segment_is_matched_on_its_own(pattern: list[str], actual: tuple[str, str, str]) -> None:
    """Segments one to five one by one, the sixth as a whole (reference_policies_elements_resource)."""
    from policyeval.syntax.wildcard import matches

    region, account, resource = (text.replace(":", "").replace("/", "") for text in actual)
    segments = ["arn", "aws", "s3", region, account, f"{actual[2] or resource}x"]
    written = ["arn", "aws", "s3", pattern[3], pattern[4], f"{pattern[5]}x"]
    expected = all(matches(wanted, text) for wanted, text in zip(written, segments, strict=True))
    assert clauses(":".join(segments), Resource=":".join(written))["Resource"].matched is expected


@given(st.text("ab*?[]{}^$.+|()\\", min_size=1, max_size=8))
def test_a_resource_without_wildcards_is_text(name: str) -> None:
    """A star in the *request* is text, and signs of regular expressions are text everywhere."""
    plain = name.replace("*", "-").replace("?", "-").replace("${", "-")
    assert clauses(f"arn:aws:s3:::b/{name}", Resource=f"arn:aws:s3:::b/{plain}")["Resource"].matched is (name == plain)
    assert clauses(f"arn:aws:s3:::b/{name}", Resource="arn:aws:s3:::b/*")["Resource"].matched


def test_a_resource_policy_without_a_resource_covers_what_it_is_attached_to() -> None:
    trust = clauses(
        f"arn:aws:iam::{ACCOUNT}:role/app",
        "sts:AssumeRole",
        kind=PolicyKind.TRUST,
        Principal={"AWS": ALICE},
    )
    assert set(trust) == {"Principal", "Action"}


def test_conditions_of_a_statement_about_something_else_are_judged_but_ask_for_nothing() -> None:
    statement = {
        "Effect": "Allow",
        "Action": "ec2:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
    }
    policies = PolicySet(identity=(attached({"Version": "2012-10-17", "Statement": statement}),))
    result = explain(policies, Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/k"))
    assert [clause.element for clause in result.considered[0].failed] == ["Action", "Condition"]
    assert result.missing_context == ()


@pytest.mark.parametrize("element", ["Action", "Resource"])
def test_a_statement_without_action_or_resource_matches_nothing(element: str) -> None:
    """IAM refuses such a statement (reference_policies_elements_action, _resource); it must not match everything."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    del statement[element]
    policy, problems = read_policy({"Version": "2012-10-17", "Statement": statement}, PolicyKind.IDENTITY)
    assert problems
    (match,) = decide(PolicySet(identity=(Attached(policy),)), Request(ALICE, "s3:GetObject", "*")).considered
    assert [clause.element for clause in match.failed] == [element]
    assert [clause.reason for clause in match.failed] == [f"the statement names no {element.lower()}"]


@pytest.mark.parametrize(
    ("context", "disputes"),
    [
        ({}, [Dispute.PRINCIPAL_ARN_OF_SESSION]),
        ({"aws:SourceIp": "203.0.113.7"}, [Dispute.PRINCIPAL_ARN_OF_SESSION]),
        ({"AWS:principalARN": ROLE}, []),
    ],
)
def test_which_arn_a_session_has_is_disputed_unless_the_request_says_it(
    context: dict[str, Any], disputes: list[Dispute]
) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "*",
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE}},
    }
    policies = PolicySet(identity=(attached({"Version": "2012-10-17", "Statement": statement}),))
    result = explain(policies, Request(ROLE, "s3:GetObject", "arn:aws:s3:::b/k", context))
    assert result.allowed
    assert [each.dispute for each in result.uncertain] == disputes


@pytest.mark.parametrize(
    ("pattern", "is_disputed"),
    [
        ("user/alice", False),
        ("user/*", False),
        ("*", False),
        ("*/alice", True),
        ("us?r/alice", True),
        ("u*", True),
    ],
)
def test_only_a_wildcard_in_the_type_of_an_iam_resource_is_disputed(pattern: str, is_disputed: bool) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": f"arn:aws:iam::{ACCOUNT}:{pattern}"}
    policies = PolicySet(identity=(attached({"Version": "2012-10-17", "Statement": statement}),))
    result = explain(policies, Request(ALICE, "iam:GetUser", ALICE))
    assert result.allowed
    assert [each.dispute for each in result.uncertain] == [Dispute.TYPE_WILDCARD] * is_disputed


@pytest.mark.parametrize(
    ("action", "element", "pattern", "decision", "is_disputed"),
    [
        ("s3:ListAllMyBuckets", "Resource", "arn:aws:s3:::*", Decision.IMPLICIT_DENY, True),
        ("S3:LISTALLMYBUCKETS", "Resource", "arn:aws-cn:s3:::*", Decision.IMPLICIT_DENY, True),
        ("s3:ListAllMyBuckets", "NotResource", "arn:aws:s3:::*", Decision.ALLOWED, True),
        ("s3:ListAllMyBuckets", "Resource", "arn:aws:s3:::b", Decision.IMPLICIT_DENY, False),
        ("s3:ListAllMyBuckets", "Resource", "arn:aws:s3:::b*", Decision.IMPLICIT_DENY, False),
        ("s3:ListAllMyBuckets", "Resource", "arn:aws:sns:::*", Decision.IMPLICIT_DENY, False),
        ("s3:ListAllMyBuckets", "Resource", "*", Decision.ALLOWED, False),
        ("s3:CreateJob", "Resource", "arn:aws:s3:::*", Decision.IMPLICIT_DENY, False),
    ],
)
def test_whether_every_bucket_is_the_list_of_buckets_is_disputed(
    action: str, element: str, pattern: str, decision: Decision, is_disputed: bool
) -> None:
    """S3 User Guide, walkthrough1, step 4, against reference_policies_elements_notaction."""
    statement = {"Effect": "Allow", "Action": "s3:*", element: pattern}
    policies = PolicySet(identity=(attached({"Version": "2012-10-17", "Statement": statement}),))
    result = explain(policies, Request(ALICE, action))
    assert result.decision is decision
    assert [each.dispute for each in result.uncertain] == [Dispute.LIST_OF_BUCKETS] * is_disputed


def test_a_type_of_another_service_is_not_disputed() -> None:
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"
    statement = {"Effect": "Allow", "Action": "*", "Resource": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q*"}
    policies = PolicySet(identity=(attached({"Version": "2012-10-17", "Statement": statement}),))
    assert not explain(policies, Request(ALICE, "sqs:SendMessage", arn)).uncertain


def test_what_is_text_under_the_old_version_asks_for_no_key() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/x}"}
    policies = PolicySet(identity=(attached({"Version": "2008-10-17", "Statement": statement}),))
    assert explain(policies, Request(ALICE, "s3:GetObject", "arn:aws:s3:::b/k")).missing_context == ()
