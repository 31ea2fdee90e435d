"""A principal in a form that AWS does not know.

## What it does
Reports a `Principal` that is a string other than `*`, a list, or names under `AWS` what is neither an account id nor
the ARN of an account, user, role or session.

## Why is this bad?
AWS refuses the policy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": "arn:aws:iam::111122223333:role/reader",
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
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Invalid principal format](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-principal-format)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule(
    "invalid-principal-format",
    Severity.ERROR,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT, PolicyKind.RCP}),
)
