"""The policies and requests that are measured."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import workshop
from policyeval.account.account import Account
from policyeval.account.model import Group, User
from policyeval.evaluation.action_sets import action_sets
from policyeval.evaluation.policies import Attached
from policyeval.evaluation.request import Principal, PrincipalType, Request
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Entry, Policy, Statement

OWN = "111122223333"
ALICE = Principal(PrincipalType.USER, f"arn:aws:iam::{OWN}:user/alice", OWN, tags={"team": "core"})


# ---- five statements with conditions and variables

FIVE_STATEMENTS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": "arn:aws:s3:::home/${aws:username}/*",
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        },
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::home",
            "Condition": {"StringLike": {"s3:prefix": ["${aws:username}/*"]}},
        },
        {
            "Effect": "Allow",
            "Action": "s3:Get*",
            "Resource": "arn:aws:s3:::shared-*/${aws:PrincipalTag/team}/*",
            "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}},
        },
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "NotResource": ["arn:aws:s3:::home*", "arn:aws:s3:::shared-*"],
        },
        {
            "Effect": "Deny",
            "Action": "s3:PutObject",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        },
    ],
}
CEDAR = """
permit(principal == User::"alice", action == Action::"s3:GetObject", resource)
  when { context.secure && context.key like "arn:aws:s3:::home/alice/*" };
permit(principal == User::"alice", action == Action::"s3:ListBucket", resource) when { context.secure };
permit(principal == User::"alice", action == Action::"s3:GetObject", resource)
  when { context.key like "arn:aws:s3:::shared-*/core/*" };
forbid(principal, action, resource)
  unless { context.key like "arn:aws:s3:::home*" || context.key like "arn:aws:s3:::shared-*" };
forbid(principal, action == Action::"s3:PutObject", resource) unless { context.secure };
"""


def five_statements() -> Policy:
    return Policy.parse(FIVE_STATEMENTS)


def five_statement_requests(count: int) -> dict[str, list[Request]]:
    """Requests with distinct resources, by what they meet."""
    context = {"aws:SecureTransport": "true", "aws:SourceIp": "203.0.113.9"}
    encrypted = {**context, "s3:x-amz-server-side-encryption": "aws:kms"}

    def ask(action: str, resource: str, given: dict[str, Any] = context) -> list[Request]:
        return [Request(ALICE, action, f"{resource}{number}", dict(given)) for number in range(count)]

    return {
        "hit": ask("s3:GetObject", "arn:aws:s3:::home/alice/k"),
        "hit by a tag and an address": ask("s3:GetObject", "arn:aws:s3:::shared-x/core/k"),
        "hit under a condition": ask("s3:PutObject", "arn:aws:s3:::home/alice/k", encrypted),
        "miss": ask("s3:GetObject", "arn:aws:s3:::home/bob/k"),
        "denied": ask("s3:GetObject", "arn:aws:s3:::other/k"),
        "hit, booleans in the context": ask("s3:GetObject", "arn:aws:s3:::home/alice/k", {"aws:SecureTransport": True}),
    }


# ---- ReadOnlyAccess


@cache
def read_only_document() -> dict[str, Any]:
    """AWS's ReadOnlyAccess; without it a made-up policy of the same size."""
    held = workshop.managed_policies().get("ReadOnlyAccess")
    if held is not None:
        document: dict[str, Any] = held
        return document
    sets = action_sets()
    drawn = random.Random(1).sample([name for name in sets.table.names if ":Get" in name or ":List" in name], 2300)
    heads = sorted({f"{name.split(':')[0]}:Describe*" for name in drawn})
    return {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": [*drawn, *heads[:125]], "Resource": "*"},
    }


def read_only_patterns() -> list[str]:
    return [entry.text for statement in read_only_policy() for entry in statement.actions or ()]


@cache
def read_only_policy() -> Policy:
    return Policy.parse(read_only_document(), name="ReadOnlyAccess")


