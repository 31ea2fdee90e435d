"""A `StringLike` with `*` alone, which only asks that the key is there.

## What it does
Reports, in an Allow, a plain `StringLike` whose single value is `*`. With a set operator, with `IfExists` and in a
Deny it is not reported, as in Access Analyzer.

## Why is this bad?
Every value fits `*`, so the condition is true exactly when the key is present. `Null` says that in words that nobody
has to work out, and nobody takes it for a pattern that was forgotten.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringLike": {"aws:PrincipalTag/team": "*"}}
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
    "Condition": {"Null": {"aws:PrincipalTag/team": "false"}}
  }
}
```

## Fix safety
Safe: both are true of the same requests. Offered where the key stands alone under its operator and there is no `Null`
yet.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Equivalent to null false](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-equivalent-to-null-false)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import rename_operator


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow":
        return
    for condition in statement.conditions:
        if condition.operator.canonical != "StringLike" or [value.text for value in condition.values] != ["*"]:
            continue
        edits = rename_operator(statement, condition, "Null")
        value = condition.values[0]
        yield Remark(
            f"`StringLike` with `*` only asks that `{condition.key}` is present",
            Where(value.pointer),
            label="fits every value",
            help=f'write `"Null": {{"{condition.key}": "false"}}`',
            fix=Fix("write `Null`", (*edits, ReplaceText(value.pointer, "false")), safe=True) if edits else None,
        )


RULE = Rule("equivalent-to-null-false", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
