"""Conditions and the actions they stand beside: which of them limit nothing, or let through what they should not.

Source: IAM User Guide, access-analyzer-reference-policy-checks; Service Authorization Reference; Amazon DynamoDB
Developer Guide, specifying-conditions.
"""

from __future__ import annotations

from typing import Any

import pytest

from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.contract import RuleContext
from policyeval.rules.s3_prefix_in_negative_context import shorter_prefix
from policyeval.rules.table import BY_NAME

SELECT, LEADING = "dynamodb-attributes-without-select", "dynamodb-scan-bypasses-leading-keys"
RETURNS, WRONG = "dynamodb-attributes-without-return-values", "dynamodb-wrong-condition-for-action"
TAGS, DENY_TAGS = (f"{effect}-with-unsupported-tag-condition-key-for-service" for effect in ("allow", "deny"))
PREFIX = "s3-prefix-in-negative-context"
KEY, STATEMENT = (f"redundant-{what}-due-to-wildcard-in-condition" for what in ("key", "statement"))
VPCE, IRRELEVANT = "use-condition-key-only-with-supported-services", "irrelevant-condition-key-in-policy"
LISTED = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["a", "b"]}}

VERDICTS: list[tuple[str, str, str, dict[str, Any], bool]] = [
    (SELECT, "Allow", "dynamodb:Query", LISTED, True),
    (SELECT, "Allow", "dynamodb:*", LISTED, True),
    (SELECT, "Allow", "dynamodb:UpdateItem", LISTED, False),
    (SELECT, "Deny", "dynamodb:Query", LISTED, False),
    (SELECT, "Allow", "dynamodb:Query", {**LISTED, "StringEquals": {"dynamodb:Select": "COUNT"}}, False),
    (SELECT, "Allow", "dynamodb:Query", {**LISTED, "StringEquals": {"dynamodb:Select": "ALL_ATTRIBUTES"}}, True),
    (SELECT, "Allow", "dynamodb:Query", {**LISTED, "StringNotLike": {"dynamodb:Select": "ALL_*"}}, False),
    (SELECT, "Allow", "dynamodb:Query", {**LISTED, "StringNotEquals": {"dynamodb:Select": "ALL_ATTRIBUTES"}}, True),
    (RETURNS, "Allow", "dynamodb:UpdateItem", LISTED, True),
    (RETURNS, "Allow", "dynamodb:BatchWriteItem", LISTED, False),
    (RETURNS, "Allow", "dynamodb:UpdateItem", {**LISTED, "StringLike": {"dynamodb:ReturnValues": "UPDATED_*"}}, False),
    (RETURNS, "Allow", "dynamodb:UpdateItem", {**LISTED, "StringLike": {"dynamodb:ReturnValues": "*"}}, True),
    (LEADING, "Allow", "dynamodb:Scan", {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "a"}}, True),
    (LEADING, "Allow", "dynamodb:Scan", {"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": "a"}}, False),
    (LEADING, "Allow", "dynamodb:Query", {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "a"}}, False),
    (WRONG, "Allow", "dynamodb:PutItem", {"StringEqualsIfExists": {"dynamodb:Select": "COUNT"}}, True),
    (WRONG, "Allow", "dynamodb:*", {"StringEqualsIfExists": {"dynamodb:Select": "COUNT"}}, False),
    (WRONG, "Allow", "dynamodb:Scan", {"StringEquals": {"dynamodb:ReturnValues": "NONE"}}, True),
    (WRONG, "Allow", "dynamodb:GetItem", {"StringEquals": {"dynamodb:Select": "COUNT"}}, False),
    (TAGS, "Allow", "kms:ListKeys", {"StringEquals": {"aws:ResourceTag/a": "b"}}, True),
    (TAGS, "Allow", "kms:Decrypt", {"StringEquals": {"AWS:resourcetag/a": "b"}}, False),
    (TAGS, "Allow", "kms:*", {"StringEquals": {"aws:ResourceTag/a": "b"}}, False),
    (TAGS, "Allow", "*", {"StringEquals": {"aws:ResourceTag/a": "b"}}, False),
    (TAGS, "Allow", "kms:ListKeys", {"StringEqualsIfExists": {"aws:ResourceTag/a": "b"}}, False),
    (TAGS, "Allow", "kms:ListKeys", {"StringNotEquals": {"aws:ResourceTag/a": "b"}}, False),
    (TAGS, "Allow", "kms:ListKeys", {"StringEquals": {"aws:PrincipalTag/a": "b"}}, False),
    (TAGS, "Allow", "ecr:CreateRepository", {"StringEquals": {"aws:ResourceTag/a": "b"}}, False),
    (TAGS, "Allow", "kms:NoSuchAction", {"StringEquals": {"aws:ResourceTag/a": "b"}}, False),
    (DENY_TAGS, "Deny", "kms:ListKeys", {"StringEquals": {"aws:ResourceTag/a": "b"}}, True),
    (DENY_TAGS, "Deny", "kms:ListKeys", {"Null": {"aws:ResourceTag/a": "true"}}, False),
    (PREFIX, "Deny", "s3:ListBucket", {"StringLike": {"s3:prefix": "a/*"}}, True),
    (PREFIX, "Deny", "s3:ListBucket", {"StringNotLike": {"s3:prefix": "a/*"}}, False),
    (PREFIX, "Allow", "s3:ListBucket", {"StringNotEquals": {"s3:prefix": "a/"}}, True),
    (PREFIX, "Allow", "s3:ListBucket", {"StringLike": {"s3:prefix": "a/*"}}, False),
    (PREFIX, "Deny", "s3:ListBucket", {"StringLike": {"s3:prefix": "*"}}, False),
    (PREFIX, "Deny", "s3:GetObject", {"StringLike": {"s3:prefix": "a/*"}}, False),
    (KEY, "Allow", "s3:GetObject", {"StringLike": {"aws:RequestedRegion": "*"}}, True),
    (KEY, "Allow", "s3:GetObject", {"StringLike": {"aws:SourceVpce": "*"}}, False),
    (KEY, "Allow", "s3:GetObject", {"StringLikeIfExists": {"aws:SourceVpce": ["a", "**"]}}, True),
    (KEY, "Allow", "s3:GetObject", {"StringEqualsIfExists": {"aws:SourceVpce": "*"}}, False),
    (KEY, "Deny", "s3:GetObject", {"ForAnyValue:StringLike": {"aws:TagKeys": "*"}}, False),
    (STATEMENT, "Deny", "s3:GetObject", {"StringNotLike": {"aws:RequestedRegion": "*"}}, True),
    (STATEMENT, "Deny", "s3:GetObject", {"StringNotLike": {"aws:SourceVpce": "*"}}, False),
    (STATEMENT, "Deny", "s3:GetObject", {"ForAnyValue:StringNotLike": {"aws:TagKeys": "*"}}, True),
    (STATEMENT, "Deny", "s3:GetObject", {"ForAllValues:StringNotLike": {"aws:TagKeys": "*"}}, False),
    (VPCE, "Deny", "sns:Publish", {"StringNotEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}, True),
    (VPCE, "Deny", "s3:GetObject", {"StringNotEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}, False),
    (VPCE, "Deny", "sns:Publish", {"StringNotEquals": {"aws:SourceVpce": "vpce-12345678"}}, False),
    (IRRELEVANT, "Allow", "s3:GetObject", {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:a"}}, True),
    (IRRELEVANT, "Allow", "s3:GetObject", {"StringEquals": {"aws:ResourceAccount": "123456789012"}}, False),
]


@pytest.mark.parametrize(("rule", "effect", "action", "condition", "found"), VERDICTS)
def test_a_condition_beside_an_action(
    rule: str, effect: str, action: str, condition: dict[str, Any], found: bool
) -> None:
    statement = {"Effect": effect, "Action": action, "Resource": "*", "Condition": condition}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement})
    assert bool(remarks(rule, policy)) is found


def remarks(rule: str, policy: Policy) -> list[object]:
    check = BY_NAME[rule].statement
    assert check is not None
    return [remark for statement in policy for remark in check(statement, RuleContext(policy))]


PRINCIPAL = "rcp-missing-related-principal-condition-key"
SOURCE = "rcp-missing-related-service-principal-condition-key"
NULL = "rcp-missing-service-condition-key-null-check"
ORG, SOURCE_ORG = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, {"aws:SourceOrgID": "o-a1b2c3d4e5"}
SERVICE, SOMEBODY = {"aws:PrincipalIsAWSService": "true"}, {"aws:PrincipalIsAWSService": "false"}
GUARD = {"aws:SourceAccount": "false"}

CALLERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"StringNotEquals": ORG}, {PRINCIPAL}),
    ({"StringNotEqualsIfExists": ORG, "BoolIfExists": SOMEBODY}, set()),
    ({"StringEquals": ORG}, set()),
    ({"StringEqualsIfExists": ORG}, {PRINCIPAL}),
    ({"StringNotEquals": ORG, "Null": {"aws:PrincipalArn": "false"}}, set()),
    ({"StringNotEquals": SOURCE_ORG}, {SOURCE, NULL}),
    ({"StringNotEquals": SOURCE_ORG, "Bool": SERVICE}, {NULL}),
    ({"StringNotEquals": SOURCE_ORG, "Bool": SERVICE, "Null": GUARD}, set()),
    ({"StringNotEquals": SOURCE_ORG, "Null": GUARD}, set()),
    ({"StringNotEquals": SOURCE_ORG, "Bool": SOMEBODY}, {SOURCE, NULL}),
    ({"StringNotEquals": SOURCE_ORG, "Null": {"aws:SourceIdentity": "false"}}, {SOURCE, NULL}),
    ({"StringEquals": SOURCE_ORG}, set()),
]


@pytest.mark.parametrize(("condition", "found"), CALLERS)
def test_whom_a_resource_control_policy_denies_besides(condition: dict[str, Any], found: set[str]) -> None:
    """AWS Organizations User Guide, orgs_manage_policies_rcps_examples."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, PolicyKind.RCP)
    assert {rule for rule in (PRINCIPAL, SOURCE, NULL) if remarks(rule, policy)} == found


@pytest.mark.parametrize(
    ("value", "shorter"), [("a/b/*", "a/"), ("a/b", "a/"), ("a/", ""), ("a*", ""), ("*/b/*", ""), ("${x}/b/*", "")]
)
def test_a_prefix_that_shows_the_same_names(value: str, shorter: str) -> None:
    assert shorter_prefix(value) == shorter
