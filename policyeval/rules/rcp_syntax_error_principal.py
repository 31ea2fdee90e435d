"""A resource control policy that speaks of other than everybody.

## What it does
Reports a `Principal` other than `*`, and `NotPrincipal`, in resource control policies.

## Why is this bad?
AWS Organizations refuses the policy. Conditions on `aws:PrincipalArn` or `aws:PrincipalOrgID` narrow it.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": {"AWS": "111122223333"},
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}
  }
}
```

## Use instead
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}
  }
}
```

## References
- [RCP syntax](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html)
- [Access Analyzer: RCP syntax error principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-rcp-syntax-error-principal)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule("rcp-syntax-error-principal", Severity.ERROR, kinds=frozenset({PolicyKind.RCP}))
