"""A `Sid` that is an empty text.

## What it does
Reports `"Sid": ""`.

## Why is this bad?
An empty name says no more than none; findings and reviewers then count statements. The console writes such Sids.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "ReadReports",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Fix safety
Safe: a `Sid` decides nothing.

## References
- [IAM JSON policy elements: Sid](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html)
- [Access Analyzer: Empty Sid value](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-sid-value)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.sid == "":
        place = statement.element("Sid")
        yield Remark(
            "the `Sid` is empty",
            Where(place),
            help="name the statement, or remove the `Sid`",
            fix=Fix("remove the `Sid`", (Remove(place),), safe=True),
        )


RULE = Rule("empty-sid-value", Severity.SUGGESTION, statement=check, about=Topic.EMPTY_VALUE)
