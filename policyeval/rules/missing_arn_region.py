"""An ARN that leaves the Region empty although ARNs of such resources have one.

## What it does
Reports resource ARNs with an empty Region, where every ARN format of the service that fits the resource has one.

## Why is this bad?
Every resource of this kind has a Region in its ARN, so an ARN without one matches nothing. `*` stands for all
Regions.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamodb::123456789012:table/orders"
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
Not safe: the ARN begins to match, with `*` in every Region.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Missing ARN Region](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-arn-region)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.arn_shapes import named_types, shapes_that_fit
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import REGION, resource_arns


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for arn in resource_arns(statement):
        if not arn.is_whole or arn.segment(REGION) != "":
            continue
        shapes = shapes_that_fit(arn, statement)
        if not shapes or any(shape.region in ("", "*") for shape in shapes):
            continue
        text, reach = "*", ", so that the ARN matches in every Region"
        where = Where(arn.pointer, within=arn.within(REGION))
        yield Remark(
            f"the ARN of {named_types(shapes)} needs a Region",
            where,
            label="no Region",
            notes=("the ARN matches nothing",),
            help=f"name the Region, or write `{arn.with_segment(REGION, '*')}` for all of them",
            fix=Fix(f"write `{text}` for the Region{reach}", (ReplaceText(arn.pointer, text, where.within),)),
        )


RULE = Rule("missing-arn-region", Severity.ERROR, statement=check, about=Topic.SOME_RESOURCE)
