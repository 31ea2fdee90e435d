"""A `Resource` in a role trust policy.

## What it does
Reports `Resource` and `NotResource` in the trust policy of a role.

## Why is this bad?
IAM refuses the policy: a trust policy speaks of the role that it is attached to.

## Example
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Resource": "*"
  }
}
```

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole"
  }
}
```

## References
- [Creating a role using custom trust policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-custom.html)
- [Access Analyzer: Role trust policy syntax error resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-role-trust-policy-syntax-error-resource)
"""

from __future__ import annotations

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule

RULE = Rule("role-trust-policy-syntax-error-resource", Severity.ERROR, kinds=frozenset({PolicyKind.TRUST}))
