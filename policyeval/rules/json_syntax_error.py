"""Text that is not JSON.

## What it does
Reports the first place at which a text stops being JSON (RFC 8259), and what it probably is: a trailing comma, a
comment, single quotes, a missing comma, an unclosed bracket, a second document, `NaN`.

## Why is this bad?
AWS refuses the policy, in most cases without saying where.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"},
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
- [RFC 8259: The JavaScript Object Notation (JSON) Data Interchange Format](https://www.rfc-editor.org/rfc/rfc8259)
- [Access Analyzer: JSON syntax error](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-json-syntax-error)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("json-syntax-error", Severity.ERROR)
