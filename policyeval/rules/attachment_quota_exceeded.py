"""More policies or groups on one identity than IAM's quota lets it have.

## What it does
Counts the managed policies of every user, group and role, and the groups of every user, against IAM's default quotas.

## Why is this bad?
AWS refuses the attachment over the quota, so what the files describe cannot be put into the account. Some quotas can be
raised on request.

## Example
```yaml
account: "123456789012"
groups: {A: {}, B: {}, C: {}, D: {}, E: {}, F: {}, G: {}, H: {}, I: {}, J: {}, K: {}}
users:
  alice: {groups: [A, B, C, D, E, F, G, H, I, J, K]}
```

## Use instead
```yaml
account: "123456789012"
groups: {A: {}, B: {}, C: {}, D: {}, E: {}, F: {}, G: {}, H: {}, I: {}, J: {}}
users:
  alice: {groups: [A, B, C, D, E, F, G, H, I, J]}
```

## References
- [IAM and AWS STS quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.account.model import Group, Role, User
from policyeval.diagnostics.severity import Severity
from policyeval.rules.account_places import managed_attachments, place_of
from policyeval.rules.contract import AccountContext, Remark, Rule


def check(account: Account, context: AccountContext) -> Iterator[Remark]:
    for user in account.users.values():
        yield from _attached(user, "user")
        yield from _over(user, "user", "groups of a user", len(user.groups))
    for group in account.groups.values():
        yield from _attached(group, "group")
    for role in account.roles.values():
        yield from _attached(role, "role")


def _attached(holder: Group | User | Role, kind: str) -> Iterator[Remark]:
    yield from _over(holder, kind, f"managed policies attached to a {kind}", len(managed_attachments(holder)))


def _over(holder: Group | User | Role, kind: str, subject: str, count: int) -> Iterator[Remark]:
    # Ten is the least of these quotas: a fast way past nearly every identity, without loading the table.
    if count <= 10:
        return
    from policyeval.catalog.quotas import count_quota

    quota = count_quota(subject)
    if count > quota.limit:
        what = "groups" if subject.startswith("groups") else "managed policies"
        raised = f"; it can be raised to {quota.maximum} on request" if quota.maximum else ""
        yield Remark(
            f"{kind} `{holder.name}` has {count} {what}, and the quota is {quota.limit}",
            place_of(holder),
            label=f"{count - quota.limit} too many",
            notes=(f"the default quota for {subject} is {quota.limit}{raised}",),
            help="merge policies, or say with fewer groups what the user is for",
        )


RULE = Rule("attachment-quota-exceeded", Severity.WARNING, account=check)
