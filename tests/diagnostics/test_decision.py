"""A decision, told to a person. Whole outputs are files: tests/cli/simulate."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from policyeval.diagnostics.decision import concise, describe_clause, headline, render_result
from policyeval.diagnostics.style import Style, text_width
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Clause, Result
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import parse_policy
from tests.evaluation.worlds import ACCOUNT, ALICE, attached, policy_sets, requests

PLAIN = Style()
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def asked(*statements: dict[str, Any], who: Any = ALICE, action: str = "s3:GetObject", **layers: Any) -> Result:
    identity = (attached(document(*statements)),) if statements else ()
    resource = {"arn": "arn:aws:s3:::b/k", "account": ACCOUNT}
    return explain(PolicySet(identity=identity, **layers), Request(who, action, resource))


def text(result: Result) -> str:
    return " ".join(" ".join(render_result(result, PLAIN)).split())


CLAUSES: list[tuple[Clause, str]] = [
    (Clause("Action", True, "", "s3:*", "s3:GetObject"), "matches `s3:GetObject`"),
    (Clause("Action", False, "", "ec2:*", "s3:GetObject"), "does not match `s3:GetObject`"),
    (Clause("Action", False, "", None, "s3:GetObject"), "none of these matches `s3:GetObject`"),
    (Clause("NotAction", True, "", None, "s3:GetObject"), "does not list `s3:GetObject`"),
    (Clause("NotAction", False, "", "s3:*", "s3:GetObject"), "lists `s3:GetObject`"),
    (Clause("Resource", False, "", "b", "a", None, None, "c"), "does not match `a` (`c` here)"),
    (
        Clause("Resource", False, "", "b", "a", "`aws:username` is not in the request", "aws:username"),
        "matches nothing: `aws:username` is not in the request",
    ),
    (
        Clause("Condition", False, "", "a", None, "the key is missing", "aws:SourceVpc"),
        "does not hold: `aws:SourceVpc` is not in the request",
    ),
    (
        Clause("Condition", True, "", "a", None, "the key is missing", "aws:SourceVpc"),
        "holds: `aws:SourceVpc` is not in the request",
    ),
    (Clause("Condition", False, "", "a", "b", None, "s3:x"), "does not hold: the request has `b`"),
    (
        Clause("Condition", False, "", "a", "b", "`a` is no number", "s3:x"),
        "does not hold: `a` is no number; the request has `b`",
    ),
]


@pytest.mark.parametrize(("clause", "said"), CLAUSES)
def test_clauses_in_words(clause: Clause, said: str) -> None:
    assert describe_clause(clause) == said


def test_a_headline_that_does_not_fit_goes_on_below() -> None:
    result = asked(ALLOW)
    assert headline(result, PLAIN, "alice") == ["ALLOWED  alice may s3:GetObject on arn:aws:s3:::b/k"]
    assert headline(result, Style(width=40), "alice") == [
        "ALLOWED  alice may s3:GetObject",
        "         on arn:aws:s3:::b/k",
    ]


def test_a_hostile_caller_does_not_reach_the_terminal() -> None:
    assert headline(asked(ALLOW), PLAIN, "al\x1b[2Jice")[0].startswith("ALLOWED  al\\x1b[2Jice may ")
    assert "\x1b" not in concise(asked(ALLOW), "al\x1b[2Jice")


def test_what_denies_besides_is_told_of_an_explicit_deny() -> None:
    boundary = attached(document({**ALLOW, "Action": "ec2:*"}), PolicyKind.BOUNDARY)
    said = text(asked(ALLOW, {**ALLOW, "Effect": "Deny"}, boundary=boundary))
    assert "an explicit deny in any policy overrides every allow" in said
    assert "without it the request would be denied by: permissions boundary" in said


def test_all_layers_that_deny_are_told_the_first_first() -> None:
    boundary = attached(document({**ALLOW, "Action": "ec2:*"}), PolicyKind.BOUNDARY)
    said = text(asked({**ALLOW, "Action": "sns:*"}, boundary=boundary))
    assert "identity policies decided; these deny as well: permissions boundary" in said


def test_a_missing_key_that_could_change_the_answer_is_asked_for() -> None:
    said = text(asked({**ALLOW, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}))
    assert "could change the answer: `--context aws:MultiFactorAuthPresent=VALUE`" in said


def test_a_dispute_says_both_sides() -> None:
    said = text(asked({**ALLOW, "Condition": {"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "x"}}}))
    assert "uncertain: [any-value-if-exists] is `ForAnyValue:…IfExists` true when the key is missing? " in said
    assert "the decision is implicitDeny" in said


def test_what_needs_no_policy_says_so() -> None:
    """A root user without any policy to consult was a crash."""
    assert "The root user has full access in its own account" in text(asked(who=ACCOUNT))
    assert "AWS allows this action to every caller" in text(asked(action="sts:GetCallerIdentity"))
    abroad = explain(PolicySet(), Request(ALICE, "s3:GetObject", "arn:aws-cn:s3:::b"))
    assert "Caller and resource are in different partitions" in text(abroad)


def test_a_policy_that_no_file_holds_is_told_in_words() -> None:
    said = text(asked({**ALLOW, "Sid": "Here", "Resource": "arn:aws:s3:::c"}))
    assert "nearest miss: Here in policy" in said
    assert "Resource does not match `arn:aws:s3:::b/k`" in said


def test_a_policy_on_one_line_shows_each_clause_in_its_place() -> None:
    one_line = (
        '{"Version":"2012-10-17","Statement":[{"Sid":"Long","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],'
        '"Resource":"arn:aws:s3:::a-bucket-of-another-name/*"}]}'
    )
    policy = Attached(parse_policy(one_line, PolicyKind.IDENTITY, "one-line.json"))
    result = explain(PolicySet(identity=(policy,)), Request(ALICE, "s3:GetObject", "arn:aws:s3:::b/k"))
    lines = render_result(result, PLAIN)
    under = next(number for number, line in enumerate(lines) if "^^^" in line)
    assert '"arn:aws:s3:::a-bucket-of-another-name/*"' in lines[under - 1]
    assert lines[under].index("^") == lines[under - 1].index('"arn:')


@settings(max_examples=80)
@given(policy_sets(), requests())
def test_any_result_can_be_told(policies: PolicySet, request: Request) -> None:
    result = explain(policies, request)
    lines = render_result(result, PLAIN, who="alice", trace=True)
    assert all(line.isprintable() for line in lines)
    assert all(text_width(line) <= PLAIN.width for line in lines)
    assert concise(result, "alice").startswith(result.decision.value)
