"""An account that names a policy which is not there.

## What it does
Reports a path in an account file at which there is no file, and the ARN of a managed policy that the account does not
hold.

## Why is this bad?
Whoever the policy is attached to has other rights than those that `simulate` could know of.

## Example
```yaml
account: "123456789012"
groups:
  Readers:
    policies: [read-logs.json]
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
- [GetPolicyVersion](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("missing-policy-document", Severity.ERROR)
