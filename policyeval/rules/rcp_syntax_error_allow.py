"""A resource control policy that allows.

## What it does
Reports statements of resource control policies whose `Effect` is `Allow`.

## Why is this bad?
AWS Organizations refuses the policy. `RCPFullAWSAccess`, which cannot be detached, allows everything already; the
policies that you write only deny.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
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
- [Access Analyzer: RCP syntax error allow](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-rcp-syntax-error-allow)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule("rcp-syntax-error-allow", Severity.ERROR, kinds=frozenset({PolicyKind.RCP}))
