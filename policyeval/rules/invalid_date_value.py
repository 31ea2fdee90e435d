"""A date given as seconds since 1970.

## What it does
Reports a run of digits, other than the four of a year, under a Date operator. `aws:EpochTime`, which is such a
number, may be compared with one.

## Why is this bad?
Nobody can read it, so nobody notices that a deadline has passed or was off by a factor of a thousand. AWS advises
against it, as leap seconds are not counted.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"DateLessThan": {"aws:CurrentTime": "1798761600"}}
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
    "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}
  }
}
```

## Fix safety
Safe: the date is the same instant.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Invalid date value](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-invalid-date-value)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if condition.operator.family != "Date" or condition.key.lower() == "aws:epochtime":
            continue
        for value in condition.values:
            if value.text.isascii() and value.text.isdigit() and len(value.text) > 4:
                date = as_date(int(value.text))
                yield Remark(
                    f"`{value.text}` is a date in epoch seconds",
                    Where(value.pointer),
                    label=f"this is {date}" if date else "no date that a calendar has",
                    help="write dates as `2027-01-01T00:00:00Z`",
                    fix=Fix(f"write `{date}`", (ReplaceText(value.pointer, date),), safe=True) if date else None,
                )


def as_date(seconds: int) -> str | None:
    """The instant in UTC, or nothing beyond the year 9999: those are milliseconds."""
    from datetime import UTC, datetime

    if seconds > 253_402_300_799:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


RULE = Rule("invalid-date-value", Severity.WARNING, statement=check, about=Topic.CONDITION)
