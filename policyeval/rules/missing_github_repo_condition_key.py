"""A GitHub trust that does not say which repository.

## What it does
Reports a trust policy that takes the tokens of GitHub Actions and asks for neither `:sub` nor another claim that
names a repository or its owner.

## Why is this bad?
Every workflow of every GitHub user gets such a token, with the audience `sts.amazonaws.com` if it asks for that. Only
the subject says which repository it runs in.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
      "StringEquals": {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:example/app:ref:refs/heads/main"
      }
    }
  }
}
```

## References
- [Create a role for OpenID Connect federation](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html)
- [Access Analyzer: Missing GitHub repo condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-missing-github-repo-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.oidc import GITHUB
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.identity_providers import asked_claims, holder_claims, trusted_providers


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for entry, host in trusted_providers(statement):
        if host != GITHUB or holder_claims(statement, host) or is_told_of_wildcard(statement):
            continue
        yield Remark(
            "a workflow of any repository on GitHub assumes the role",
            Where(entry.pointer),
            label="nothing says which repository",
            notes=("the audience says for whom a token is meant, not where it comes from",),
            help=f"compare `{GITHUB}:sub` with `repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH`",
        )


def is_told_of_wildcard(statement: Statement) -> bool:
    """Whether the subject is compared, if too widely: `specific-github-repo-and-branch-recommended` says so."""
    return "sub" in asked_claims(statement, GITHUB)


RULE = Rule(
    "missing-github-repo-condition-key",
    Severity.SECURITY_WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.TRUST}),
    silences={"missing-condition-key-for-oidc-principal": Reach.PLACE},
)
