"""A federated principal that is no identity provider.

## What it does
Reports principals under `Federated` in a role's trust policy that are neither a domain, such as
`accounts.google.com`, nor the ARN of a SAML or OpenID Connect provider.

## Why is this bad?
IAM refuses the policy. A provider of one's own is named by its ARN, `arn:aws:iam::account:saml-provider/name` or
`arn:aws:iam::account:oidc-provider/domain`.

## Example
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "saml-provider/corp"},
    "Action": "sts:AssumeRoleWithSAML",
    "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
  }
}
```

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"},
    "Action": "sts:AssumeRoleWithSAML",
    "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
  }
}
```

## Fix safety
Not safe: AWS refused the policy, and now takes it.

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Invalid federated principal syntax in role trust policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-federated-principal-syntax-in-role-trust-policy)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.trust_principals import provider_kind


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for principal in statement.principals or ():
        if principal.type != "Federated" or principal.text == "*" or "$" in principal.text:
            continue
        if provider_kind(principal.text) is not None:
            continue
        meant = arn_of(principal.text, context.options.account_id, context.options.partition or "aws")
        yield Remark(
            f"`{principal.text}` is no identity provider",
            Where(principal.pointer),
            label="neither a domain nor the ARN of a provider",
            notes=("IAM refuses the policy",),
            help=f"write `{meant}`"
            if meant
            else "write the provider's ARN, such as `arn:aws:iam::123456789012:saml-provider/corp`",
            fix=Fix(f"write `{meant}`, whose users may then assume the role", (ReplaceText(principal.pointer, meant),))
            if meant
            else None,
        )


def arn_of(text: str, account: str | None, partition: str) -> str | None:
    """The ARN of a provider of which the end is written, in the account that is known."""
    if account is None or not text.startswith(("saml-provider/", "oidc-provider/")):
        return None
    return f"arn:{partition}:iam::{account}:{text}"


RULE = Rule(
    "invalid-federated-principal-syntax-in-role-trust-policy",
    Severity.ERROR,
    statement=check,
    kinds=frozenset({PolicyKind.TRUST}),
    silences={"mismatched-action-for-principal": Reach.STATEMENT},
)
