"""A managed policy that is attached to nothing.

## What it does
Reports the account's own managed policies that no user, group, role or permissions boundary names. AWS's own managed
policies are passed over.

## Why is this bad?
It is kept and reviewed for nothing, and whoever attaches it one day gives rights that nobody has looked at since.

## Example
```yaml
account: "123456789012"
managed-policies:
  arn:aws:iam::123456789012:policy/ReadLogs:
    Version: "2012-10-17"
    Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
users:
  alice: {}
```

## Use instead
```yaml
account: "123456789012"
users:
  alice: {}
```

## References
- [DeletePolicy](https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import AccountContext, Remark, Rule
from policyeval.syntax.arn import split_arn


def check(account: Account, context: AccountContext) -> Iterator[Remark]:
    for policy in account.managed_policies:
        if not policy.attached and split_arn(policy.arn)[4:5] != ["aws"]:
            name = policy.arn.rsplit("/", 1)[-1]
            # In an export the place is the value of `Arn`, in an account file the ARN is a key.
            in_file = not policy.pointer.startswith("/Policies/")
            yield Remark(
                f"managed policy `{name}` is attached to nothing",
                Where(policy.pointer, on_key=in_file, source=policy.source),
                label="no user, group, role or boundary names it",
                help="delete it, or attach it",
            )


RULE = Rule("unused-policy", Severity.SUGGESTION, account=check)
