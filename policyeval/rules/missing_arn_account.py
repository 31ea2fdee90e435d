"""An ARN that leaves the account empty although ARNs of such resources have one.

## What it does
Reports resource ARNs with an empty account, where every ARN format of the service that fits the resource has one.

## Why is this bad?
Every resource of this kind has an account in its ARN, so an ARN without one matches nothing. `*` stands for every
account.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamodb:eu-west-1::table/orders"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
  }
}
```

## Fix safety
Not safe: the ARN begins to match, with `*` in every account.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Missing ARN account](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-arn-account)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.arn_shapes import named_types, shapes_that_fit
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import ACCOUNT, SERVICE, resource_arns

OWNED_BY_AWS = frozenset({"ssm", "resource-explorer-2"})
"""Services with resources of AWS's own, in whose ARNs the account is empty: `arn:aws:ssm:*::document/AWS-*`.

Source: AWS managed policies; Systems Manager User Guide, security_iam_service-with-iam.
"""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for arn in resource_arns(statement):
        if not arn.is_whole or arn.segment(ACCOUNT) != "" or arn.literal(SERVICE) in OWNED_BY_AWS:
            continue
        shapes = shapes_that_fit(arn, statement)
        if not shapes or any(shape.account in ("", "*") for shape in shapes):
            continue
        account = context.options.account_id
        text, reach = (
            (account, ", so that the ARN matches") if account else ("*", ", so that the ARN matches in every account")
        )
        where = Where(arn.pointer, within=arn.within(ACCOUNT))
        yield Remark(
            f"the ARN of {named_types(shapes)} needs an account",
            where,
            label="no account",
            notes=("the ARN matches nothing",),
            help=f"name the account, or write `{arn.with_segment(ACCOUNT, text)}`",
            fix=Fix(f"write `{text}` for the account{reach}", (ReplaceText(arn.pointer, text, where.within),)),
        )


RULE = Rule("missing-arn-account", Severity.ERROR, statement=check, about=Topic.SOME_RESOURCE)
