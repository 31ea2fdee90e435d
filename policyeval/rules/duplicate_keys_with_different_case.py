"""A condition key twice under one operator, spelled in two cases.

## What it does
Reports a key of a condition operator that another one equals but for upper and lower case.

## Why is this bad?
AWS refuses the policy: condition keys are compared without regard to case, so it would have to choose.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {
      "StringEquals": {"aws:PrincipalTag/team": "core", "aws:principaltag/team": "web"}
    }
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
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["core", "web"]}}
  }
}
```

## References
- [IAM JSON policy elements: Condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html)
- [Access Analyzer: Duplicate keys with different case](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-duplicate-keys-with-different-case)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("duplicate-keys-with-different-case", Severity.ERROR)
