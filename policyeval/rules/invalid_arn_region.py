"""An ARN in a Region that AWS does not have.

## What it does
Reports ARNs whose fourth segment is no Region, and Regions that belong to another partition than the ARN. A Region
whose name only counts on from those that are known (`eu-west-4` after `eu-west-3`) may be newer than the data and is
not reported.

## Why is this bad?
The ARN matches nothing. The Region is often misspelt, or an Availability Zone stands in its place (`eu-west-1a`).

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamodb:eu-wset-1:123456789012:table/orders"
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
Not safe: the ARN begins to match.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [AWS service endpoints](https://docs.aws.amazon.com/general/latest/gr/rande.html)
- [Access Analyzer: Invalid ARN Region](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-arn-region)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.partitions import partition_of, partitions
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.region_names import did_you_mean_region, may_be_region
from policyeval.rules.written_arns import PARTITION, REGION, all_arns


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for arn in all_arns(statement):
        region, partition = arn.literal(REGION), arn.literal(PARTITION)
        if not region or not arn.is_whole:
            continue
        where = Where(arn.pointer, within=arn.within(REGION))
        if not may_be_region(region):
            best = did_you_mean_region(region)
            yield Remark(
                f"`{region}` is no Region",
                where,
                label="no Region of AWS",
                notes=("the ARN matches nothing",),
                help=f"did you mean `{best}`?" if best else "write the Region's code, such as `eu-west-1`, or `*`",
                fix=Fix(f"write `{best}`, so that the ARN matches", (ReplaceText(arn.pointer, best, where.within),))
                if best
                else None,
            )
        elif partition in partitions() and partition_of(region) not in (partition, None):
            own = str(partition_of(region))
            there = Where(arn.pointer, within=arn.within(PARTITION))
            yield Remark(
                f"the Region `{region}` is in the partition `{own}`, not in `{partition}`",
                there,
                label=f"the Region's partition is `{own}`",
                notes=("the ARN matches nothing",),
                help=f"write `{arn.with_segment(PARTITION, own)}`",
                fix=Fix(f"write `{own}`, so that the ARN matches", (ReplaceText(arn.pointer, own, there.within),)),
            )


RULE = Rule(
    "invalid-arn-region", Severity.ERROR, statement=check, about=Topic.SOME_RESOURCE | Topic.PRINCIPAL | Topic.CONDITION
)
