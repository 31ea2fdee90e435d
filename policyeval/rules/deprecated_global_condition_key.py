"""A global condition key that AWS has deprecated.

## What it does
Reports global condition keys for which AWS names a successor: `aws:SourceOwner`, which Amazon SNS still puts into the
default policy of a topic.

## Why is this bad?
AWS sets a deprecated key only where it always did. `aws:SourceOwner` is there in calls of a few old services, not of
newer ones, and of none but Amazon SNS's operations.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "sns:Publish",
    "Resource": "arn:aws:sns:eu-west-1:111122223333:alarms",
    "Condition": {"StringEquals": {"AWS:SourceOwner": "111122223333"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "111122223333"},
      "Action": "sns:Publish",
      "Resource": "arn:aws:sns:eu-west-1:111122223333:alarms"
    },
    {
      "Effect": "Allow",
      "Principal": {"Service": "cloudwatch.amazonaws.com"},
      "Action": "sns:Publish",
      "Resource": "arn:aws:sns:eu-west-1:111122223333:alarms",
      "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    }
  ]
}
```

## References
- [Example cases for Amazon SNS access control](https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html)
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Deprecated global condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-deprecated-global-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_keys import written_keys


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for written in written_keys(statement, context.policy):
        found = global_key(written.key)
        if found is None or found.status != "deprecated":
            continue
        yield Remark(
            f"the condition key `{written.key}` is deprecated",
            written.where,
            label="not in the calls of newer services",
            help=f"use `{found.replacement}` for the calls of services, and name your own accounts in `Principal`",
        )


RULE = Rule(
    "deprecated-global-condition-key", Severity.WARNING, statement=check, about=Topic.CONDITION | Topic.VARIABLE
)
