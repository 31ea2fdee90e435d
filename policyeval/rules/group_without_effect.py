"""A group that gives one of its members nothing, because another policy denies all of it.

## What it does
Reports the membership of a user in a group when everything that the group allows is denied by an unconditional Deny of
the user's other groups, their own policies, or their permissions boundary.

## Why is this bad?
The membership looks like a right and is none: an explicit Deny in any policy overrides every Allow. Secondary groups
that are meant to add to what a first group allows cannot, once that first group denies.

## Example
```yaml
account: "123456789012"
groups:
  PowerUsers:
    policies:
      - Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*"}
          - {Sid: NoIam, Effect: Deny, Action: "iam:*", Resource: "*"}
  ListUsers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "iam:ListUsers", Resource: "*"}
users:
  dave: {groups: [PowerUsers, ListUsers]}
```

## Use instead
```yaml
account: "123456789012"
groups:
  PowerUsers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*"}
  ListUsers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "iam:ListUsers", Resource: "*"}
users:
  dave: {groups: [PowerUsers, ListUsers]}
```

## References
- [Policy evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.account.model import Group, User
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.evaluation.policies import Attached
from policyeval.policy.model import Statement
from policyeval.rules.account_places import place_of_membership
from policyeval.rules.contract import AccountContext, Remark, Rule
from policyeval.syntax.action import compile_action, is_well_formed
from policyeval.syntax.wildcard import compile_pattern

Denial = tuple[Attached, Statement]


def check(account: Account, context: AccountContext) -> Iterator[Remark]:
    for user in account.users.values():
        for index, name in enumerate(user.groups):
            denials = unconditional_denials(account, user, besides=name)
            used = denied_wholly(account.groups[name], denials)
            if used:
                held, statement = used[0]
                yield Remark(
                    f"group `{name}` gives `{user.name}` nothing",
                    place_of_membership(user, index),
                    label="everything that it allows is denied",
                    related=tuple(
                        Label(Where(each.element("Effect"), source=by.policy.source), f"denies it ({by.origin})")
                        for by, each in used
                        if by.policy.source is not None
                    ),
                    notes=(
                        f"{statement.label} in {held.policy.name} ({held.origin}) denies it; "
                        "an explicit deny in any policy overrides every allow",
                    ),
                    help="take the user out of one of the groups, or narrow the Deny",
                )


def unconditional_denials(account: Account, user: User, besides: str) -> list[Denial]:
    """The Deny statements that bind a user whatever the context, those of one group left out."""
    holders = [account.groups[name].policies for name in user.groups if name != besides]
    boundary = [user.boundary] if user.boundary is not None else []
    return [
        (attached, statement)
        for attached in (*user.policies, *(attached for held in holders for attached in held), *boundary)
        for statement in attached.policy
        if statement.effect == "Deny" and not statement.conditions and statement.actions and statement.resources
    ]


def denied_wholly(group: Group, denials: list[Denial]) -> list[Denial]:
    """The Denies that leave nothing of what a group allows; none when something is left, or nothing allowed."""
    used: dict[int, Denial] = {}
    for attached in group.policies:
        for statement in attached.policy:
            if statement.effect == "Deny":
                continue
            if statement.actions is None or statement.resources is None:
                return []
            for action in statement.actions:
                if not is_well_formed(action.text):
                    continue
                for resource in statement.resources:
                    found = next((each for each in denials if covers(each[1], action.text, resource.text)), None)
                    if found is None:
                        return []
                    used[id(found[1])] = found
    return list(used.values())


def covers(denial: Statement, action: str, resource: str) -> bool:
    """Whether a Deny without a condition reaches all that an action entry and a resource entry allow.

    A pattern without `?` that matches the text of another pattern, `*` included, matches all that the other does: its
    own `*` alone can have taken in the other's.
    """
    return any(
        "?" not in entry.text and compile_action(entry.text)(action.lower()) for entry in denial.actions or ()
    ) and any(
        entry.text == "*"
        or ("?" not in entry.text and "${" not in entry.text and compile_pattern(entry.text)(resource))
        for entry in denial.resources or ()
    )


RULE = Rule("group-without-effect", Severity.WARNING, account=check)
