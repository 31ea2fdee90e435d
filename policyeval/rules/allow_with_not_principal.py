"""An Allow for everybody but some.

## What it does
Reports `NotPrincipal` in an Allow of a resource policy.

## Why is this bad?
It lets in everybody else: all other AWS accounts, and callers without credentials. Most services refuse the policy.
Nor does it keep the named ones out: another Allow lets them in all the same.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:user/intern"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"AWS": "111122223333"},
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::team-logs/*"
    },
    {
      "Effect": "Deny",
      "Principal": {"AWS": "arn:aws:iam::111122223333:user/intern"},
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::team-logs/*"
    }
  ]
}
```

## References
- [AWS JSON policy elements: NotPrincipal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html)
- [Access Analyzer: Allow with NotPrincipal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-allow-with-not-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.wording import quoted


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    spared = statement.not_principals
    if spared is None or statement.effect != "Allow":
        return
    excluded = f" but {quoted((entry.text for entry in spared), most=1)}" if spared else ""
    others = "all others whom the conditions let through" if statement.conditions else "all other AWS accounts"
    yield Remark(
        f"everybody{excluded} is let in",
        Where(statement.element("NotPrincipal"), on_key=True),
        label=others,
        related=(Label(Where(statement.element("Effect")), "let in by this"),),
        notes=("those that it names are not denied by this: another Allow lets them in again",) if spared else (),
        help="name who may in `Principal`, and deny who must never",
    )


RULE = Rule(
    "allow-with-not-principal",
    Severity.SECURITY_WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.RESOURCE}),
)
