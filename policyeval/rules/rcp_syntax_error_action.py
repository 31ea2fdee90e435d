"""A resource control policy that names every action.

## What it does
Reports `*` as an action of a resource control policy.

## Why is this bad?
AWS Organizations refuses the policy. Every action has to name a service that supports resource control policies, as
`s3:*` does.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
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
- [Access Analyzer: RCP syntax error action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-rcp-syntax-error-action)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule("rcp-syntax-error-action", Severity.ERROR, kinds=frozenset({PolicyKind.RCP}))
