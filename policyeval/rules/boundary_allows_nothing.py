"""A permissions boundary without an Allow.

## What it does
Reports users and roles whose permissions boundary has no statement that allows anything.

## Why is this bad?
A boundary is the most that its holder may do: one that only denies leaves nothing at all, except what resource policies
grant to a user by name. Mostly it was written as a list of exceptions, which needs an Allow of the rest.

## Example
```yaml
account: "123456789012"
roles:
  deploy:
    permissions-boundary:
      Version: "2012-10-17"
      Statement: {Effect: Deny, Action: "organizations:*", Resource: "*"}
```

## Use instead
```yaml
account: "123456789012"
roles:
  deploy:
    permissions-boundary:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Action: ["s3:GetObject", "s3:PutObject"], Resource: "arn:aws:s3:::releases/*"}
        - {Effect: Deny, Action: "organizations:*", Resource: "*"}
```

## References
- [Permissions boundaries for IAM entities](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.account.model import Role, User
from policyeval.diagnostics.severity import Severity
from policyeval.rules.account_places import place_of_boundary
from policyeval.rules.contract import AccountContext, Remark, Rule


def check(account: Account, context: AccountContext) -> Iterator[Remark]:
    holders: list[User | Role] = [*account.users.values(), *account.roles.values()]
    for holder in holders:
        boundary = holder.boundary
        if boundary is not None and all(statement.effect == "Deny" for statement in boundary.policy):
            yield Remark(
                f"the permissions boundary of `{holder.name}` allows nothing",
                place_of_boundary(holder),
                label="has no Allow, so no identity policy can give anything",
                help="add an Allow of the most that the holder may do",
            )


RULE = Rule("boundary-allows-nothing", Severity.WARNING, account=check)
