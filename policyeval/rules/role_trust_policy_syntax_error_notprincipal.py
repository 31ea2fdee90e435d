"""A `NotPrincipal` in a role trust policy.

## What it does
Reports `NotPrincipal` in the trust policy of a role.

## Why is this bad?
IAM refuses the policy.

## Example
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/deploy"},
    "Action": "sts:AssumeRole"
  }
}
```

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "sts:AssumeRole",
    "Condition": {
      "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/deploy"}
    }
  }
}
```

## References
- [AWS JSON policy elements: NotPrincipal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html)
- [Access Analyzer: Role trust policy syntax error notprincipal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-role-trust-policy-syntax-error-notprincipal)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule("role-trust-policy-syntax-error-notprincipal", Severity.ERROR, kinds=frozenset({PolicyKind.TRUST}))
