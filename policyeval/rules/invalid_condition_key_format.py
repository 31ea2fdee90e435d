"""A condition key without its prefix.

## What it does
Reports condition keys that hold no `:`.

## Why is this bad?
AWS refuses the policy. A key is `aws:` or a service's prefix, then its name.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"StringEquals": {"PrincipalTag/team": "core"}}
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
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": "core"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html)
- [Access Analyzer: Invalid condition key format](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-condition-key-format)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("invalid-condition-key-format", Severity.ERROR)
