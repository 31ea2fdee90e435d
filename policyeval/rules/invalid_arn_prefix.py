"""An ARN that does not begin with `arn:`.

## What it does
Reports entries of `Resource` and `NotResource`, and values of ARN conditions, that are neither an ARN nor `*`.

## Why is this bad?
Resources are named by their ARNs, not by name, path or URL. AWS refuses a policy with such a resource. In a condition
it takes the value, which then is equal to no ARN.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "team-logs/*"
  }
}
```

```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "role/dispatcher"}}
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

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Invalid ARN prefix](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-arn-prefix)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    """The values of conditions; entries of `Resource` are reported by whoever reads the document."""
    for condition in statement.conditions:
        if condition.operator.family != "Arn":
            continue
        for value in condition.values:
            head = value.text.partition(":")[0]
            if head == "arn" or (value.text and not value.text.strip("*")) or "*" in head or "?" in head or "$" in head:
                continue
            yield Remark(
                f"`{value.text}` is no ARN",
                Where(value.pointer),
                label="an ARN begins with `arn:`",
                notes=(
                    f"`{condition.operator.base}` compares whole ARNs, segment by segment, and this value equals none",
                ),
                help="the form is `arn:partition:service:region:account:resource`",
            )


RULE = Rule("invalid-arn-prefix", Severity.ERROR, statement=check, about=Topic.CONDITION)
