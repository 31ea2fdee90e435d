"""A resource that is open to everybody, or a role that anybody may assume.

## What it does
Reports an Allow for everybody (`"Principal": "*"`) in a resource policy or role trust policy, when none of its
conditions keeps strangers out. A condition does that when it fixes the value of a key by which AWS tells who calls, or
from where: principal, account, organization, VPC or VPC endpoint, the resource for which a service calls, or address
(in a range no wider than a /8, or a /32 of IPv6). A Deny for everybody else in the same policy does it as well.

## Why is this bad?
Anybody in the world can use the resource: those who have an AWS account, and with many services those who have none.
Amazon S3 calls such a policy public and, with Block Public Access on, refuses it. Where a public resource is meant, a
website for example, allow the rule for that file in the configuration, with the reason.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs",
    "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/worker"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs",
    "Condition": {
      "StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"},
      "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/worker"}
    }
  }
}
```

## References
- [Blocking public access to your Amazon S3 storage: the meaning of "public"](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status)
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.wording import quoted


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    from policyeval.rules.pinning import everybody, gap, is_narrowed_by_deny

    who = everybody(statement) if statement.effect == "Allow" else None
    if who is None:
        return
    gaps = [(condition, gap(condition, context.policy)) for condition in statement.conditions]
    if not all(why for _, why in gaps) or is_narrowed_by_deny(statement, context):
        return
    is_trust = context.kind is PolicyKind.TRUST
    yield Remark(
        "anybody may assume the role" if is_trust else f"anybody may call {_what(statement)}",
        Where(who.pointer),
        label="everybody, in every AWS account",
        related=tuple(Label(Where(condition.pointer, on_key=True), why or "") for condition, why in gaps),
        help="name the accounts, roles or users that may assume the role"
        if is_trust
        else "name who may in `Principal`, or ask for a certain `aws:PrincipalOrgID` or the like; if everybody is "
        "meant, allow `public-resource` in the configuration, with the reason",
    )


def _what(statement: Statement) -> str:
    if statement.actions is None:
        actions = f"everything but {quoted((entry.text for entry in statement.not_actions or ()), most=1)}"
    else:
        actions = quoted((entry.text for entry in statement.actions), most=2)
    if not statement.resources or any(not entry.text.strip("*") for entry in statement.resources):
        return actions
    return f"{actions} on {quoted((entry.text for entry in statement.resources), most=1)}"


RULE = Rule(
    "public-resource",
    Severity.SECURITY_WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST}),
    needs_valid_policy=True,
    silences={"allow-on-absent-key": Reach.STATEMENT, "forallvalues-without-null-check": Reach.STATEMENT},
)
