"""An ARN that names an account although ARNs of such resources have none.

## What it does
Reports resource ARNs with an account, where no ARN format of the service that fits the resource has one.

## Why is this bad?
The ARN of such a resource leaves the account empty: the resource is named uniquely without it, or is not owned by one
account. AWS refuses the policy or takes it, and the ARN matches nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3::123456789012:team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Fix safety
Not safe: the ARN begins to match.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: ARN account not allowed](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-arn-account-not-allowed)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.arn_shapes import named_types, shapes_that_fit
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import ACCOUNT, resource_arns


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for arn in resource_arns(statement):
        account = arn.literal(ACCOUNT)
        if not account or not arn.is_whole:
            continue
        shapes = shapes_that_fit(arn, statement)
        if not shapes or any(shape.account for shape in shapes):
            continue
        where = Where(arn.pointer, within=arn.within(ACCOUNT))
        yield Remark(
            f"the ARN of {named_types(shapes)} holds no account",
            where,
            label="must be empty",
            notes=("the ARN matches nothing",),
            help=f"write `{arn.with_segment(ACCOUNT, '')}`",
            fix=Fix("leave the account empty, so that the ARN matches", (ReplaceText(arn.pointer, "", where.within),)),
        )


RULE = Rule("arn-account-not-allowed", Severity.ERROR, statement=check, about=Topic.SOME_RESOURCE)
