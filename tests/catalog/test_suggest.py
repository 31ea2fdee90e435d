"""Did you mean: the action that an unknown one was most likely to be."""

from __future__ import annotations

import pytest

from policyeval.catalog.catalog import catalog
from policyeval.catalog.global_keys import did_you_mean_global_key
from policyeval.catalog.principals import did_you_mean_principal
from policyeval.catalog.suggest import did_you_mean_action, did_you_mean_service


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("iam:CreateUsr", "iam:CreateUser"),
        ("IAM:createuser", "iam:CreateUser"),
        ("iam>DeleteAccessKey", "iam:DeleteAccessKey"),
        ("iam.DeleteAccessKey", "iam:DeleteAccessKey"),
        ("iam/ListUsers", "iam:ListUsers"),
        ("iam CreateUser", "iam:CreateUser"),
        ("s3-outposts.GetObject", "s3-outposts:GetObject"),
        ("DeleteAccessKey", "iam:DeleteAccessKey"),
        ("dynamdb:GetItem", "dynamodb:GetItem"),
        ("elb:DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("elbv2:CreateListner", "elasticloadbalancing:CreateListener"),
        ("cloudwatch-logs:CreateLogGroup", "logs:CreateLogGroup"),
        ("iam:AssumeRole", "sts:AssumeRole"),
        ("ec2:CreateLogGroup", "logs:CreateLogGroup"),
        ("s3:ListBuckets", "s3:ListAllMyBuckets"),
        ("s3:HeadObject", "s3:GetObject"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
        ("s3:Gett*", "s3:Get*"),
        ("iam:DeleteAccesKey*", "iam:DeleteAccessKey*"),
    ],
)
def test_the_nearest_action(text: str, expected: str) -> None:
    assert did_you_mean_action(text, catalog()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "*",
        ":",
        "iam:",
        ":CreateUser:",
        "iam:*",
        "iam:C*User",
        "codestar:Verify*",
        "zzz:qqqqq",
        "../x:y",
        "x" * 1_000_000,
    ],
)
def test_nothing_is_better_than_a_wild_guess(text: str) -> None:
    assert did_you_mean_action(text, catalog()) is None


def test_a_name_of_many_services_is_no_answer_without_a_service() -> None:
    assert did_you_mean_action("ListTagsForResource", catalog()) is None


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [("elb", "elasticloadbalancing"), ("lamda", "lambda"), ("stepfunctions", "states"), ("zzzz", None)],
)
def test_the_nearest_service(prefix: str, expected: str | None) -> None:
    assert did_you_mean_service(prefix, catalog()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lamda.amazonaws.com", "lambda.amazonaws.com"),
        ("lambda", "lambda.amazonaws.com"),
        ("ecs-task.amazonaws.com", "ecs-tasks.amazonaws.com"),
        ("zzzzzzzzzzzz.example.org", None),
    ],
)
def test_the_nearest_service_principal(text: str, expected: str | None) -> None:
    assert did_you_mean_principal(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aws:SourceIP4", "aws:SourceIp"),
        ("aws:PrincipalOrgId1", "aws:PrincipalOrgID"),
        ("aws:PrincipalTags/team", "aws:PrincipalTag/team"),
        ("aws:MultiFactorAuthPresnt", "aws:MultiFactorAuthPresent"),
        ("aws:zzzzzzzz", None),
    ],
)
def test_the_nearest_global_key(text: str, expected: str | None) -> None:
    assert did_you_mean_global_key(text) == expected
