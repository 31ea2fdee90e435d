"""A list of DynamoDB attributes that does not limit what a read returns.

## What it does
Reports an Allow with a condition on `dynamodb:Attributes` that names actions which read (`GetItem`, `BatchGetItem`,
`Query`, `Scan`, `PartiQLSelect`), where no condition on `dynamodb:Select` keeps `ALL_ATTRIBUTES` and
`ALL_PROJECTED_ATTRIBUTES` out.

## Why is this bad?
`dynamodb:Attributes` holds the attributes that a request names. A query that names only the key attributes and asks for
`ALL_ATTRIBUTES`, which is the default, satisfies the condition and gets whole items. `dynamodb:Select` with
`SPECIFIC_ATTRIBUTES` makes the request name what it wants; with `IfExists`, as some requests have no `Select`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:Query",
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
    "Action": "dynamodb:Query",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {
      "ForAllValues:StringEquals": {"dynamodb:Attributes": ["OrderId", "Status"]},
      "Null": {"dynamodb:Attributes": "false"},
      "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}
    }
  }
}
```

## Fix safety
Not safe: requests for all attributes are no longer allowed, as was meant.

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB attributes without select](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-dynamodb-attributes-without-select)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import GRANTING_KINDS, Remark, Rule, RuleContext, Topic
from policyeval.rules.dynamodb_conditions import READS, unlimited_answers

WIDE = ("ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
NOTE = "a request that names a listed attribute and selects `{word}` gets others too"


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    yield from unlimited_answers(statement, "dynamodb:Select", READS, WIDE, ("SPECIFIC_ATTRIBUTES",), NOTE)


RULE = Rule(
    "dynamodb-attributes-without-select",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=GRANTING_KINDS,
)
