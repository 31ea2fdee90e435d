"""An Allow of every action but those that it names.

## What it does
Reports `NotAction` in an Allow, unless a condition narrows the statement or a Deny of the same policy denies everything
but a few actions or resources.

## Why is this bad?
It allows everything that AWS has or will ever have besides the named actions. Nor does it forbid these: another Allow
gives them all the same.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["ec2:Describe*", "s3:ListAllMyBuckets"], "Resource": "*"}
}
```

## References
- [IAM JSON policy elements: NotAction](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.breadth import is_star
from policyeval.rules.contract import GRANTING_KINDS, Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.everything_but import BROAD, changes_something, is_narrowed
from policyeval.rules.wording import quoted


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    named = statement.not_actions
    if named is None or statement.effect != "Allow" or is_narrowed(statement, context.policy):
        return
    if not any(is_star(entry.text) for entry in statement.resources or ()):
        return
    left = changes_something(context.actions(statement), context.policy, context)
    if len(left) < BROAD:
        return
    excluded = quoted((entry.text for entry in named), most=2)
    others = [other for other in context.policy if other is not statement and other.effect == "Allow"]
    missed = [entry for entry in named if any(_allows(other, entry.text, context) for other in others)]
    yield Remark(
        f"every action but {excluded} is allowed",
        Where(named[0].pointer if len(named) == 1 else statement.element("NotAction")),
        label=f"leaves {len(left):,} actions that change something",
        related=(Label(Where(statement.element("Effect")), "allowed by this"),),
        notes=(
            "the actions of services to come are allowed too",
            f"`{missed[0].text}` is not denied by this, and another statement allows some of it"
            if missed
            else f"{excluded} {'is' if len(named) == 1 else 'are'} not denied by this: another Allow would give "
            f"{'it' if len(named) == 1 else 'them'} again",
        ),
        help="name the actions that are needed in `Action`, and deny what must never be",
    )


def _allows(statement: Statement, pattern: str, context: RuleContext) -> bool:
    actions = {name.lower() for name in context.expand(pattern)}
    return not actions.isdisjoint(context.actions(statement))


RULE = Rule(
    "allow-with-not-action",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.NOT_ACTION,
    kinds=GRANTING_KINDS,
    silences={
        "privilege-escalation": Reach.STATEMENT,
        "privilege-escalation-through-resource": Reach.STATEMENT,
        "create-slr-with-not-action-and-not-resource": Reach.STATEMENT,
        "create-slr-with-star-in-resource-and-not-action": Reach.STATEMENT,
        "pass-role-with-not-action-and-not-resource": Reach.STATEMENT,
        "pass-role-with-star-in-resource-and-not-action": Reach.STATEMENT,
    },
)
