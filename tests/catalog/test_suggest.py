"""Did you mean: the action that an unknown one was most likely to be."""

from __future__ import annotations

import random

import pytest

from policyeval.catalog.action_names import nearest_name
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
        ("ec2:ListInstances", "ec2:DescribeInstances"),
        ("ec2:GetInstances", "ec2:DescribeInstances"),
        ("rds:ListDBInstances", "rds:DescribeDBInstances"),
        ("s3:DownloadObject", "s3:GetObject"),
        ("s3:UploadObject", "s3:PutObject"),
        ("s3:RemoveObject", "s3:DeleteObject"),
        ("s3:ListObject", "s3:ListBucket"),
        ("iam:RemoveUser", "iam:DeleteUser"),
        ("dynamodb:ReadItem", "dynamodb:GetItem"),
        ("secretsmanager:GetSecret", "secretsmanager:GetSecretValue"),
        ("ssm:ReadParameter", "ssm:GetParameter"),
        ("sns:SendMessage", "sqs:SendMessage"),
        ("sts:AssumRole", "sts:AssumeRole"),
        ("dynamodb:getitm", "dynamodb:GetItem"),
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
        "s3:Read",
        "s3:FullAccess",
        "s3:GetStuff",
        "s3:Frobnicate",
        "iam:ReadOnly",
        "iam:Admin",
        "ec2:ManageEverything",
        "sts:Assume",
        "dynamodb:Get",
        "database:Read",
        "app:Run",
    ],
)
def test_nothing_is_better_than_a_wild_guess(text: str) -> None:
    assert did_you_mean_action(text, catalog()) is None


def test_no_typing_error_turns_a_verb_into_its_opposite() -> None:
    """`EnableKey` has one letter less than `DisableKey` in another place, and is not what was meant by it."""
    for name, candidate in [
        ("DisableKey", "EnableKey"),
        ("DetachRolePolicy", "AttachRolePolicy"),
        ("ListObject", "PutObject"),
        ("DownloadObject", "DeleteObject"),
        ("ViewInstances", "RunInstances"),
        ("RemoveUser", "CreateUser"),
    ]:
        assert nearest_name(name, [candidate]) is None


def test_typing_errors_find_their_action_and_words_at_random_find_none() -> None:
    chance = random.Random(5)
    names = [name.partition(":")[2] for name in catalog().all_actions() if name.startswith("ec2:") and len(name) > 12]
    typos = [(name, at) for name in chance.sample(names, 60) for at in (1, len(name) // 2)]
    found = [nearest_name(name[:at] + name[at + 1 :], names) for name, at in typos]
    assert sum(best is not None and best[0] == name for best, (name, _) in zip(found, typos, strict=True)) >= 115
    verbs = ("Get", "Do", "Make", "Manage", "Run", "List", "")
    things = ("Apple", "Coffee", "Invoice", "Orange", "Widget", "Stuff", "Everything", "Customer")
    assert not [verb + thing for verb in verbs for thing in things if nearest_name(verb + thing, names)]


def test_a_name_of_many_services_is_no_answer_without_a_service() -> None:
    assert did_you_mean_action("ListTagsForResource", catalog()) is None


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("elb", "elasticloadbalancing"),
        ("lamda", "lambda"),
        ("stepfunctions", "states"),
        ("zzzz", None),
        ("database", None),
        ("test", None),
        ("app", None),
    ],
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
