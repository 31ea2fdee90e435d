"""An ARN whose service is not written in lower case.

## What it does
Reports ARNs with upper-case letters in their third segment.

## Why is this bad?
Services are written in lower case in ARNs. AWS does not promise to match any other spelling.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:S3:::team-logs/*"
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
Not safe: AWS may not have matched the ARN before.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Invalid ARN service case](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-arn-service-case)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import SERVICE, all_arns


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for arn in all_arns(statement):
        service = arn.literal(SERVICE)
        if service is None or service == service.lower() or not context.catalog.has_service(service):
            continue
        where = Where(arn.pointer, within=arn.within(SERVICE))
        lower = service.lower()
        yield Remark(
            f"the service `{service}` is not in lower case",
            where,
            label="services are written in lower case",
            help=f"write `{arn.with_segment(SERVICE, lower)}`",
            fix=Fix(
                f"write `{lower}`, so that the ARN surely matches", (ReplaceText(arn.pointer, lower, where.within),)
            ),
        )


RULE = Rule(
    "invalid-arn-service-case",
    Severity.ERROR,
    statement=check,
    about=Topic.SOME_RESOURCE | Topic.PRINCIPAL | Topic.CONDITION,
)
