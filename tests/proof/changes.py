"""Changes of policies as people make them: each a kind, the statements before and the statements after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from policyeval.policy.kind import PolicyKind
from tests.proof.asking import Statement, allow, deny

BUCKET = "arn:aws:s3:::team-logs"
OBJECTS = f"{BUCKET}/*"
INSTANCES = "arn:aws:ec2:*:111122223333:instance/*"
GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
CLAIM = "token.actions.githubusercontent.com:sub"
MFA = "aws:MultiFactorAuthPresent"


class Change(NamedTuple):
    kind: PolicyKind
    old: list[Statement]
    new: list[Statement]


def identity(old: list[Statement], new: list[Statement]) -> Change:
    return Change(PolicyKind.IDENTITY, old, new)


def resource(old: list[Statement], new: list[Statement]) -> Change:
    return Change(PolicyKind.RESOURCE, old, new)


def of(effect: str, **elements: Any) -> Statement:
    return {"Effect": effect, **elements}


def if_(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"when": {operator: {key: list(values)}}}


def to_anyone(**more: Any) -> Statement:
    return allow("s3:GetObject", OBJECTS, Principal="*", **more)


def trust(principal: Mapping[str, str], action: str, **condition: Any) -> list[Statement]:
    return [of("Allow", Principal=dict(principal), Action=action, Condition=condition)]


def pass_role(*services: str) -> list[Statement]:
    when = if_("StringEquals", "iam:PassedToService", *services)
    return [allow("iam:PassRole", "arn:aws:iam::111122223333:role/app-*", **when)]


def regions(*names: str) -> list[Statement]:
    only = of("Deny", Sid="OnlyHere", NotAction=["iam:*", "sts:*"], Resource="*")
    return [allow("*"), {**only, "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(names)}}}]


def home(pattern: str) -> list[Statement]:
    return [allow("s3:ListBucket", BUCKET, **if_("StringLike", "s3:prefix", pattern))]


CHANGES: dict[str, Change] = {
    "mfa asked for": identity([allow("ec2:*")], [allow("ec2:*", **if_("Bool", MFA, "true"))]),
    "mfa if it exists": identity(
        [allow("ec2:*", **if_("Bool", MFA, "true"))], [allow("ec2:*", **if_("BoolIfExists", MFA, "true"))]
    ),
    "mfa deny narrowed": identity(
        [allow("*"), deny("iam:*", Sid="NoIamWithoutMfa", **if_("BoolIfExists", MFA, "false"))],
        [allow("*"), deny("iam:*", Sid="NoIamWithoutMfa", **if_("Bool", MFA, "false"))],
    ),
    "not action": identity(
        [of("Allow", NotAction=["iam:*", "organizations:*", "account:*"], Resource="*")],
        [of("Allow", NotAction=["iam:*", "organizations:*"], Resource="*")],
    ),
    "not resource": identity(
        [of("Allow", Action="s3:*", NotResource=[BUCKET, OBJECTS])], [of("Allow", Action="s3:*", NotResource=OBJECTS)]
    ),
    "deny removed": identity([allow("*"), deny(["iam:*", "kms:ScheduleKeyDeletion"], Sid="Guard")], [allow("*")]),
    "networks": identity(
        [allow("s3:*"), deny("*", **if_("NotIpAddress", "aws:SourceIp", "203.0.113.0/24"))],
        [allow("s3:*"), deny("*", **if_("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", "2001:db8::/32"))],
    ),
    "tag condition dropped": identity(
        [allow("ec2:StopInstances", INSTANCES, **if_("StringEquals", "aws:ResourceTag/team", "core"))],
        [allow("ec2:StopInstances", INSTANCES)],
    ),
    "later date": identity(
        [allow("s3:*", **if_("DateLessThan", "aws:CurrentTime", "2026-12-31T00:00:00Z"))],
        [allow("s3:*", **if_("DateLessThan", "aws:CurrentTime", "2027-12-31T00:00:00Z"))],
    ),
    "home folders": identity(
        [allow("s3:GetObject", f"{BUCKET}/home/${{aws:username}}/*")], [allow("s3:GetObject", f"{BUCKET}/home/*")]
    ),
    "home prefix": identity(home("home/${aws:username}/*"), home("home/${aws:username}*")),
    "regions": identity(regions("eu-west-1"), regions("eu-west-1", "eu-north-1")),
    "services": identity(pass_role("lambda.amazonaws.com"), pass_role("lambda.amazonaws.com", "ec2.amazonaws.com")),
    "long services": identity(
        pass_role(*(f"a-service-with-a-long-name-{at}.amazonaws.com" for at in range(4))),
        pass_role(*(f"a-service-with-a-long-name-{at}.amazonaws.com" for at in range(9))),
    ),
    "lists of tags": identity(
        [allow("ec2:CreateTags", when={"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "env"]}})],
        [allow("ec2:CreateTags", when={"ForAnyValue:StringEquals": {"aws:TagKeys": ["team", "env"]}})],
    ),
    "everything": identity([allow("ec2:Describe*")], [allow("*")]),
    "many actions": identity(
        [allow(["ec2:Describe*", "s3:Get*", "sqs:*"]), allow("sns:Publish", "arn:aws:sns:*:*:alerts")],
        [allow(["ec2:*", "s3:List*"]), allow("sns:*", "arn:aws:sns:*:*:alerts"), deny("ec2:Delete*")],
    ),
    "many resources": identity(
        [allow("s3:GetObject", [f"arn:aws:s3:::a-bucket-with-quite-a-long-name-{at}/*" for at in range(3)])],
        [allow("s3:GetObject", [f"arn:aws:s3:::a-bucket-with-quite-a-long-name-{at}/*" for at in range(40)])],
    ),
    "the same": identity([allow(["s3:Get*", "s3:GetObject"])], [allow("s3:get*")]),
    "a principal": resource(
        [allow("s3:GetObject", OBJECTS, Principal={"AWS": "111122223333"})],
        [allow("s3:GetObject", OBJECTS, Principal={"AWS": ["111122223333", "arn:aws:iam::444455556666:role/reader"]})],
    ),
    "all but some": resource(
        [to_anyone(), deny("s3:*", OBJECTS, NotPrincipal={"AWS": "111122223333"}, Principal=None)], [to_anyone()]
    ),
    "an organization": resource(
        [to_anyone(**if_("StringEquals", "aws:PrincipalOrgID", "o-abc1234567"))], [to_anyone()]
    ),
    "roles by pattern": resource(
        [to_anyone(**if_("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/app-*"))],
        [to_anyone(**if_("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*"))],
    ),
    "github": Change(
        PolicyKind.TRUST,
        trust({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity", StringEquals={CLAIM: "repo:acme/app:ref:main"}),
        trust({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity", StringLike={CLAIM: "repo:acme/*"}),
    ),
    "an SCP's exception": Change(
        PolicyKind.SCP,
        [allow("*"), deny("cloudtrail:*", **if_("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/security"))],
        [
            allow("*"),
            deny(
                "cloudtrail:*",
                **if_("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/security", "arn:aws:iam::*:role/ops"),
            ),
        ],
    ),
    "an RCP's exception": Change(
        PolicyKind.RCP,
        [deny("s3:*", Principal="*", **if_("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-abc1234567"))],
        [deny("s3:*", Principal="*", **if_("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-abc1234567", "o-x"))],
    ),
}
