"""`NotIpAddress` with `aws:SourceIp` and nothing but private addresses.

## What it does
Reports `NotIpAddress` conditions on `aws:SourceIp` whose values are all private addresses. When only some are, it is
`private-not-ip-address-subset`.

## Why is this bad?
`aws:SourceIp` is the caller's public address, and it is absent behind a VPC endpoint. No caller ever comes from a
private one, so the condition is always true: a Deny locks everybody out.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}}
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
    "Condition": {
      "NotIpAddress": {"aws:VpcSourceIp": ["10.0.0.0/8", "192.168.0.0/16"]},
      "StringEquals": {"aws:SourceVpc": "vpc-0abcdef1234567890"}
    }
  }
}
```

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Private not IP address](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-private-not-ip-address)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.private_ranges import all_private, compares_source_ip


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if not compares_source_ip(condition, "NotIpAddress") or not all_private(condition):
            continue
        yield Remark(
            f"`{condition.key}` is never a private address",
            Where(condition.pointer),
            label="only private addresses",
            notes=(outcome(statement),),
            help="compare `aws:VpcSourceIp` together with `aws:SourceVpc`, or name the public addresses",
        )


def outcome(statement: Statement) -> str:
    """What the condition comes to."""
    return "the condition is true for every caller, so the statement " + (
        "allows from everywhere" if statement.effect == "Allow" else "denies everybody"
    )


RULE = Rule("private-not-ip-address", Severity.ERROR, statement=check, about=Topic.CONDITION)
