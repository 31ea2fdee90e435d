"""A file of decision cases that cannot be run.

## What it does
Reports what keeps `policyeval test` from reading a file of decision cases, or one case of it. The policies inside are
not looked at: cases are where odd policies belong.

## Why is this bad?
A test that cannot be run tests nothing.

## Example
```yaml
schema: policyeval.test/1
cases: []
```

## Use instead
```yaml
schema: policyeval.test/1
cases:
  - name: a reader may read
    request:
      principal: "arn:aws:iam::123456789012:user/alice"
      action: s3:GetObject
      resource: arn:aws:s3:::team-logs/today
    policies:
      identity:
        - Version: "2012-10-17"
          Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
    expect: allowed
```

## References
- [IAM User Guide: Policy evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("invalid-case-file", Severity.ERROR)
