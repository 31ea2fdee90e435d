"""A `*` or `?` under an operator that takes it for a plain character.

## What it does
Reports `*` and `?` in the values of `StringEquals`, `StringNotEquals` and their forms without regard to case. ARN
operators all know wildcards, `ArnEquals` too, and are not reported. `${*}` is a plain star and is not either.

## Why is this bad?
`StringEquals` compares letter by letter, so `"home/*"` fits only the text that ends in a star. An Allow gives
nothing; a Deny denies nothing; a `StringNotEquals` is true of everybody.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::reports",
    "Condition": {"StringEquals": {"s3:prefix": "home/*"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::reports",
    "Condition": {"StringLike": {"s3:prefix": "home/*"}}
  }
}
```

## Fix safety
Not safe: the wildcard begins to match. The fix says whether more or less is allowed then; it is offered where the key
stands alone under its operator.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Wildcard without like operator](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-wildcard-without-like-operator)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import block_of, rename_operator
from policyeval.syntax.variable import parse_template
from policyeval.syntax.wildcard import has_wildcard

LIKE = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        operator = condition.operator
        if operator.positive not in ("StringEquals", "StringEqualsIgnoreCase"):
            continue
        for value in condition.values:
            at = position(value.text, variables=context.policy.has_variables)
            if at is None:
                continue
            base = LIKE.get(operator.base)
            like = operator.canonical.replace(operator.base, base) if base else None
            edits = rename_operator(context.policy, statement, condition, like) if like else ()
            yield Remark(
                f"`{operator.written}` takes the `{value.text[at]}` of `{value.text}` for a plain character",
                Where(value.pointer, within=(at, at + 1)),
                label="no wildcard here",
                related=(Label(Where(block_of(condition), on_key=True), "compares letter by letter"),),
                help=f"use `{like}`" if like else "use `StringLike`, which minds the case",
                fix=Fix(f"write `{like}`, {outcome(statement, condition)}", edits) if edits else None,
            )


def position(text: str, *, variables: bool) -> int | None:
    """Where the first wildcard stands; one in a variable or an escape is none."""
    if not has_wildcard(text):
        return None
    at = 0
    for part in parse_template(text) if variables else (text,):
        if isinstance(part, str):
            start = text.index(part, at)
            found = next((start + index for index, letter in enumerate(part) if letter in "*?"), None)
            if found is not None:
                return found
            at = start + len(part)
    return None


def outcome(statement: Statement, condition: Condition) -> str:
    """What changes with a Like operator."""
    wider = (statement.effect == "Allow") != condition.operator.is_negated
    return "which allows more" if wider else "which allows less"


RULE = Rule("wildcard-without-like-operator", Severity.WARNING, statement=check, about=Topic.CONDITION)
