"""An empty list of actions.

## What it does
Reports an empty `Action` or `NotAction` where AWS accepts one: in resource policies, trust policies and those of
Organizations. IAM refuses it elsewhere, and the finding is then an error.

## Why is this bad?
An empty `Action` names nothing, so the statement never applies, whatever it is there for. An empty `NotAction`
excludes nothing, so the statement applies to every action.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": [],
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## References
- [IAM JSON policy elements reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html)
- [Access Analyzer: Empty array action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-array-action)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.empty_lists import empty_lists


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    return empty_lists(statement, context, "Action")


RULE = Rule("empty-array-action", Severity.SUGGESTION, statement=check, about=Topic.EMPTY_VALUE)
