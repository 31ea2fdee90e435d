"""An identity provider all of whose users may assume the role.

## What it does
Reports a trust policy that takes the tokens of an OpenID Connect provider and asks for none of their claims; of a
provider at which anybody can sign up (GitLab, Terraform Cloud, Buildkite, Amazon Cognito, Google and others), also one
that asks for no claim of which the value tells whose token it is. `prove no-public-access` takes the same claims.

## Why is this bad?
A provider such as GitLab or Google issues tokens to everybody who signs up. Without a condition on `:aud` or `:sub`
each of them can assume the role. With most of them whoever asks for a token chooses its audience, so that `:aud` alone
keeps nobody out.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"},
    "Action": "sts:AssumeRoleWithWebIdentity"
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
- [Access Analyzer: Missing condition key for OIDC principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-missing-condition-key-for-oidc-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.oidc import GITHUB, claims_of_holders, shared_providers
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.identity_providers import asked_claims, holder_claims, trusted_providers
from policyeval.rules.wording import listed


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for entry, host in trusted_providers(statement):
        asked = asked_claims(statement, host)
        if not asked:
            yield Remark(
                f"any token of `{host}` assumes the role",
                Where(entry.pointer),
                label="no claim of the token is asked for",
                help=f"compare `{host}:aud` with your audience, and `{host}:sub` with the subjects that you mean",
            )
            continue
        if host in shared_providers() and host != GITHUB and not holder_claims(statement, host):
            names = listed((f"`{host}:{claim}`" for claim in claims_of_holders(host)), "or")
            yield Remark(
                f"tokens of strangers at `{host}` assume the role",
                Where(entry.pointer),
                label="anybody can get a token here",
                related=tuple(
                    Label(Where(condition.pointer, on_key=True), "does not say whose token it is")
                    for condition in asked.values()
                ),
                help=f"compare {names} with yours, without a wildcard before the name of the owner",
            )


RULE = Rule(
    "missing-condition-key-for-oidc-principal",
    Severity.SECURITY_WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.TRUST}),
)