@cache
def spread_actions(count: int) -> list[str]:
    """Actions spread evenly over the catalog."""
    names = action_sets().table.names
    return [names[number * len(names) // count] for number in range(count)]


# ---- the grid


def grid_policy(statements: int, patterns: int) -> Policy:
    """Statements that do not apply to the request, of other services and other names of its own, and one that does."""
    made = [
        Statement(
            number,
            "",
            "Allow",
            actions=tuple(
                Entry(f"s{number % 400}:{'Get' if at % 2 else 'Put'}{number}x{at}{'*' if at % 3 else ''}", "")
                for at in range(patterns)
            ),
            resources=(Entry("*", ""),),
        )
        for number in range(statements)
    ]
    made.append(
        Statement(statements, "", "Allow", actions=(Entry("s3:Get*", ""),), resources=(Entry("arn:aws:s3:::b/*", ""),))
    )
    return Policy(PolicyKind.IDENTITY, tuple(made), "2012-10-17")


def grid_requests(name: str, count: int) -> list[Request]:
    bucket = "b" if name == "hit" else "c"
    return [Request(ALICE, "s3:GetObject", f"arn:aws:s3:::{bucket}/{number}", {}) for number in range(count)]


def many_resources(count: int) -> Policy:
    """Statements that all speak of the action, each of another bucket."""
    statements = tuple(
        Statement(
            number,
            "",
            "Allow",
            actions=(Entry("s3:Get*", ""),),
            resources=(Entry(f"arn:aws:s3:::bucket-{number}/*", ""), Entry(f"arn:aws:s3:::bucket-{number}", "")),
        )
        for number in range(count)
    )
    return Policy(PolicyKind.IDENTITY, statements, "2012-10-17")


def many_resources_requests(buckets: int, count: int) -> list[Request]:
    drawn = random.Random(2)
    return [
        Request(ALICE, "s3:GetObject", f"arn:aws:s3:::bucket-{drawn.randrange(buckets + 1)}/{number}", {})
        for number in range(count)
    ]


# ---- accounts


def account_of(users: int) -> Account:
    """Users in four of twenty groups each, with a policy of their own; the groups hold AWS's managed policies."""
    held = workshop.managed_policies()
    chosen = [held[name] for name in sorted(held)[:: max(1, len(held) // 20)][:20]] or [FIVE_STATEMENTS] * 20
    groups = {
        f"group{number}": Group(
            f"group{number}",
            f"arn:aws:iam::{OWN}:group/group{number}",
            (Attached(Policy.parse(document, name=f"group{number}")),),
        )
        for number, document in enumerate(chosen)
    }
    own = Attached(five_statements())
    drawn = random.Random(3)
    return Account(
        OWN,
        users={
            f"user{number}": User(
                f"user{number}",
                f"arn:aws:iam::{OWN}:user/user{number}",
                groups=tuple(drawn.sample(sorted(groups), 4)),
                policies=(own,),
                tags={"team": f"team{number % 7}"},
            )
            for number in range(users)
        },
        groups=groups,
    )


COMPANY_ACTIONS = (
    ("s3:GetObject", "arn:aws:s3:::example-corp-data-lake/team/%d.csv"),
    ("s3:PutObject", "arn:aws:s3:::example-corp-releases/r/%d"),
    ("s3:ListBucket", "arn:aws:s3:::example-corp-public"),
    ("ec2:DescribeInstances", "*"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{OWN}:orders"),
    ("iam:CreateUser", f"arn:aws:iam::{OWN}:user/u%d"),
    ("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{OWN}:table/t%d"),
    ("logs:PutLogEvents", f"arn:aws:logs:eu-west-1:{OWN}:log-group:/app/%d:log-stream:x"),
    ("sts:AssumeRole", f"arn:aws:iam::{OWN}:role/ci-deploy"),
)


def write_company_requests(account_path: str, path: Path, count: int) -> None:
    """Requests by everyone of the made-up company, as a log would have them."""
    account = Account.load(account_path)
    callers = [*account.users, *(f"role/{name}" for name in account.roles)]
    drawn = random.Random(4)
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            action, resource = drawn.choice(COMPANY_ACTIONS)
            request = {
                "principal": drawn.choice(callers),
                "action": action,
                "resource": resource % number if "%d" in resource else resource,
                "context": {
                    "aws:SourceIp": f"203.0.113.{drawn.randrange(256)}",
                    "aws:SecureTransport": "true",
                    "aws:RequestedRegion": drawn.choice(("eu-west-1", "us-east-1")),
                    "aws:MultiFactorAuthPresent": drawn.choice(("true", "false")),
                },
            }
            file.write(json.dumps(request) + "\n")
