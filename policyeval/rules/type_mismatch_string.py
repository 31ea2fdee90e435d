"""A value under `BinaryEquals` that is no base64 text.

## What it does
Reports a value under `BinaryEquals` that is no base64 text. Values with a policy variable are passed over.

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
    "Condition": {"BinaryEquals": {"token.example.com:blob": "no base64!"}}
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
    "Condition": {"BinaryEquals": {"token.example.com:blob": "bm8gYmFzZTY0"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Type mismatch string](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-type-mismatch-string)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.value_types import unreadable, unreadable_remark


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if any(condition.operator.family == "Binary" for condition in statement.conditions):
        from policyeval.evaluation.comparison import read_binary  # only where there is a value to read

        for condition, value in unreadable(statement, "Binary", lambda text: read_binary(text) is not None):
            yield unreadable_remark(condition, value, "base64 text", "encode the bytes as base64")


RULE = Rule("type-mismatch-string", Severity.WARNING, statement=check, about=Topic.CONDITION)
