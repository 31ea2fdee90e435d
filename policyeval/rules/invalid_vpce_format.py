"""A value of `aws:SourceVpce` that is no id of a VPC endpoint.

## What it does
Reports values of `aws:SourceVpce` that are not `vpce-` and 8 or 17 letters and digits.

## Why is this bad?
The key holds the id of the VPC endpoint through which the request came. Any other text never matches: an Allow gives
nothing, and a Deny of all other networks denies all.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1a2b3c"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-0abcdef1234567890"}}
  }
}
```

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Invalid VPCE format](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-vpce-format)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.network_ids import misfits


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    yield from misfits(statement, "vpce-")


RULE = Rule("invalid-vpce-format", Severity.ERROR, statement=check, about=Topic.CONDITION)
