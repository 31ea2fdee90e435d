"""An allowance whose last day has passed.

## What it does
Reports an entry of `[[tool.policyeval.allow]]` whose `until` lies in the past. It no longer allows anything.

## Why is this bad?
Somebody meant to look again by that day.

## Example
```toml
[[tool.policyeval.allow]]
rules = ["administrator-access"]
files = ["policies/administrator.json"]
reason = "two people hold it, reviewed every quarter"
until = 2020-06-30
```

## Use instead
Mend what was allowed and remove the entry, or give it a new reason and a new day.

## References
- [IAM User Guide: Security best practices in IAM](https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("expired-allowance", Severity.WARNING)
