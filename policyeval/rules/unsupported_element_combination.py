"""A statement with an element and its opposite.

## What it does
Reports `Action` beside `NotAction`, `Resource` beside `NotResource`, `Principal` beside `NotPrincipal`.

## Why is this bad?
AWS refuses the policy. What is meant is usually two statements: one that allows, one that denies the exceptions.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:DeleteObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "NotResource": "arn:aws:s3:::team-logs/tmp/*"
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
    "NotResource": "arn:aws:s3:::team-logs/tmp/*"
  }
}
```

## References
- [Grammar of the IAM JSON policy language](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html)
- [Access Analyzer: Unsupported element combination](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-element-combination)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Reach, Rule

RULE = Rule(
    "unsupported-element-combination",
    Severity.ERROR,
    silences={"allow-with-not-principal": Reach.STATEMENT, "deny-with-not-principal": Reach.STATEMENT},
)
