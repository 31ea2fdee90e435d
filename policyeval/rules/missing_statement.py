"""A policy without statements.

## What it does
Reports a policy that has no `Statement`, or an empty list of them.

## Why is this bad?
AWS refuses the policy: one that says nothing cannot be stored.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": []
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
- [IAM JSON policy elements: Statement](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html)
- [Access Analyzer: Missing statement](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-statement)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("missing-statement", Severity.ERROR)
