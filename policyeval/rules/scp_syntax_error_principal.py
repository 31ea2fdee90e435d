"""A `Principal` in a service control policy.

## What it does
Reports `Principal` and `NotPrincipal` in service control policies.

## Why is this bad?
AWS Organizations refuses the policy. An SCP speaks of every principal of the accounts below it; a condition on
`aws:PrincipalArn` narrows it.

## Example
```json scp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/admin"},
    "Action": "cloudtrail:StopLogging",
    "Resource": "*"
  }
}
```

## Use instead
```json scp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "cloudtrail:StopLogging",
    "Resource": "*",
    "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}
  }
}
```

## References
- [SCP syntax](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html)
- [Access Analyzer: SCP syntax error principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-scp-syntax-error-principal)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule("scp-syntax-error-principal", Severity.ERROR, kinds=frozenset({PolicyKind.SCP}))
