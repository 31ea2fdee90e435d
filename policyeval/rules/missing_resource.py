"""A statement without `Resource` or `NotResource`, in a policy that needs one.

## What it does
Reports statements of identity policies, permissions boundaries, session policies, service and resource control
policies and VPC endpoint policies that name no resource.

## Why is this bad?
AWS refuses the policy. Only a policy that is attached to a resource may leave the resource out.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Missing resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-resource)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule(
    "missing-resource",
    Severity.ERROR,
    kinds=frozenset(
        {
            PolicyKind.IDENTITY,
            PolicyKind.BOUNDARY,
            PolicyKind.SESSION,
            PolicyKind.SCP,
            PolicyKind.RCP,
            PolicyKind.VPC_ENDPOINT,
        }
    ),
)
