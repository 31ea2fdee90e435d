"""A tag condition that does not say which tag.

## What it does
Reports `aws:ResourceTag`, `aws:RequestTag`, `aws:PrincipalTag` and their like of single services without `/` and the
key of a tag.

## Why is this bad?
The key of the tag is part of the condition key: `aws:ResourceTag/team` is the value of the tag `team`. Without it the
key is in no request.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:StartInstances",
    "Resource": "arn:aws:ec2:eu-west-1:123456789012:instance/*",
    "Condition": {"StringEquals": {"aws:ResourceTag": "orders"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:StartInstances",
    "Resource": "arn:aws:ec2:eu-west-1:123456789012:instance/*",
    "Condition": {"StringEquals": {"aws:ResourceTag/team": "orders"}}
  }
}
```

## References
- [Controlling access to AWS resources using tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html)
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Missing tag key in condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-tag-key-in-condition)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.tag_keys import lacks_any_tag_key
from policyeval.rules.written_keys import absence, written_keys


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for written in written_keys(statement, context.policy):
        if lacks_any_tag_key(written.key):
            key = written.key.removesuffix("/")
            yield Remark(
                f"`{written.key}` does not say which tag",
                written.where,
                label="no tag key",
                notes=(absence(written),),
                help=f"add the tag's key, as in `{key}/team`",
            )


RULE = Rule("missing-tag-key-in-condition", Severity.ERROR, statement=check, about=Topic.CONDITION | Topic.VARIABLE)
