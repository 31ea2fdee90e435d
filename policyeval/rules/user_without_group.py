"""A user who is in no group.

## What it does
Reports users without a group in accounts that have groups.

## Why is this bad?
The user has no rights at all, or has them from policies of their own. Either is mostly a user who was forgotten, before
their first day or after their last.

## Example
```yaml
account: "123456789012"
groups:
  Readers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
users:
  alice: {groups: [Readers]}
  bob: {}
```

## Use instead
```yaml
account: "123456789012"
groups:
  Readers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
users:
  alice: {groups: [Readers]}
  bob: {groups: [Readers]}
```

## References
- [IAM user groups](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.diagnostics.severity import Severity
from policyeval.rules.account_places import place_of
from policyeval.rules.contract import AccountContext, Remark, Rule


def check(account: Account, context: AccountContext) -> Iterator[Remark]:
    if not account.groups:
        return
    for user in account.users.values():
        if not user.groups and not user.policies:
            yield Remark(
                f"user `{user.name}` is in no group",
                place_of(user),
                label="has no rights but those that resource policies give",
                help="add the user to a group, or delete the user",
            )


RULE = Rule("user-without-group", Severity.SUGGESTION, account=check)
