"""A federated principal in a policy that is no role trust policy.

## What it does
Reports principals under `Federated` in resource policies and VPC endpoint policies.

## Why is this bad?
An identity provider signs nobody in to a bucket or a queue: its users assume a role, and the role is the principal
that reaches the resource. Services refuse such a policy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Federated principal not supported](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-federated-principal-not-supported)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.action_entries import action_entries
from policyeval.rules.contract import Remark, Rule, RuleContext


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    actions = tuple(action_entries(statement))
    if actions and all(entry.prefix.lower() == "sts" for entry in actions):
        return  # a trust policy with a misspelt action looks like a resource policy
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        if principal.type == "Federated":
            yield Remark(
                f"the federated principal `{principal.text}` may only stand in a role trust policy",
                Where(principal.pointer),
                label="an identity provider",
                notes=("its users assume a role, and reach the resource as that role",),
                help="name the role that they assume under `AWS`",
            )


RULE = Rule(
    "federated-principal-not-supported",
    Severity.ERROR,
    statement=check,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT}),
)
