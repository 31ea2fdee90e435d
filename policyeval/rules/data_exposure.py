"""Actions that read stored data, on every resource.

## What it does
Reports actions that return what customers store, rather than how it is set up, when they are allowed on `*` without a
condition. Pedantic.

## Why is this bad?
A person or program that needs one bucket or table can read them all.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
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

## References
- [Security best practices in IAM: least-privilege permissions](https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege)
- [Access levels in policy summaries](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.exposure import HOLDER_KINDS, exposures


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    yield from exposures(statement, context, "data", "read data")


RULE = Rule("data-exposure", Severity.SUGGESTION, statement=check, kinds=HOLDER_KINDS, pedantic=True)
