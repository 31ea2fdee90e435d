"""The old version of the policy language where nothing needs it.

## What it does
Reports `"Version": "2008-10-17"` in policies that hold no `${`, and so mean the same in both versions.

## Why is this bad?
The first variable that somebody adds will be taken as plain text, without a word from AWS.

## Example
```json
{
  "Version": "2008-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
}
```

## Fix safety
Safe: variables are the only difference between the versions, and the policy holds none.

## References
- [IAM JSON policy elements: Version](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import CURRENT_VERSION, OLD_VERSION, Policy
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.written_text import texts
from policyeval.source import child


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    if policy.version != OLD_VERSION or any("${" in text.text for statement in policy for text in texts(statement)):
        return
    pointer = child(policy.pointer, "Version")
    yield Remark(
        "the policy is written in the version of 2008",
        Where(pointer),
        label="policy variables are plain text in this version",
        help=f"write `{CURRENT_VERSION}`; the policy means the same in it",
        fix=Fix(f"write `{CURRENT_VERSION}`", (ReplaceText(pointer, CURRENT_VERSION),), safe=True),
    )


RULE = Rule("outdated-version", Severity.WARNING, policy=check)
