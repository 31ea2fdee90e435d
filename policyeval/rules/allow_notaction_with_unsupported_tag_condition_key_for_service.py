"""An Allow of all actions but a few under a tag condition, which most actions do not know.

## What it does
Reports an Allow with `NotAction` and a condition on `aws:ResourceTag/…`, `aws:RequestTag/…` or `aws:TagKeys` that is
false without the key, where `NotAction` leaves in actions for which AWS lists no such key.

## Why is this bad?
`NotAction` names the actions of every service, and requests for most of them never carry the key. The statement looks
as if it allowed nearly everything, and allows only what has tags.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "NotAction": "iam:*",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/team": "web"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["ec2:StartInstances", "ec2:StopInstances"],
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/team": "web"}}
  }
}
```

## References
- [Controlling access to AWS resources using tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Allow NotAction with unsupported tag condition key for service](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-allow-notaction-with-unsupported-tag-condition-key-for-service)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.tag_conditions import tags_on_all_but


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.effect == "Allow" and statement.not_actions is not None:
        yield from tags_on_all_but(statement, context)


RULE = Rule(
    "allow-notaction-with-unsupported-tag-condition-key-for-service",
    Severity.SUGGESTION,
    statement=check,
    about=Topic.CONDITION | Topic.NOT_ACTION,
)
