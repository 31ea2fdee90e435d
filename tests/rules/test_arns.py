"""Entries of `Resource` against the ARN formats of AWS's tables, segment by segment.

Source: Service Authorization Reference, "Resource types defined by ..."; IAM User Guide, reference-arns.
"""

from __future__ import annotations

import pytest

from policyeval.linter.documents import Usage, check_document
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document
from policyeval.rules.contract import RuleOptions
from policyeval.rules.region_names import did_you_mean_region, may_be_region
from policyeval.rules.written_arns import split_written
from policyeval.source import Source

ARN_RULES = (
    "arn-account-not-allowed",
    "arn-region-not-allowed",
    "invalid-arn-account",
    "invalid-arn-region",
    "invalid-arn-resource",
    "invalid-arn-service-case",
    "invalid-partition",
    "invalid-service",
    "missing-arn-account",
    "missing-arn-region",
)

VERDICTS = [
    ("s3:GetObject", "arn:aws:s3:::b/k", ()),
    ("s3:GetObject", "arn:aws:s3:::*", ()),
    ("s3:GetObject", "arn:aws:s3:*:*:b/k", ()),  # a `*` matches the empty segment
    ("s3:GetObject", "arn:aws:s3:eu-west-1::b/k", ("arn-region-not-allowed",)),
    ("s3:GetObject", "arn:aws:s3::123456789012:b/k", ("arn-account-not-allowed",)),
    ("s3:GetObject", "arn:aws:s3:eu-west-1:123456789012:accesspoint/p/object/k", ()),
    ("s3:GetObject", "arn:aws:s3:::", ("invalid-arn-resource",)),
    ("sqs:SendMessage", "arn:aws:sqs::123456789012:q", ("missing-arn-region",)),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1::q", ("missing-arn-account",)),
    ("sqs:SendMessage", "arn:aws:sqs:::q", ("missing-arn-account", "missing-arn-region")),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:12345678901:q", ("invalid-arn-account",)),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:aws:q", ()),  # resources of AWS's own have `aws` there
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-11:123456789012:q", ("invalid-arn-region",)),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-4:123456789012:q", ()),  # may be newer than the data
    ("sqs:SendMessage", "arn:aws:sqs:us-gov-west-1:123456789012:q", ("invalid-arn-region",)),  # of another partition
    ("sqs:SendMessage", "arn:*:sqs:us-gov-west-1:123456789012:q", ()),
    ("sqs:SendMessage", "arn:aws:SQS:eu-west-1:123456789012:q", ("invalid-arn-service-case",)),
    ("sqs:SendMessage", "arn:aws:sqss:eu-west-1:123456789012:q", ("invalid-service",)),
    ("sqs:SendMessage", "arn:aws:*:eu-west-1:123456789012:q", ()),
    ("sqs:SendMessage", "arn:awss:sqs:eu-west-1:123456789012:q", ("invalid-partition",)),
    ("iam:GetUser", "arn:aws:iam::123456789012:us*", ("invalid-arn-resource",)),  # IAM wants the type spelled out
    ("iam:GetUser", "arn:aws:iam::123456789012:*", ()),
    ("ec2:StartInstances", "arn:aws:ec2:*:*:*/*", ()),  # a wildcard before the first `/` is common
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:function/f", ("invalid-arn-resource",)),
    ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:123456789012:func*", ()),
    ("ssm:GetParameter", "arn:aws:ssm:eu-west-1::parameter/aws/service/*", ()),  # parameters of AWS's own
    ("ec2:CreateTags", "arn:aws:ec2:eu-west-1::image/ami-1", ()),  # the table has images without an account
    ("elasticloadbalancing:AddTags", "arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*", ()),
    ("logs:PutLogEvents", "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/f:*", ()),
    ("backup:StartBackupJob", "arn:aws:ec2:eu-west-1::snapshot/*", ()),  # a resource of another service's table
]


def found(action: str, resource: str, **options: str) -> tuple[str, ...]:
    """The ARN rules that find something in a statement of one action and one resource."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": statement}
    findings = check_document(
        Document(document, Source("policy.json", "{}"), ""),
        Usage(PolicyKind.IDENTITY),
        Selection(ARN_RULES),
        RuleOptions(**options),
    )
    return tuple(sorted({finding.rule for finding in findings}))


@pytest.mark.parametrize(("action", "resource", "expected"), VERDICTS)
def test_an_arn_against_the_formats_of_its_service(action: str, resource: str, expected: tuple[str, ...]) -> None:
    assert found(action, resource) == expected


def test_another_partition_than_the_account_s() -> None:
    assert found("s3:GetObject", "arn:aws:s3:::b/k", partition="aws-cn") == ("invalid-partition",)
    assert found("s3:GetObject", "arn:aws-cn:s3:::b/k", partition="aws-cn") == ()


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("arn:aws:s3:::b/${aws:username}", ("arn", "aws", "s3", "", "", "b/${aws:username}")),
        ("arn:${AWS::Partition}:s3:::b", ("arn", "${AWS::Partition}", "s3", "", "", "b")),
        ("arn:aws:iam::<account:id>:root", ("arn", "aws", "iam", "", "<account:id>", "root")),
        ("arn:aws:sqs:${a:b", ("arn", "aws", "sqs", "${a", "b")),
        ("arn:aws:logs:r:1:log-group:x:*", ("arn", "aws", "logs", "r", "1", "log-group:x:*")),
    ],
)
def test_braces_hold_a_segment_together(text: str, segments: tuple[str, ...]) -> None:
    assert split_written(text) == segments
    assert ":".join(segments) == text


@pytest.mark.parametrize(
    ("text", "is_one", "meant"),
    [
        ("eu-west-1", True, None),
        ("eu-west-4", True, None),
        ("eu-west-9", False, None),
        ("eu-west-1c", False, "eu-west-1"),
        ("us_east_1", False, "us-east-1"),
        ("euwest1", False, "eu-west-1"),
        ("Oregon", False, None),
    ],
)
def test_names_of_regions(text: str, is_one: bool, meant: str | None) -> None:
    assert may_be_region(text) is is_one
    if not is_one:
        assert did_you_mean_region(text) == meant
