"""`NullIfExists`, which AWS does not have.

## What it does
Reports `IfExists` at the end of the operator `Null`.

## Why is this bad?
AWS refuses the policy. `Null` itself asks whether the key exists, so there is nothing that `IfExists` could add.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:DeleteObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"NullIfExists": {"aws:PrincipalTag/team": "true"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:DeleteObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"Null": {"aws:PrincipalTag/team": "true"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Null with if exists](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-null-with-if-exists)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("null-with-if-exists", Severity.ERROR)
