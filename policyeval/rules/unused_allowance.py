"""An allowance that fits no finding.

## What it does
Reports an entry of `[[tool.policyeval.allow]]` that no finding needed, when every file that it speaks of was checked.

## Why is this bad?
The reason for it is gone: the policy was mended or moved. Left where it is, it would hide the next finding that fits.

## Example
Nothing in `policies/administrator.json` is found by this rule any more:

```toml
[[tool.policyeval.allow]]
rules = ["administrator-access"]
files = ["policies/administrator.json"]
reason = "two people hold it, reviewed every quarter"
```

## Use instead
Remove the entry.

## References
- [IAM User Guide: Security best practices in IAM](https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("unused-allowance", Severity.WARNING)
