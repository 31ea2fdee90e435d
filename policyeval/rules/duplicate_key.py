"""A key twice in one JSON object.

## What it does
Reports a key that appears more than once in an object, spelled alike.

## Why is this bad?
AWS refuses the document, while most other readers take the last of the two without a word: what you test is not what
you wrote.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [RFC 8259, section 4](https://www.rfc-editor.org/rfc/rfc8259#section-4)
- [Troubleshooting IAM policies: duplicate keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("duplicate-key", Severity.ERROR)
