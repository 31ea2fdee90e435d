"""Two statements with one `Sid`.

## What it does
Reports a `Sid` that is also that of an earlier statement, in the kinds of policy that IAM and AWS Organizations
store.

## Why is this bad?
AWS refuses the policy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Logs",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::team-logs/*"
    },
    {
      "Sid": "Logs",
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::team-logs"
    }
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadLogs",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::team-logs/*"
    },
    {
      "Sid": "ListLogs",
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::team-logs"
    }
  ]
}
```

## References
- [IAM JSON policy elements: Sid](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html)
- [Access Analyzer: Unique Sids required](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unique-sids-required)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule(
    "unique-sids-required",
    Severity.ERROR,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP, PolicyKind.RCP}),
)
