"""A condition that `*` makes true of every request.

## What it does
Reports `StringLike` with the value `*` where it cannot be false: with `ForAllValues`, with `IfExists` on a key that
holds one value, both of which are true of a missing key, and for keys that every request carries (`aws:UserAgent`,
`aws:RequestedRegion`; in policies of identities also `aws:PrincipalArn`).

With `IfExists` on a key that can hold a list (`aws:TagKeys`, or a key that policyeval does not know) the condition
counts: without a set operator it is false of a list.

## Why is this bad?
The condition reads as a limit and is none. Either it can go, or a value was forgotten.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringLikeIfExists": {"s3:ExistingObjectTag/team": "*"}}
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
    "Condition": {"StringLikeIfExists": {"s3:ExistingObjectTag/team": "web-*"}}
  }
}
```

## Fix safety
Safe with `ForAllValues`, and with `IfExists` where it is reported: the statement applies to the same requests without
the condition. Not safe for a key that every request carries, since a simulated request may lack it. If a value was
forgotten, write that instead.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Redundant key due to wildcard in condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-key-due-to-wildcard-in-condition)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.condition_edits import remove_condition
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import block_of
from policyeval.rules.star_conditions import is_always_true, star_value
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        star = star_value(condition)
        if star is None or not is_always_true(condition, context.kind):
            continue
        reason = why(condition)
        yield Remark(
            f"`*` makes the condition on `{condition.key}` true of every request",
            Where(star.pointer),
            label="fits every value",
            related=(Label(Where(block_of(condition), on_key=True), reason),) if reason else (),
            notes=() if reason else ("every request that the policy is about carries the key",),
            help="take the condition out, or write the value that was meant",
            fix=Fix(
                "take the condition out, which is always true",
                (remove_condition(context.policy, statement, condition),),
                safe=reason is not None,
            ),
        )


def why(condition: Condition) -> str | None:
    """What makes a missing key count as true."""
    if condition.operator.if_exists:
        return "true of a missing key"
    if condition.operator.qualifier is Qualifier.FOR_ALL_VALUES:
        return "true of no values at all"
    return None


RULE = Rule(
    "redundant-key-due-to-wildcard-in-condition",
    Severity.SUGGESTION,
    statement=check,
    about=Topic.CONDITION,
    silences={"equivalent-to-null-false": Reach.PLACE},
)
