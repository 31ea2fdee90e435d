"""Private addresses among the public ones of an `IpAddress` on `aws:SourceIp`.

## What it does
Reports `IpAddress` on `aws:SourceIp` whose list has private ranges beside public ones. A list of private ranges alone
is `private-ip-address`.

## Why is this bad?
`aws:SourceIp` is the public address from which a request reaches AWS, and requests through a VPC endpoint do not have
the key. The private ranges never match; whoever counted on them is not served by them.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}}
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
    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
  }
}
```

## Fix safety
Not safe, though no request to AWS has such a source address: in a simulation one may.

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Private IP address subset](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-private-ip-address-subset)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.private_ranges import compares_source_ip, private_values
from policyeval.rules.wording import quoted


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if not compares_source_ip(condition, "IpAddress"):
            continue
        private = private_values(condition)
        if not private or len(private) == len(condition.values):
            continue
        first, *more = private
        yield Remark(
            f"{quoted(value.text for value in private)} never fits a request",
            Where(first.pointer),
            label="a private address",
            related=tuple(Label(Where(value.pointer), "private as well") for value in more),
            notes=("`aws:SourceIp` is always a public address; requests through a VPC endpoint do not have the key",),
            help="compare `aws:VpcSourceIp` together with `aws:SourceVpc` in a statement of its own",
            fix=Fix("remove the private addresses", tuple(Remove(value.pointer) for value in private)),
        )


RULE = Rule("private-ip-address-subset", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
