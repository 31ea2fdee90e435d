"""A statement that `*` in a negated condition keeps from ever applying.

## What it does
Reports `StringNotLike` with the value `*` where it cannot be true: with `ForAnyValue`, which asks for a value that does
not fit, and for keys that every request carries (`aws:UserAgent`, `aws:RequestedRegion`; in policies of identities also
`aws:PrincipalArn`).

## Why is this bad?
Every value fits `*`, so the condition is true of a missing key at most, and this key is never missing. The Allow gives
nothing; a Deny that somebody relies on denies nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "ec2:RunInstances",
    "Resource": "*",
    "Condition": {"StringNotLike": {"aws:RequestedRegion": ["eu-*", "*"]}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "ec2:RunInstances",
    "Resource": "*",
    "Condition": {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Redundant statement due to wildcard in condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-statement-due-to-wildcard-in-condition)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.star_conditions import is_never_true, star_value
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        star = star_value(condition)
        if star is None or not is_never_true(condition, context.kind):
            continue
        any_value = condition.operator.qualifier is Qualifier.FOR_ANY_VALUE
        verb = "allows" if statement.effect == "Allow" else "denies"
        yield Remark(
            f"the statement {verb} nothing: no value of `{condition.key}` differs from `*`",
            Where(condition.pointer, on_key=True),
            label="asks for a value that does not fit" if any_value else "true of a missing key at most",
            related=(Label(Where(star.pointer), "fits every value"),),
            notes=() if any_value else ("every request that the policy is about carries the key",),
            help="take `*` out, or the statement"
            if len(condition.values) > 1
            else "write the value that was meant, or take the statement out",
        )


RULE = Rule(
    "redundant-statement-due-to-wildcard-in-condition",
    Severity.SUGGESTION,
    statement=check,
    about=Topic.CONDITION,
    silences={"equivalent-to-null-true": Reach.PLACE},
)
