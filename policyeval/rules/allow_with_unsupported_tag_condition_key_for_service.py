"""An Allow under a tag condition, of actions that do not know the tag key.

## What it does
Reports an Allow with a condition on `aws:ResourceTag/…`, `aws:RequestTag/…` or `aws:TagKeys` that names actions for
which AWS lists no such key. Of a pattern, all actions have to lack it. Conditions that hold without the key are left
alone, and so is `aws:ResourceTag` for actions that create a resource with tags.

## Why is this bad?
A request for such an action never carries the key. The condition is false, and the action is not allowed whatever
tags the resource has.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["ec2:StopInstances", "ec2:DescribeInstances"],
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/team": "web"}}
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
      "Action": "ec2:StopInstances",
      "Resource": "*",
      "Condition": {"StringEquals": {"aws:ResourceTag/team": "web"}}
    },
    {
      "Effect": "Allow",
      "Action": "ec2:DescribeInstances",
      "Resource": "*"
    }
  ]
}
```

## References
- [Controlling access to AWS resources using tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Allow with unsupported tag condition key for service](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-allow-with-unsupported-tag-condition-key-for-service)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.tag_conditions import tags_on_actions


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.effect == "Allow" and statement.actions is not None:
        yield from tags_on_actions(statement, context)


RULE = Rule(
    "allow-with-unsupported-tag-condition-key-for-service",
    Severity.SUGGESTION,
    statement=check,
    about=Topic.CONDITION,
)
