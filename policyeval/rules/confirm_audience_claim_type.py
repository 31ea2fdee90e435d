"""An audience of a provider that may send one value or several.

## What it does
Reports, when asked for, a condition on the `:aud` key of an OpenID Connect provider that is not well known. Providers
that are known send one audience.

## Why is this bad?
IAM takes the claim as the provider sends it, a text or a list. An operator without `ForAnyValue` never fits a list,
and one with it takes tokens that are meant for others as well.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/id.example.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {"StringEquals": {"id.example.com:aud": "deploy", "id.example.com:sub": "app"}}
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

## References
- [Create a role for OpenID Connect federation](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html)
- [Access Analyzer: Confirm audience claim type](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-confirm-audience-claim-type)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.identity_providers import AUDIENCE, claim_of


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    from policyeval.catalog.oidc import provider_of_key

    for condition in statement.conditions:
        host, claim = claim_of(condition)
        if claim != AUDIENCE or "." not in host or condition.operator.qualifier is not None:
            continue
        if provider_of_key(condition.key.lower()) is None:
            yield Remark(
                f"`{condition.key}` is compared as one value",
                Where(condition.pointer, on_key=True),
                label="does this provider send a text or a list",
                help="look at a token; where `aud` is a list, use `ForAnyValue` and ask for `:sub` as well",
            )


RULE = Rule(
    "confirm-audience-claim-type",
    Severity.SUGGESTION,
    statement=check,
    about=Topic.CONDITION,
    kinds=frozenset({PolicyKind.TRUST}),
    pedantic=True,
)
