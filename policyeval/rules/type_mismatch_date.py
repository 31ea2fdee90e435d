"""A value under a Date operator that is neither a W3C date nor epoch seconds.

## What it does
Reports a value under a Date operator that is neither a W3C date nor epoch seconds. Values with a policy variable are
passed over.

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
    "Condition": {"DateLessThan": {"aws:CurrentTime": "31/12/2026"}}
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
    "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-12-31T00:00:00Z"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Type mismatch date](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-type-mismatch-date)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.value_types import unreadable, unreadable_remark


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if any(condition.operator.family == "Date" for condition in statement.conditions):
        from policyeval.evaluation.comparison import read_date  # only where there is a value to read

        for condition, value in unreadable(statement, "Date", lambda text: read_date(text) is not None):
            yield unreadable_remark(condition, value, "date", "write a date such as `2027-01-01T00:00:00Z`")


RULE = Rule("type-mismatch-date", Severity.WARNING, statement=check, about=Topic.CONDITION)
