"""A value of `dynamodb:Select` that no request has.

## What it does
Reports values of the condition key `dynamodb:Select` that are none of `ALL_ATTRIBUTES`, `ALL_PROJECTED_ATTRIBUTES`,
`SPECIFIC_ATTRIBUTES`, `COUNT`. Case counts.

## Why is this bad?
The key holds the parameter `Select` of the request. DynamoDB refuses requests with another word, so a condition on
one never matches.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:Query",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:Select": "SPECIFIC"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:Query",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}
  }
}
```

## Fix safety
Not safe: the condition begins to match.

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB invalid select value](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-dynamodb-invalid-select-value)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.dynamodb_values import unknown_values

WORDS = ("ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "COUNT")


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    yield from unknown_values(statement, "dynamodb:select", WORDS)


RULE = Rule("dynamodb-invalid-select-value", Severity.ERROR, statement=check, about=Topic.CONDITION)
