"""A principal in a form that AWS does not know.

## What it does
Reports a `Principal` that is a string other than `*`, a list, or names under `AWS` what is neither an account id nor
the ARN of an account, user, role or session.

## Why is this bad?
AWS refuses the policy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": "arn:aws:iam::111122223333:role/reader",
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
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Invalid principal format](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-principal-format)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.syntax.arn import split_arn
from policyeval.syntax.wildcard import has_wildcard

TYPES = {"iam": ("root", "user", "role"), "sts": ("assumed-role", "federated-user")}
"""What a principal's ARN may name, by service.

Source: IAM User Guide, reference_policies_elements_principal.
"""
SEGMENTS = 6


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        segments = split_arn(principal.text)
        if principal.type != "AWS" or len(segments) != SEGMENTS or has_wildcard(principal.text):
            continue
        kind = segments[5].partition("/")[0]
        if kind in TYPES.get(segments[2], ()) or not kind.replace("-", "").isalpha():
            continue
        yield Remark(
            "a group is no principal" if kind == "group" else f"`{principal.text}` is no principal",
            Where(principal.pointer),
            label="only accounts, users, roles and their sessions are",
            notes=("AWS refuses the policy",),
            help="name the users, or a role that they assume; a group's members have the rights of its own policies"
            if kind == "group"
            else "an identity provider stands under `Federated`"
            if kind in ("saml-provider", "oidc-provider")
            else None,
        )


RULE = Rule(
    "invalid-principal-format",
    Severity.ERROR,
    statement=check,
    about=Topic.PRINCIPAL,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT, PolicyKind.RCP}),
)
