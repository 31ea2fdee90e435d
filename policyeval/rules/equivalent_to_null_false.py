"""A `StringLike` with `*` alone, which only asks that the key is there.

## What it does
Reports, in an Allow, a plain `StringLike` whose single value is `*`. With a set operator, with `IfExists` and in a
Deny it is not reported, as in Access Analyzer. On a key that holds a list it is never true, which `missing-qualifier`
reports.

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
Safe for keys of which AWS says that they hold one value: both are true of the same requests. Not safe for a key that
policyeval does not know, since `Null` is also true of a list, of which `StringLike` is not. Offered where the key
stands alone under its operator and there is no `Null` yet.

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
from policyeval.rules.star_conditions import holds_one_value
from policyeval.rules.written_keys import is_multivalued


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow":
        return
    for condition in statement.conditions:
        if condition.operator.canonical != "StringLike" or [value.text for value in condition.values] != ["*"]:
            continue
        if is_multivalued(condition.key):
            continue
        one = holds_one_value(condition.key)
        edits = rename_operator(context.policy, statement, condition, "Null")
        value = condition.values[0]
        yield Remark(
            f"`StringLike` with `*` only asks that `{condition.key}` is present",
            Where(value.pointer),
            label="fits every value",
            help=f'write `"Null": {{"{condition.key}": "false"}}`',
            fix=Fix(
                "write `Null`" if one else "write `Null`, which allows more when the key holds a list",
                (*edits, ReplaceText(value.pointer, "false")),
                safe=one,
            )
            if edits
            else None,
        )


RULE = Rule("equivalent-to-null-false", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
