"""Values of conditions that can never match, or match too much, and their neighbours that are right.

Source: IAM User Guide, reference_policies_condition-keys, reference_policies_elements_condition_operators,
access-analyzer-reference-policy-checks.
"""

from __future__ import annotations

import pytest

from policyeval.linter.documents import Usage, check_document
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document
from policyeval.source import Source

VALUE_RULES = (
    "dynamodb-invalid-*",
    "invalid-condition-multiple-boolean",
    "invalid-kms-key-value",
    "invalid-region",
    "invalid-service-principal-format",
    "invalid-variable-for-operator",
    "invalid-vpc-format",
    "invalid-vpce-format",
    "missing-qualifier",
    "private-ip-address",
    "private-not-ip-address",
    "type-mismatch-ip-range",
    "variable-usage-too-permissive",
    "wildcard-usage-too-permissive",
)
KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GITHUB = "token.actions.githubusercontent.com:sub"

VERDICTS: list[tuple[str, str, str, str | list[str], str | None]] = [
    ("Allow", "StringEquals", "aws:RequestedRegion", "eu-west-1", None),
    ("Allow", "StringEqualsIgnoreCase", "aws:RequestedRegion", "EU-WEST-1", None),
    ("Allow", "StringEquals", "aws:RequestedRegion", "EU-WEST-1", "invalid-region"),
    ("Allow", "StringLike", "aws:RequestedRegion", "eu-*", None),
    ("Allow", "StringLike", "aws:RequestedRegion", "*", None),
    ("Allow", "StringLike", "aws:RequestedRegion", "europe-*", "invalid-region"),
    ("Allow", "StringEquals", "aws:RequestedRegion", "${aws:PrincipalTag/region}", None),
    ("Allow", "StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com", None),
    ("Allow", "StringEquals", "iam:PassedToService", "states.eu-west-1.amazonaws.com", None),
    ("Allow", "StringEquals", "iam:PassedToService", "ec2.amazonaws.com.cn", None),
    ("Allow", "StringLike", "iam:PassedToService", "*.amazonaws.com", None),
    ("Allow", "StringEquals", "iam:PassedToService", "https://ec2.amazonaws.com", "invalid-service-principal-format"),
    ("Allow", "StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com", None),
    ("Allow", "StringEquals", "kms:ViaService", "s3.eu-west-4.amazonaws.com", None),  # may be newer than the data
    ("Allow", "StringEquals", "kms:ViaService", "s3.amazonaws.com", "invalid-service-principal-format"),
    ("Allow", "StringEquals", "aws:CalledViaFirst", "athena.amazonaws.com", None),
    ("Allow", "StringEquals", "aws:CalledViaFirst", "athena", "invalid-service-principal-format"),
    ("Allow", "StringEquals", "aws:CalledVia", "athena.amazonaws.com", "missing-qualifier"),
    ("Allow", "ForAnyValue:StringEquals", "aws:CalledVia", "athena.amazonaws.com", None),
    ("Allow", "Null", "aws:TagKeys", "false", None),
    ("Allow", "StringEquals", "aws:SourceVpc", "vpc-1a2b3c4d", None),
    ("Allow", "StringEquals", "aws:SourceVpc", "vpc-1a2b3c4d5", "invalid-vpc-format"),
    ("Allow", "StringEquals", "aws:SourceVpce", "vpc-1a2b3c4d", "invalid-vpce-format"),
    ("Deny", "StringNotLike", "aws:SourceVpce", "vpce-0abcdef1234567890", None),
    ("Allow", "IpAddress", "aws:SourceIp", "203.0.113.5/24", None),  # host bits are a suggestion
    ("Allow", "IpAddress", "aws:SourceIp", "203.0.113.256", "type-mismatch-ip-range"),
    ("Allow", "IpAddress", "aws:SourceIp", "2001:db8::1", None),
    ("Allow", "IpAddress", "aws:SourceIp", ["10.0.0.0/8", "203.0.113.0/24"], None),  # a suggestion as well
    ("Allow", "IpAddress", "aws:SourceIp", ["10.0.0.0/8", "fd00::/8"], "private-ip-address"),
    ("Allow", "IpAddress", "aws:VpcSourceIp", "10.0.0.0/8", None),
    ("Deny", "NotIpAddress", "aws:SourceIp", "192.168.1.1", "private-not-ip-address"),
    ("Allow", "IpAddress", "aws:SourceIp", "0.0.0.0/0", None),
    ("Allow", "IpAddress", "aws:SourceIp", "192.0.2.0/24", None),  # for documentation, and no private range
    ("Allow", "IpAddress", "aws:SourceIp", "${aws:PrincipalTag/ip}", "invalid-variable-for-operator"),
    ("Allow", "NumericLessThan", "s3:max-keys", "${*}", "invalid-variable-for-operator"),
    ("Allow", "Bool", "aws:SecureTransport", "true", None),
    ("Allow", "Bool", "aws:SecureTransport", ["true", "TRUE"], "invalid-condition-multiple-boolean"),
    ("Deny", "StringEquals", "aws:RequestTag/paid", ["true", "false"], None),  # a tag is text
    ("Deny", "StringNotEquals", KEY, KEY_ARN, None),
    ("Deny", "StringNotEquals", KEY, KEY_ARN.replace("arn:aws:", "arn:aws-us-gov:"), None),
    ("Deny", "StringNotLike", KEY, "arn:aws:kms:*:123456789012:key/*", None),
    ("Deny", "StringNotEquals", KEY, "1234abcd-12ab-34cd-56ef-1234567890ab", "invalid-kms-key-value"),
    ("Allow", "StringLike", "aws:PrincipalOrgID", "o-*", "wildcard-usage-too-permissive"),
    ("Allow", "StringEquals", "aws:PrincipalOrgID", "o-*", None),  # a plain character there
    ("Allow", "StringNotLike", "aws:PrincipalOrgID", "o-*", None),  # keeps out what matches
    ("Deny", "StringLike", "aws:PrincipalOrgID", "o-*", None),
    ("Deny", "StringNotLike", "aws:PrincipalOrgID", "o-*", "wildcard-usage-too-permissive"),
    ("Allow", "StringLike", "aws:userid", "AROADBQP57FF2AEXAMPLE:*", None),
    ("Allow", "StringLike", "aws:userid", "*:*", None),
    ("Allow", "StringLike", "aws:userid", "AROA*:deploy", "wildcard-usage-too-permissive"),
    ("Allow", "StringLike", GITHUB, "repo:*", "wildcard-usage-too-permissive"),
    ("Allow", "StringLike", GITHUB, "repo:example/*", None),
    ("Allow", "StringLike", "s3:prefix", "*", None),
    ("Allow", "StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}", None),
    ("Allow", "StringEquals", "aws:ResourceAccount", "${aws:PrincipalTag/acct}", "variable-usage-too-permissive"),
    ("Allow", "StringLike", "aws:ResourceAccount", "${aws:PrincipalAccount}*", "wildcard-usage-too-permissive"),
    ("Allow", "StringEqualsIgnoreCase", "dynamodb:Select", "count", None),
    ("Allow", "StringEquals", "dynamodb:Select", "count", "dynamodb-invalid-select-value"),
    ("Allow", "StringLike", "dynamodb:ReturnValues", "ALL_*", None),
]


@pytest.mark.parametrize(("effect", "operator", "key", "value", "expected"), VERDICTS)
def test_a_value(effect: str, operator: str, key: str, value: str | list[str], expected: str | None) -> None:
    statement = {"Effect": effect, "Action": "*", "Resource": "*", "Condition": {operator: {key: value}}}
    document = {"Version": "2012-10-17", "Statement": statement}
    findings = check_document(
        Document(document, Source("policy.json", "{}"), ""), Usage(PolicyKind.IDENTITY), Selection(VALUE_RULES)
    )
    assert {finding.rule for finding in findings} == ({expected} if expected else set())
