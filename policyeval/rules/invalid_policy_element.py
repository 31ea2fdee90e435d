"""A member that the policy language does not have.

## What it does
Reports a key at the top of a policy or in a statement that is none of its elements. The names are compared with
regard to case, so `resource` and `Resources` are none.

## Why is this bad?
AWS refuses the policy. There is no element for comments; a `Sid` can say what a statement is for.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resources": "arn:aws:s3:::team-logs/*"
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
- [IAM JSON policy element reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html)
- [Access Analyzer: Invalid policy element](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-policy-element)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Reach, Rule

RULE = Rule(
    "invalid-policy-element",
    Severity.ERROR,
    silences={
        "missing-effect": Reach.STATEMENT,
        "missing-action": Reach.STATEMENT,
        "missing-resource": Reach.STATEMENT,
        "missing-principal": Reach.STATEMENT,
        "missing-statement": Reach.POLICY,
    },
)
