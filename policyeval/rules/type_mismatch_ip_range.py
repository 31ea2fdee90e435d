"""A value of an address condition that is no address and no range.

## What it does
Reports values of `IpAddress` and `NotIpAddress` that are neither an IPv4 or IPv6 address nor a range in CIDR
notation.

## Why is this bad?
AWS matches no address with such a value. An `IpAddress` condition is then false, and a `NotIpAddress` condition true
for everybody.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/33"}}
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
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Type mismatch IP range](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-type-mismatch-ip-range)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.syntax.variable import parse_template


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if condition.operator.family != "IpAddress":
            continue
        from policyeval.evaluation.comparison import read_network  # only where there is an address to read

        for value in condition.values:
            if read_network(value.text) is None and all(isinstance(part, str) for part in parse_template(value.text)):
                yield Remark(
                    f"`{value.text}` is no address and no range of addresses",
                    Where(value.pointer),
                    label=why(value.text),
                    notes=("the value matches no address",),
                    help="write an address such as `203.0.113.5`, or a range such as `203.0.113.0/24`",
                )


def why(text: str) -> str:
    if "*" in text or "?" in text:
        return "addresses take no wildcards"
    if "-" in text:
        return "ranges are written in CIDR notation"
    return "not in CIDR notation"


RULE = Rule("type-mismatch-ip-range", Severity.ERROR, statement=check, about=Topic.CONDITION)
