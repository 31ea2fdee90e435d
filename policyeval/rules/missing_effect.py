"""A statement without `Effect`.

## What it does
Reports a statement that does not say whether it allows or denies.

## Why is this bad?
AWS refuses the policy; there is no default.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
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
- [IAM JSON policy elements: Effect](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html)
- [Access Analyzer: Missing effect](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-effect)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("missing-effect", Severity.ERROR)
