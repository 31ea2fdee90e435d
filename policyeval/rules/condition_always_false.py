"""Conditions of a statement that can never hold together.

## What it does
Proves, for a statement with several conditions on one key, that no value of the key satisfies all of them: not a text,
not a list, not its absence. Every operator and every key of a `Condition` block must hold at once.

## Why is this bad?
The statement never applies. An Allow grants nothing; a Deny that somebody relies on denies nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:DescribeInstances",
    "Resource": "*",
    "Condition": {
      "StringLike": {"aws:RequestedRegion": "eu-*"},
      "StringNotLike": {"aws:RequestedRegion": ["eu-*", "us-*"]}
    }
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:DescribeInstances",
    "Resource": "*",
    "Condition": {
      "StringLike": {"aws:RequestedRegion": "eu-*"},
      "StringNotLike": {"aws:RequestedRegion": "eu-south-*"}
    }
  }
}
```

## References
- [Conditions with multiple context keys or values](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    by_key: dict[str, list[Condition]] = {}
    for condition in statement.conditions:
        by_key.setdefault(condition.key.lower(), []).append(condition)
    for conditions in by_key.values():
        if len(conditions) < 2 or not _never_hold(statement, tuple(conditions), context):
            continue
        first, *others = conditions
        yield Remark(
            f"no value of `{first.key}` satisfies these conditions together",
            Where(others[0].pointer, on_key=True),
            label=f"contradicts `{first.operator.written}`",
            related=(Label(Where(first.pointer, on_key=True), "must hold at the same time"),),
            notes=("every operator of a `Condition` block must hold, so the statement never applies",),
            help="split the statement in two if either condition should be enough",
        )


def _never_hold(statement: Statement, conditions: tuple[Condition, ...], context: RuleContext) -> bool:
    """Whether it is proved that the conditions never hold together, whatever else the statement says."""
    from policyeval.proof.dead import never_matches

    alone = replace(statement, conditions=conditions)
    return never_matches(context.policy, alone) and not never_matches(context.policy, replace(alone, conditions=()))


RULE = Rule(
    "condition-always-false",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    needs_valid_policy=True,
    silences={"unreachable-statement": Reach.STATEMENT, "allow-shadowed-by-deny": Reach.STATEMENT},
)
