"""Which kind of policy a document is, when nobody says (semantics 1.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policyeval.linter.files import Asked, check_source
from policyeval.linter.kinds import infer_kind
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.source import Source

ANYBODY = {"AWS": "arn:aws:iam::111122223333:root"}
CASES: list[tuple[str, Any, PolicyKind]] = [
    ("no principal", {"Action": "s3:GetObject"}, PolicyKind.IDENTITY),
    ("assuming a role without a principal", {"Action": "sts:AssumeRole"}, PolicyKind.IDENTITY),
    ("a principal", {"Principal": ANYBODY, "Action": "s3:GetObject"}, PolicyKind.RESOURCE),
    ("a principal that is denied by exception", {"NotPrincipal": ANYBODY, "Action": "s3:*"}, PolicyKind.RESOURCE),
    ("assuming a role", {"Principal": ANYBODY, "Action": "sts:AssumeRole"}, PolicyKind.TRUST),
    ("in another case", {"Principal": ANYBODY, "Action": ["STS:assumerole", "sts:TagSession"]}, PolicyKind.TRUST),
    ("by federation", {"Principal": ANYBODY, "Action": "sts:AssumeRoleWithWebIdentity"}, PolicyKind.TRUST),
    ("assuming and more", {"Principal": ANYBODY, "Action": ["sts:AssumeRole", "s3:*"]}, PolicyKind.RESOURCE),
    ("everything but", {"Principal": ANYBODY, "NotAction": "sts:AssumeRole"}, PolicyKind.RESOURCE),
    ("no action at all", {"Principal": ANYBODY}, PolicyKind.RESOURCE),
    ("an action that is no string", {"Principal": ANYBODY, "Action": 7}, PolicyKind.RESOURCE),
]


@pytest.mark.parametrize(("statement", "kind"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
@pytest.mark.parametrize("form", ["object", "list"])
def test_a_kind_is_inferred_from_principals_and_actions(statement: Any, kind: PolicyKind, form: str) -> None:
    assert infer_kind({"Statement": statement if form == "object" else [statement]}) is kind


def test_one_statement_with_a_principal_makes_a_resource_policy() -> None:
    document = {"Statement": [{"Action": "s3:GetObject"}, {"Principal": "*", "Action": "s3:GetObject"}]}
    assert infer_kind(document) is PolicyKind.RESOURCE


@pytest.mark.parametrize("document", [None, [], "x", {}, {"Statement": None}, {"Statement": [1, "x", None]}])
def test_what_is_no_policy_is_taken_for_an_identity_policy(document: object) -> None:
    assert infer_kind(document) is PolicyKind.IDENTITY


@pytest.mark.parametrize(
    ("type_", "refused"), [("SERVICE_CONTROL_POLICY", "scp-syntax-error-principal"), ("TAG_POLICY", None)]
)
def test_organizations_says_what_kind_its_policy_is(type_: str, refused: str | None) -> None:
    """Organizations API Reference, DescribePolicy."""
    content = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteObject",
            "Resource": "arn:aws:s3:::team-logs/*",
        },
    }
    answer = {"Policy": {"PolicySummary": {"Type": type_}, "Content": json.dumps(content)}}
    selection = Selection(("scp-syntax-error-principal",))
    found = check_source(Source("answer.json", json.dumps(answer)), Asked(selection)).findings
    assert [finding.rule for finding in found] == ([refused] if refused else [])
