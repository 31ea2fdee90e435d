"""A condition key that means little without another.

## What it does
Reports `aws:VpcSourceIp` in a statement that compares neither `aws:SourceVpc` nor `aws:SourceVpce` (nor
`aws:SourceVpcArn`).

## Why is this bad?
Private addresses repeat: every VPC may have a 10.0.0.5, that of a stranger too. Only together with the VPC or its
endpoint is the address one machine.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}
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
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {
      "IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"},
      "StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}
    }
  }
}
```

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Missing paired condition keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-missing-paired-condition-keys)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.wording import listed


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if not statement.conditions:
        return
    from policyeval.catalog.key_lists import paired_keys

    present = {condition.key.lower() for condition in statement.conditions}
    for condition in statement.conditions:
        partners = paired_keys().get(condition.key.lower(), ())
        if not partners or any(partner.lower() in present for partner in partners):
            continue
        yield Remark(
            f"`{condition.key}` stands without {listed([f'`{partner}`' for partner in partners], 'or')}",
            Where(condition.pointer, on_key=True),
            label="other networks have the same values",
            help=f"compare {listed([f'`{partner}`' for partner in partners], 'or')} in the same statement",
        )


RULE = Rule("missing-paired-condition-keys", Severity.SECURITY_WARNING, statement=check, about=Topic.CONDITION)
