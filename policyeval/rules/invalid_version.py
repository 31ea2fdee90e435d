"""A `Version` that is no version of the policy language.

## What it does
Reports a `Version` other than `2012-10-17` and `2008-10-17`; of service and resource control policies, other than
`2012-10-17`.

## Why is this bad?
AWS refuses the policy. `Version` is the version of the language, not the day on which the policy was written.

## Example
```json
{
  "Version": "2024-06-01",
  "Statement": {
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
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM JSON policy elements: Version](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html)
- [Access Analyzer: Invalid version](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-version)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("invalid-version", Severity.ERROR)
