"""A wildcard inside a principal.

## What it does
Reports `*` and `?` in a principal, other than a `*` that stands alone.

## Why is this bad?
AWS refuses the policy, or takes the wildcard for a character of the name. A condition on `aws:PrincipalArn` takes
patterns.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader-*"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {
      "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/reader-*"}
    }
  }
}
```

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Unsupported wildcard in principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-wildcard-in-principal)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule(
    "unsupported-wildcard-in-principal",
    Severity.ERROR,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT, PolicyKind.RCP}),
)
