"""An ARN in a partition that AWS does not have.

## What it does
Reports ARNs whose second segment is no partition, and ARNs of another partition than the one that the configuration
names.

## Why is this bad?
The partition is `aws` nearly everywhere, `aws-cn` in China and `aws-us-gov` in GovCloud. An ARN of an unknown
partition matches nothing, and nobody can reach across partitions.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:amazon:s3:::team-logs/*"
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
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [AWS service endpoints](https://docs.aws.amazon.com/general/latest/gr/rande.html)
- [Access Analyzer: Invalid partition](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-partition)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.partitions import partitions
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import PARTITION, all_arns
from policyeval.vocabulary import nearest


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    own = context.options.partition
    for arn in all_arns(statement):
        name = arn.literal(PARTITION)
        if name is None:
            continue
        where = Where(arn.pointer, within=arn.within(PARTITION))
        if name not in partitions():
            best = own or nearest(name, partitions()) or "aws"
            yield Remark(
                f"`{name}` is no partition" if name else "the ARN names no partition",
                where,
                label="no partition of AWS",
                notes=("an ARN in a partition that does not exist matches nothing",),
                help=f"did you mean `{arn.with_segment(PARTITION, best)}`?",
                fix=Fix(f"write `{best}`, so that the ARN matches", (ReplaceText(arn.pointer, best, where.within),)),
            )
        elif own is not None and name != own:
            yield Remark(
                f"the ARN is in the partition `{name}`, and this account in `{own}`",
                where,
                label=f"{partitions()[name].title} is another partition",
                notes=("nobody can reach a resource in another partition",),
                help=f"write `{own}`",
                fix=Fix(f"write `{own}`, so that the ARN matches", (ReplaceText(arn.pointer, own, where.within),)),
            )


RULE = Rule(
    "invalid-partition", Severity.ERROR, statement=check, about=Topic.SOME_RESOURCE | Topic.PRINCIPAL | Topic.CONDITION
)
