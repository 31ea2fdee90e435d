"""`ForAnyValue` on the audience of a token.

## What it does
Reports `ForAnyValue` on a `:aud` key of an OpenID Connect provider.

## Why is this bad?
The audience of a token is one value, and with `ForAnyValue` a provider that sends several gets in if any of them is
yours: a token made for somebody else as well.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
      "ForAnyValue:StringEquals": {"gitlab.com:aud": "https://gitlab.com"},
      "StringEquals": {"gitlab.com:sub": "project_path:example/app:ref_type:branch:ref:main"}
    }
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
      "StringEquals": {
        "gitlab.com:aud": "https://gitlab.com",
        "gitlab.com:sub": "project_path:example/app:ref_type:branch:ref:main"
      }
    }
  }
}
```

## Fix safety
Not safe: a provider that sends several audiences is no longer let in. Offered where the key stands alone under its
operator.

## References
- [Create a role for OpenID Connect federation](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html)
- [Single-valued and multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
- [Access Analyzer: ForAnyValue with audience claim type](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-foranyvalue-with-audience-claim-type)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.identity_providers import AUDIENCE, claim_of
from policyeval.rules.operator_edits import block_of, rename_operator
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        host, claim = claim_of(condition)
        operator = condition.operator
        if claim != AUDIENCE or "." not in host or operator.qualifier is not Qualifier.FOR_ANY_VALUE:
            continue
        plain = operator.canonical.partition(":")[2]
        edits = rename_operator(context.policy, statement, condition, plain)
        yield Remark(
            f"`ForAnyValue` on `{condition.key}`",
            Where(block_of(condition), on_key=True, within=(0, len("ForAnyValue:"))),
            label="one of several audiences is enough",
            related=(Label(Where(condition.pointer, on_key=True), "the audience of a token"),),
            help=f"use `{plain}`",
            fix=Fix(f"write `{plain}`, which takes tokens of one audience only", edits) if edits else None,
        )


RULE = Rule(
    "foranyvalue-with-audience-claim-type",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=frozenset({PolicyKind.TRUST}),
)
