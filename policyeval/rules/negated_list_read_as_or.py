"""Several demands in one Deny, of which one fulfilled is enough to pass.

## What it does
Reports a Deny with several negated conditions, or several `Null … true`, on tags of the request or on the encryption of
an upload: keys of which each is meant to be demanded.

## Why is this bad?
The conditions of a statement are joined by "and": the Deny holds only for requests that fail them all. Whoever gives
one of the demanded tags passes without the others.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "sqs:CreateQueue", "Resource": "arn:aws:sqs:eu-west-1:123456789012:*"},
    {
      "Effect": "Deny",
      "Action": "sqs:CreateQueue",
      "Resource": "*",
      "Condition": {"Null": {"aws:RequestTag/team": "true", "aws:RequestTag/stage": "true"}}
    }
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "sqs:CreateQueue", "Resource": "arn:aws:sqs:eu-west-1:123456789012:*"},
    {
      "Effect": "Deny",
      "Action": "sqs:CreateQueue",
      "Resource": "*",
      "Condition": {"Null": {"aws:RequestTag/team": "true"}}
    },
    {
      "Effect": "Deny",
      "Action": "sqs:CreateQueue",
      "Resource": "*",
      "Condition": {"Null": {"aws:RequestTag/stage": "true"}}
    }
  ]
}
```

## References
- [Conditions with multiple context keys or values](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.wording import quoted

_DEMANDED = ("aws:requesttag/", "s3:x-amz-server-side-encryption")
"""Beginnings of keys of which each is a demand by itself; the network and the caller, in contrast, are ways in."""


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Deny":
        return
    for head in _DEMANDED:
        demands: dict[str, Condition] = {}
        for condition in statement.conditions:
            if condition.key.lower().startswith(head) and is_demand(condition):
                demands.setdefault(condition.key.lower(), condition)
        if len(demands) > 1:
            yield remark(list(demands.values()))


def is_demand(condition: Condition) -> bool:
    """Whether a Deny by the condition demands something of the key."""
    operator = condition.operator
    if operator.base == "Null":
        return bool(condition.values) and all(value.text.lower() == "true" for value in condition.values)
    return operator.is_negated and operator.qualifier is None


def remark(demands: list[Condition]) -> Remark:
    first, *others = demands
    return Remark(
        f"a request passes that fulfils only one of the conditions on {quoted(c.key for c in demands)}",
        Where(first.pointer, on_key=True),
        label="denied only if this and the others hold",
        related=tuple(Label(Where(condition.pointer, on_key=True), "and this") for condition in others[:3]),
        notes=("the conditions of a statement are joined by `and`, in a Deny too",),
        help="write a Deny for each of them",
    )


RULE = Rule("negated-list-read-as-or", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
