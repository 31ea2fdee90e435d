"""A role trust policy whose principal is a bare `*`.

## What it does
Reports `"Principal": "*"` in an Allow of a role's trust policy.

## Why is this bad?
`*` is everybody: every principal of every account whose own policies let it call `sts:AssumeRole`. Only the
conditions keep somebody out. Access Analyzer refuses it.

## Example
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
  }
}
```

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/operator"},
    "Action": "sts:AssumeRole"
  }
}
```

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Role trust policy unsupported wildcard in principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-role-trust-policy-unsupported-wildcard-in-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for principal in statement.principals or ():
        if (
            statement.effect == "Allow"
            and principal.text == "*"
            and principal.pointer == statement.element("Principal")
        ):
            kept = "only the conditions keep somebody out" if statement.conditions else "nobody is kept out"
            yield Remark(
                "the principal of the role's trust policy is `*`",
                Where(principal.pointer),
                label="every principal of every account",
                notes=(kept,),
                help="name the accounts, roles or users that may assume the role",
            )


RULE = Rule(
    "role-trust-policy-unsupported-wildcard-in-principal",
    Severity.ERROR,
    statement=check,
    kinds=frozenset({PolicyKind.TRUST}),
    silences={"public-resource": Reach.PLACE},
)
