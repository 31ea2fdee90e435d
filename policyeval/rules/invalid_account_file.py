"""An account file that contradicts itself or names what is not there.

## What it does
Reports the first reason for which an account file, or an export of one, cannot be read: an unknown key, a group that
does not exist, an account id that is none.

## Why is this bad?
Nothing can be simulated, and the rules for accounts cannot be asked.

## Example
```yaml
account: "1234"
groups:
  Readers:
    policies: []
```

## Use instead
```yaml
account: "123456789012"
```

## References
- [GetAccountAuthorizationDetails](https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.rules.contract import Rule

RULE = Rule("invalid-account-file", Severity.ERROR)
