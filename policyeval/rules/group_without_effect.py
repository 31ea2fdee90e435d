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
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.rules.account_places import place_of_membership
from policyeval.rules.contract import AccountContext, Remark, Rule
from policyeval.rules.denied_groups import denied_wholly, unconditional_denials


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


RULE = Rule("group-without-effect", Severity.WARNING, account=check)
