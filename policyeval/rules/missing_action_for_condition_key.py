"""A condition key without the action that brings it.

## What it does
Reports conditions on keys that only requests for a certain action carry, such as `iam:PassedToService` for
`iam:PassRole`, where that action is not listed; and an Allow with a key such as `sts:SourceIdentity` where no
statement of the policy allows the action that sets it. Tags on what is made (`aws:RequestTag/...` with
`ec2:RunInstances`, which needs `ec2:CreateTags` too) are not asked about: another policy may allow to set them, and
policies of AWS's own leave it to one.

## Why is this bad?
No request that the statement is about carries the key, so the condition is never true.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:GetRole",
    "Resource": "arn:aws:iam::123456789012:role/app/*",
    "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/app/*",
    "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
  }
}
```

## Fix safety
Not safe: the statement then speaks of one more action.

## References
- [IAM and AWS STS condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html)
- [Access Analyzer: Missing action for condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-action-for-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.key_lists import keys_that_need_an_action
from policyeval.diagnostics.fix import Fix, InsertItem, ReplaceValue
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.key_support import is_false_without_key, supports


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        needed = keys_that_need_an_action().get(condition.key.lower())
        if needed is None or statement.not_actions is not None or not is_false_without_key(condition):
            continue
        actions = context.actions(statement)
        if not actions or any(action.lower() in actions for action in needed):
            continue
        if any(supports(action, condition.key.lower()) for action in actions) and (
            statement.effect == "Deny" or is_allowed_elsewhere(needed, context)
        ):
            continue
        known = all(supports(action, condition.key.lower()) for action in actions)
        yield remark(statement, condition, needed[0], known=known)


def is_allowed_elsewhere(needed: tuple[str, ...], context: RuleContext) -> bool:
    return any(
        statement.effect == "Allow" and any(action.lower() in context.actions(statement) for action in needed)
        for statement in context.policy
    )


def remark(statement: Statement, condition: Condition, action: str, *, known: bool) -> Remark:
    """`known` says that the statement's other actions know the key, so that the action can join them."""
    place = statement.element("Action")
    entries = statement.actions or ()
    listed = bool(entries) and entries[0].pointer != place
    edit = InsertItem(place, action) if listed else ReplaceValue(place, [*(entry.text for entry in entries), action])
    allows = statement.effect == "Allow"
    return Remark(
        f"`{condition.key}` is only in requests for `{action}`, which the statement does not name",
        Where(condition.pointer, on_key=True),
        label=f"comes with `{action}`",
        notes=(f"the condition is never true, so the statement {'allows' if allows else 'denies'} nothing",),
        help=f"add `{action}`"
        if known
        else f"put `{action}` in a statement with this condition, or remove the condition",
        fix=Fix(f"add `{action}`, which is then {'allowed' if allows else 'denied'} under this condition", (edit,))
        if known
        else None,
    )


RULE = Rule(
    "missing-action-for-condition-key",
    Severity.ERROR,
    statement=check,
    about=Topic.CONDITION,
    silences={
        "condition-key-not-for-action": Reach.PLACE,
        "unsupported-action-for-condition-key": Reach.PLACE,
    },
)
