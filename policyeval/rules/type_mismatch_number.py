"""A value under a Numeric operator that is no number.

## What it does
Reports a value under a Numeric operator that is no number. Values with a policy variable are passed over.

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
    "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "1h"}}
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
    "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Type mismatch number](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-type-mismatch-number)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.value_types import unreadable, unreadable_remark


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if any(condition.operator.family == "Numeric" for condition in statement.conditions):
        from policyeval.evaluation.comparison import read_number  # only where there is a value to read

        for condition, value in unreadable(statement, "Numeric", lambda text: read_number(text) is not None):
            yield unreadable_remark(condition, value, "number", "write digits only")


RULE = Rule("type-mismatch-number", Severity.WARNING, statement=check, about=Topic.CONDITION)
