"""A condition with an empty list of values.

## What it does
Reports a condition with an empty list of values.

## Why is this bad?
No value fits, so the condition is never true and the statement never applies: an Allow gives nothing, and a Deny
denies nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": []}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["team"]}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Empty array condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-array-condition)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.empty_elements import Form, empty_conditions


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    yield from empty_conditions(statement, context, Form.PLAIN)


RULE = Rule("empty-array-condition", Severity.SUGGESTION, statement=check, about=Topic.EMPTY_VALUE)
