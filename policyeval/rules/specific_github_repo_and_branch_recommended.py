"""A GitHub subject whose owner or repository is a wildcard.

## What it does
Reports a pattern for `token.actions.githubusercontent.com:sub` with a wildcard before the end of the repository's
name, or one that does not begin with `repo:`. A wildcard after it (`repo:example/app:*`) means any branch of one
repository and is not reported.

## Why is this bad?
`repo:example/*` is every repository of the owner, the one that an intern makes tomorrow too, and `repo:example*` is
every owner whose name begins so: anybody can register one.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/*"}}
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
- [Access Analyzer: Specific GitHub repo and branch recommended](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-specific-github-repo-and-branch-recommended)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.oidc import GITHUB
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.identity_providers import claim_of
from policyeval.syntax.wildcard import literal_head


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow":
        return
    for condition in statement.conditions:
        if claim_of(condition) != (GITHUB, "sub") or condition.operator.base != "StringLike":
            continue
        for value in condition.values:
            label = openness(value.text)
            if label is not None:
                yield Remark(
                    f"the subject `{value.text}` fits {label}",
                    Where(value.pointer),
                    label=f"fits {label}",
                    help="name the repository, and the branch if one is meant: `repo:OWNER/NAME:ref:refs/heads/main`",
                )


def openness(subject: str) -> str | None:
    """Whom a pattern lets in beyond one repository; nothing when it names one."""
    head = literal_head(subject)
    if head == subject:
        return None
    if not head.startswith("repo:"):
        return "every repository of GitHub" if not head.strip("repo:") else "more than one repository"
    owner, slash, repository = head.removeprefix("repo:").partition("/")
    if not slash:
        return "owners that somebody else may register" if owner else "every repository of GitHub"
    return None if ":" in repository else f"more than one repository of `{owner}`"


RULE = Rule(
    "specific-github-repo-and-branch-recommended",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=frozenset({PolicyKind.TRUST}),
)
