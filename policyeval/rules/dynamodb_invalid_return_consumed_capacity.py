"""A value of `dynamodb:ReturnConsumedCapacity` that no request has.

## What it does
Reports values of the condition key `dynamodb:ReturnConsumedCapacity` that are none of `TOTAL`, `NONE`. Case counts.

## Why is this bad?
The key holds the parameter `ReturnConsumedCapacity` of the request. DynamoDB refuses requests with another word, so a
condition on one never matches.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:ReturnConsumedCapacity": "ALL"}}
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
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:ReturnConsumedCapacity": "TOTAL"}}
  }
}
```

## Fix safety
Not safe: the condition begins to match.

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB invalid return consumed capacity](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-dynamodb-invalid-return-consumed-capacity)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.dynamodb_values import unknown_values

WORDS = ("TOTAL", "NONE")


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    yield from unknown_values(statement, "dynamodb:returnconsumedcapacity", WORDS)


RULE = Rule("dynamodb-invalid-return-consumed-capacity", Severity.ERROR, statement=check, about=Topic.CONDITION)
