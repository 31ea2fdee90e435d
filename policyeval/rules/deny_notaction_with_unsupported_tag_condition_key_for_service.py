"""A Deny of all actions but a few under a tag condition, which most actions do not know.

## What it does
Reports a Deny with `NotAction` and a condition on `aws:ResourceTag/…`, `aws:RequestTag/…` or `aws:TagKeys` that is
false without the key, where `NotAction` leaves in actions for which AWS lists no such key.

## Why is this bad?
`NotAction` names the actions of every service, and requests for most of them never carry the key. The statement looks
as if it denied nearly everything, and denies only what has tags.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "NotAction": ["ec2:Describe*", "iam:*"],
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/protected": "yes"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": ["ec2:TerminateInstances", "ec2:ModifyInstanceAttribute"],
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/protected": "yes"}}
  }
}
```

## References
- [Controlling access to AWS resources using tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Deny NotAction with unsupported tag condition key for service](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-deny-notaction-with-unsupported-tag-condition-key-for-service)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.tag_conditions import tags_on_all_but


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.effect == "Deny" and statement.not_actions is not None:
        yield from tags_on_all_but(statement, context)


RULE = Rule(
    "deny-notaction-with-unsupported-tag-condition-key-for-service",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.CONDITION | Topic.NOT_ACTION,
)
