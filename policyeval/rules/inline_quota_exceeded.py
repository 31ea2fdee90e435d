"""Inline policies of one identity that are too large together.

## What it does
Adds up the inline policies of every user, group and role, white space aside, and compares the sum with IAM's quotas:
2,048 characters for a user, 5,120 for a group, 10,240 for a role. One policy that is too large by itself is
`policy-too-large`.

## Why is this bad?
IAM refuses the policy that exceeds the quota, so what the files describe cannot be put into the account. These quotas
cannot be raised.

## Example
A user with two inline policies of 1,500 characters each.

## Use instead
```yaml
account: "123456789012"
users:
  alice: {groups: [Readers]}
groups:
  Readers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: ["logs:Describe*", "cloudwatch:List*", "ec2:Describe*"], Resource: "*"}
```

## References
- [IAM and AWS STS quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.account.model import Group, Role, User
from policyeval.diagnostics.severity import Severity
from policyeval.rules.account_places import place_of
from policyeval.rules.contract import AccountContext, Remark, Rule
from policyeval.rules.policy_size import allowance, compact_text, holder_of, json_text


def check(account: Account, _context: AccountContext) -> Iterator[Remark]:
    for kind, holders in (("user", account.users), ("group", account.groups), ("role", account.roles)):
        for holder in holders.values():
            yield from _over(holder, kind)


def _over(holder: User | Group | Role, kind: str) -> Iterator[Remark]:
    inline = [attached.policy for attached in holder.policies if holder_of(attached.policy) == kind]
    if len(inline) < 2:
        return
    from policyeval.catalog.quotas import size_quotas_of

    subject = f"inline policies of a {kind}, together"
    quota = next(quota for quota in size_quotas_of("identity") if quota.subject == subject)
    sizes = [len(compact_text(json_text(policy))) for policy in inline]
    total = sum(sizes)
    if total > quota.limit >= max(sizes):
        yield Remark(
            f"the inline policies of {kind} `{holder.name}` have {total:,} characters together",
            place_of(holder),
            label=f"{total - quota.limit:,} too many",
            notes=(f"{allowance(quota)}, white space aside",),
            help="make managed policies of them, which may have 6,144 each and serve others, too",
        )


RULE = Rule("inline-quota-exceeded", Severity.WARNING, account=check)
