"""A `NotAction` in a resource control policy.

## What it does
Reports `NotAction` in resource control policies.

## Why is this bad?
AWS Organizations refuses the policy.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "NotAction": "s3:GetObject",
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
- [Access Analyzer: RCP syntax error notaction](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-rcp-syntax-error-notaction)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule("rcp-syntax-error-notaction", Severity.ERROR, kinds=frozenset({PolicyKind.RCP}))
