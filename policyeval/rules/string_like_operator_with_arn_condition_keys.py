"""`StringLike` on a key that holds an ARN.

## What it does
Reports `StringLike` and `StringNotLike` on keys that hold ARNs. `StringEquals` is not reported: it compares the whole
text.

## Why is this bad?
In `StringLike` a `*` runs over the colons: `arn:aws:iam::123456789012:role/*` is harmless, but
`arn:aws:*:role/deploy` fits any account and any service whose ARN ends so. `ArnLike` compares the six parts each on
its own.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/deploy-*"}}
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
    "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/deploy-*"}}
  }
}
```

## Fix safety
Not safe: where a wildcard was meant to run over a colon the condition fits fewer ARNs. Offered where all values are
whole ARNs and the key stands alone under its operator.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: StringLike operator with ARN condition keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-string-like-operator-with-arn-condition-keys)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import block_of, rename_operator
from policyeval.rules.written_keys import key_type
from policyeval.syntax.arn import split_arn


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        operator = condition.operator
        if operator.positive != "StringLike" or (key_type(condition.key) or "").removeprefix("ArrayOf") != "ARN":
            continue
        arn = operator.canonical.replace("String", "Arn")
        whole = all(len(split_arn(value.text)) == 6 for value in condition.values)
        edits = rename_operator(context.policy, statement, condition, arn) if whole else ()
        yield Remark(
            f"`{operator.written}` compares the ARN in `{condition.key}` as plain text",
            Where(block_of(condition), on_key=True),
            label="`*` runs over the colons of an ARN",
            related=(Label(Where(condition.pointer, on_key=True), "holds an ARN"),),
            help=f"use `{arn}`, which compares the six parts each on its own",
            fix=Fix(f"write `{arn}`, {outcome(statement, condition)}", edits) if edits else None,
        )


def outcome(statement: Statement, condition: Condition) -> str:
    """What changes when wildcards end at colons."""
    wider = (statement.effect == "Deny") != condition.operator.is_negated
    return "which may allow more, as wildcards end at colons" if wider else "where wildcards end at colons"


RULE = Rule(
    "string-like-operator-with-arn-condition-keys", Severity.SECURITY_WARNING, statement=check, about=Topic.CONDITION
)
