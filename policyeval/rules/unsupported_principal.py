"""A `Principal` in a policy that names none.

## What it does
Reports `Principal` and `NotPrincipal` in identity policies, permissions boundaries and session policies, and
`NotPrincipal` where a kind of policy does not take it.

## Why is this bad?
AWS refuses the policy. The principal of an identity policy is whoever it is attached to. Often the document is a
resource policy or a trust policy that is looked at as another kind.

## Example
```json identity
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json identity
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
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Unsupported principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-principal)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule(
    "unsupported-principal",
    Severity.ERROR,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.VPC_ENDPOINT}),
)
