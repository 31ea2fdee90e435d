"""A global key that AWS no longer supports.

## What it does
Reports `aws:ARN` in conditions and in policy variables.

## Why is this bad?
AWS never documented what the key holds and tells not to use it. The ARN of the caller is `aws:PrincipalArn`, that of
the resource on whose behalf a service calls `aws:SourceArn`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:ARN": "arn:aws:iam::123456789012:role/dispatcher"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/dispatcher"}}
  }
}
```

## Fix safety
Not safe: the condition begins to depend on another key.

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Unsupported global condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-global-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_keys import written_keys


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for written in written_keys(statement, context.policy):
        found = global_key(written.key)
        if found is None or found.status != "unsupported":
            continue
        meant = found.replacement
        yield Remark(
            f"AWS does not support the condition key `{written.key}`",
            written.where,
            label="not supported",
            help=f"use `{meant}`" if meant else None,
            fix=Fix(f"write `{meant}`, which AWS supports", (written.rename(meant),)) if meant else None,
        )


RULE = Rule("unsupported-global-condition-key", Severity.ERROR, statement=check, about=Topic.CONDITION | Topic.VARIABLE)
