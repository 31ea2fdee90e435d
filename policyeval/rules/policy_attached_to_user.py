"""A policy that is attached to a user and not to a group.

## What it does
Reports users with policies of their own, attached or inline.

## Why is this bad?
Who may do what can then no longer be seen from the groups. Rights given to a person stay when the person's task
changes, and nobody who takes the task over gets them.

## Example
```yaml
account: "123456789012"
groups:
  Staff:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-notes/*"}
users:
  alice:
    groups: [Staff]
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
```

## Use instead
```yaml
account: "123456789012"
groups:
  LogReaders:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
users:
  alice: {groups: [LogReaders]}
```

## References
- [Security best practices in IAM](https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html)
- [IAM user groups](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.diagnostics.severity import Severity
from policyeval.rules.account_places import place_of_policies
from policyeval.rules.contract import AccountContext, Remark, Rule


def check(account: Account, context: AccountContext) -> Iterator[Remark]:
    for user in account.users.values():
        if user.policies:
            count = len(user.policies)
            label = "a policy of the user's own" if count == 1 else f"{count} policies of the user's own"
            yield Remark(
                f"user `{user.name}` has policies outside of groups",
                place_of_policies(user),
                label=label,
                help="attach them to a group that says what its members are for",
            )


RULE = Rule("policy-attached-to-user", Severity.WARNING, account=check)
