"""An address range whose address has bits beyond its prefix.

## What it does
Reports a CIDR range under `IpAddress` or `NotIpAddress` that begins in the middle: `203.0.113.77/24`.

## Why is this bad?
AWS ignores the bits beyond the prefix, so this is the whole of `203.0.113.0/24`. Whoever reads `203.0.113.77` takes
it for one machine.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.77/24"}}
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
Safe: AWS compares the network of either.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Improve IP range](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-improve-ip-range)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if condition.operator.family != "IpAddress":
            continue
        for value in condition.values:
            network = network_of(value.text) if "/" in value.text else None
            if network is not None and network != value.text:
                yield Remark(
                    f"the range `{value.text}` begins inside of itself",
                    Where(value.pointer),
                    label=f"this is all of `{network}`",
                    help=f"write `{network}`, or the address with the whole length if one machine is meant",
                    fix=Fix(f"write `{network}`", (ReplaceText(value.pointer, network),), safe=True),
                )


def network_of(text: str) -> str | None:
    """The range that a text with bits beyond its prefix stands for; nothing for other texts."""
    from policyeval.evaluation.comparison import read_network  # only where there is a range to read

    if read_network(text) is None:  # a netmask for the prefix, which AWS does not know, among others
        return None
    import ipaddress

    interface = ipaddress.ip_interface(text)
    return None if interface.ip == interface.network.network_address else str(interface.network)


RULE = Rule("improve-ip-range", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
