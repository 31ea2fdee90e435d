"""A group without members.

## What it does
Reports groups that no user is in.

## Why is this bad?
Its policies are kept, reviewed and read for nobody; whoever is added later gets rights that nobody has looked at since.

## Example
```yaml
account: "123456789012"
groups:
  Readers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
  Former:
    policies: []
users:
  alice: {groups: [Readers]}
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
    filled = {name for user in account.users.values() for name in user.groups}
    for group in account.groups.values():
        if group.name not in filled:
            yield Remark(
                f"group `{group.name}` has no members",
                place_of(group),
                label="no user is in it",
                help="delete the group, or add the users whom it is for",
            )


RULE = Rule("empty-group", Severity.SUGGESTION, account=check)
