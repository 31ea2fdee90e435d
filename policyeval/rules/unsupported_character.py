"""A character that IAM does not take in a policy.

## What it does
Reports characters outside of tab, line feed, carriage return and U+0020 to U+00FF in policies that IAM stores:
identity policies, permissions boundaries, session policies and trust policies. Typographic dashes and quotes, emoji
and most scripts are among them.

## Why is this bad?
IAM refuses the policy, with a message that does not say where the character is.

## Example
```json
{
  "Version": "2012-10-17",
  "Id": "Lesen nur für Łukasz",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Id": "Lesen nur für Lukasz",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM and AWS STS quotas, name requirements, and character limits](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)
- [API reference: CreatePolicy, the pattern of PolicyDocument](https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Reach, Rule

RULE = Rule(
    "unsupported-character",
    Severity.ERROR,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.TRUST}),
    silences={"unsupported-sid": Reach.PLACE},
)
