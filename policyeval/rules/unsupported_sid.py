"""A `Sid` with other than letters and digits.

## What it does
Reports a `Sid` outside of `[A-Za-z0-9]` in identity policies, permissions boundaries, session policies, service
control policies and resource control policies. The services that keep resource policies are laxer.

## Why is this bad?
AWS refuses the policy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "Read the logs",
    "Effect": "Allow",
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
    "Sid": "ReadTheLogs",
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM JSON policy elements: Sid](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html)
- [Access Analyzer: Unsupported Sid](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-sid)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule(
    "unsupported-sid",
    Severity.ERROR,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP, PolicyKind.RCP}),
)
