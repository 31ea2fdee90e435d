"""A value under `Bool` that is neither `true` nor `false`.

## What it does
Reports a value under `Bool` that is neither `true` nor `false`. Values with a policy variable are passed over.

## Why is this bad?
AWS stores the policy. The value fits no request: the condition is never true, or, when the operator is negated,
always.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"Bool": {"aws:SecureTransport": "yes"}}
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
    "Condition": {"Bool": {"aws:SecureTransport": "true"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Type mismatch boolean](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-type-mismatch-boolean)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.value_types import unreadable, unreadable_remark


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    families = {condition.operator.family for condition in statement.conditions} & {"Bool", "Null"}
    if families:
        from policyeval.evaluation.comparison import read_boolean  # only where there is a value to read

        for family in sorted(families):
            for condition, value in unreadable(statement, family, lambda text: read_boolean(text) is not None):
                yield unreadable_remark(condition, value, "boolean", "write `true` or `false`")


RULE = Rule("type-mismatch-boolean", Severity.WARNING, statement=check, about=Topic.CONDITION)
