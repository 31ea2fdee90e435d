"""A `ForAllValues` condition with an empty list of values.

## What it does
Reports a `ForAllValues` condition with an empty list of values.

## Why is this bad?
No value fits, and `ForAllValues` is true of requests without the key: the statement applies to those alone.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "ec2:CreateTags",
    "Resource": "*",
    "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": []}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:CreateTags",
    "Resource": "*",
    "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": ["team"]}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Empty array condition ForAllvalues](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-array-condition-forallvalues)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.empty_elements import Form, empty_conditions


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    yield from empty_conditions(statement, context, Form.FOR_ALL_VALUES)


RULE = Rule("empty-array-condition-forallvalues", Severity.SUGGESTION, statement=check, about=Topic.EMPTY_VALUE)
