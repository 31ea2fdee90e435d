"""A statement without `Action` or `NotAction`.

## What it does
Reports a statement that names no actions at all.

## Why is this bad?
AWS refuses the policy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Resource": "arn:aws:s3:::team-logs/*"}
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
- [IAM JSON policy elements: Action](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html)
- [Access Analyzer: Missing action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-action)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("missing-action", Severity.ERROR)
