"""A `StringNotLike` with `*` alone, which only asks that the key is missing.

## What it does
Reports, in an Allow, a plain `StringNotLike` whose single value is `*`. With a set operator, with `IfExists` and in a
Deny it is not reported, as in Access Analyzer.

## Why is this bad?
Every value fits `*`, so the condition is true exactly when the key is absent. `Null` says that in words that nobody
has to work out, and nobody takes it for a pattern that was forgotten.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringNotLike": {"aws:PrincipalTag/team": "*"}}
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
    "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}
  }
}
```

## Fix safety
Safe: both are true of the same requests. Offered where the key stands alone under its operator and there is no `Null`
yet.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Equivalent to null true](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-equivalent-to-null-true)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import rename_operator


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow":
        return
    for condition in statement.conditions:
        if condition.operator.canonical != "StringNotLike" or [value.text for value in condition.values] != ["*"]:
            continue
        edits = rename_operator(context.policy, statement, condition, "Null")
        value = condition.values[0]
        yield Remark(
            f"`StringNotLike` with `*` only asks that `{condition.key}` is absent",
            Where(condition.pointer),
            label="fits every value",
            help=f'write `"Null": {{"{condition.key}": "true"}}`',
            fix=Fix("write `Null`", (*edits, ReplaceText(value.pointer, "true")), safe=True) if edits else None,
        )


RULE = Rule(
    "equivalent-to-null-true",
    Severity.SUGGESTION,
    statement=check,
    about=Topic.CONDITION,
    silences={"allow-on-absent-key": Reach.PLACE},
)
