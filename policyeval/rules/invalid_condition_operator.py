"""A condition operator that does not exist.

## What it does
Reports operators that are not in AWS's list, after `ForAllValues:` or `ForAnyValue:` and `IfExists` have been taken
off.

## Why is this bad?
AWS refuses the policy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"StringEqual": {"aws:PrincipalTag/team": "core"}}
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
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Invalid condition operator](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-condition-operator)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("invalid-condition-operator", Severity.ERROR)
