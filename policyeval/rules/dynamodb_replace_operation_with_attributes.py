"""A DynamoDB action that replaces items, under a list of the attributes that may be written.

## What it does
Reports an Allow with a condition on `dynamodb:Attributes` that names `dynamodb:PutItem` or `dynamodb:BatchWriteItem`.

## Why is this bad?
A put names the attributes of the new item and replaces the old one. The condition sees the names in the request; the
attributes that the caller may not touch are not among them, and are deleted.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["dynamodb:PutItem", "dynamodb:UpdateItem"],
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {
      "ForAllValues:StringEquals": {"dynamodb:Attributes": ["OrderId", "Status"]},
      "Null": {"dynamodb:Attributes": "false"},
      "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}
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
Not safe: the action is no longer allowed by the statement. Offered where `UpdateItem` is allowed beside it.

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB replace operation with attributes](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-dynamodb-replace-operation-with-attributes)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import GRANTING_KINDS, Remark, Rule, RuleContext, Topic
from policyeval.rules.dynamodb_conditions import attribute_limit
from policyeval.rules.named_actions import named_actions
from policyeval.rules.wording import quoted

REPLACING = ("dynamodb:PutItem", "dynamodb:BatchWriteItem")


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    limit = attribute_limit(statement)
    if limit is None:
        return
    updates = [each for each in named_actions(statement, ("dynamodb:UpdateItem",)) if not each.is_pattern]
    for named in named_actions(statement, REPLACING):
        verb = "replace" if len(named.actions) > 1 else "replaces"
        yield Remark(
            f"{quoted(named.actions)} {verb} whole items, whatever `{limit.key}` lists",
            Where(named.pointer),
            label=f"names {quoted(named.actions)}" if named.is_pattern else "deletes what the request leaves out",
            related=(Label(Where(limit.pointer, on_key=True), "sees only the attributes of the new item"),),
            help="leave it out: `dynamodb:UpdateItem` keeps the other attributes"
            if updates
            else "allow `dynamodb:UpdateItem` instead, which keeps the other attributes",
            fix=Fix(f"take `{named.text}` out, which is then not allowed by this statement", (Remove(named.pointer),))
            if updates and not named.is_pattern
            else None,
        )


RULE = Rule(
    "dynamodb-replace-operation-with-attributes",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=GRANTING_KINDS,
)
