"""A condition key of a service that no action of the statement supports.

## What it does
Reports a condition on a service's key when no request for any action of the statement can carry the key. Operators that
end in `IfExists` are left alone, and keys that AWS's tables give to no action of their service.

## Why is this bad?
A key that no request carries makes a condition false, so the statement never matches: the Allow gives nothing, the Deny
denies nothing. With a negated operator the condition is always true and narrows nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"StringLike": {"s3:prefix": "2026/*"}}
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
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringLike": {"s3:prefix": "2026/*"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import EVERY_KIND, Remark, Rule, RuleContext, Topic
from policyeval.rules.key_support import is_false_without_key, supports
from policyeval.rules.wording import quoted

MANY = 400
"""A statement of more actions than these is about everything, and some action supports the key."""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.actions is None or not statement.conditions:
        return
    for condition in statement.conditions:
        prefix, _, rest = condition.key.partition(":")
        if not rest or condition.operator.if_exists or not context.catalog.has_service(prefix):
            continue
        if global_key(condition.key) is not None or context.catalog.condition_key(condition.key) is None:
            continue
        if "/" not in rest and condition.operator.base == "Null" and not is_false_without_key(condition):
            continue
        actions = [name for entry in statement.actions for name in context.expand(entry.text)]
        if not actions or len(actions) > MANY or any(supports(name, condition.key.lower()) for name in actions):
            continue
        would = supporting(condition.key, context)
        # AWS's tables give some keys to no action at all, and there they tell nothing.
        if would:
            yield remark(statement, condition, actions, would)


def supporting(key: str, context: RuleContext) -> list[str]:
    """The actions of a key's own service that support it."""
    service = context.catalog.service(key.partition(":")[0])
    known = service.actions.values() if service is not None else ()
    return sorted(action.full_name for action in known if supports(action.full_name, key.lower()))


def remark(statement: Statement, condition: Condition, actions: list[str], would: list[str]) -> Remark:
    if is_false_without_key(condition):
        verb = "allows" if statement.effect == "Allow" else "denies"
        consequence = f"no request for them carries the key, so the statement never matches and {verb} nothing"
    else:
        consequence = "no request for them carries the key, so the condition always holds and narrows nothing"
    if len(actions) == 1:
        consequence = consequence.replace(" for them", " for it")
    entries = statement.actions or ()
    place = entries[0].pointer if len(entries) == 1 else statement.element("Action")
    return Remark(
        f"no action of the statement supports `{condition.key}`",
        Where(condition.pointer, on_key=True),
        label=f"not a key of {quoted(actions, most=1)}",
        related=(Label(Where(place), "these actions" if len(actions) > 1 else "this action"),),
        notes=(consequence,),
        help=f"{quoted(would)} {'support' if len(would) > 1 else 'supports'} the key",
    )


RULE = Rule(
    "condition-key-not-for-action",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=EVERY_KIND - {PolicyKind.TRUST},
)
