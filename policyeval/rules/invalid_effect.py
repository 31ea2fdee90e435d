"""An `Effect` that is neither `Allow` nor `Deny`.

## What it does
Reports a statement whose `Effect` is another word, or one of the two in another case.

## Why is this bad?
AWS refuses the policy. The two words are compared with regard to case.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
}
```

## References
- [IAM JSON policy elements: Effect](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html)
- [Access Analyzer: Invalid effect](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-effect)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("invalid-effect", Severity.ERROR)
