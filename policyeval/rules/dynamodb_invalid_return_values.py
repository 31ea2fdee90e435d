"""A value of `dynamodb:ReturnValues` that no request has.

## What it does
Reports values of the condition key `dynamodb:ReturnValues` that are none of `NONE`, `ALL_OLD`, `UPDATED_OLD`,
`ALL_NEW`, `UPDATED_NEW`. Case counts.

## Why is this bad?
The key holds the parameter `ReturnValues` of the request. DynamoDB refuses requests with another word, so a condition
on one never matches.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:UpdateItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:ReturnValues": "UPDATED-NEW"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:UpdateItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:ReturnValues": "UPDATED_NEW"}}
  }
}
```

## Fix safety
Not safe: the condition begins to match.

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB invalid return values](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-dynamodb-invalid-return-values)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.dynamodb_values import unknown_values

WORDS = ("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW")


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    yield from unknown_values(statement, "dynamodb:returnvalues", WORDS)


RULE = Rule("dynamodb-invalid-return-values", Severity.ERROR, statement=check, about=Topic.CONDITION)
