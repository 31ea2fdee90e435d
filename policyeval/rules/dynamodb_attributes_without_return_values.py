"""A list of DynamoDB attributes that does not limit what a write returns.

## What it does
Reports an Allow with a condition on `dynamodb:Attributes` that names actions which write and can return the item
(`PutItem`, `UpdateItem`, `DeleteItem`, `PartiQLUpdate`, `PartiQLDelete`), where no condition on
`dynamodb:ReturnValues` keeps `ALL_OLD` and `ALL_NEW` out.

## Why is this bad?
`dynamodb:Attributes` holds the attributes that a request names. An update of one listed attribute with
`ReturnValues: ALL_OLD` satisfies the condition and answers with the whole item, and so reads what it may not read.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:UpdateItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {
      "ForAllValues:StringEquals": {"dynamodb:Attributes": ["OrderId", "Status"]},
      "Null": {"dynamodb:Attributes": "false"}
    }
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
    "Condition": {
      "ForAllValues:StringEquals": {"dynamodb:Attributes": ["OrderId", "Status"]},
      "Null": {"dynamodb:Attributes": "false"},
      "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}
    }
  }
}
```

## Fix safety
Not safe: writes that return the whole item are no longer allowed, as was meant.

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB attributes without return values](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-dynamodb-attributes-without-return-values)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import GRANTING_KINDS, Remark, Rule, RuleContext, Topic
from policyeval.rules.dynamodb_conditions import RETURNING_WRITES, unlimited_answers

WIDE = ("ALL_OLD", "ALL_NEW")
NARROW = ("NONE", "UPDATED_OLD", "UPDATED_NEW")
NOTE = "a request that writes a listed attribute and returns `{word}` gets the whole item"


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    yield from unlimited_answers(statement, "dynamodb:ReturnValues", RETURNING_WRITES, WIDE, NARROW, NOTE)


RULE = Rule(
    "dynamodb-attributes-without-return-values",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=GRANTING_KINDS,
)
