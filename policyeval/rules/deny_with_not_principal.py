"""A Deny for everybody but some, by `NotPrincipal`.

## What it does
Reports `NotPrincipal` in a Deny of a resource policy.

## Why is this bad?
The list must hold the whole chain of whoever is to be spared: a role, its session and its account, or a user and their
account. What is missing may be denied, and with it who was meant. And a principal with a permissions boundary is denied
whatever the list says: the day somebody sets a boundary on the role, it is locked out.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::111122223333:root"]},
    "Action": "s3:DeleteObject",
    "Resource": "arn:aws:s3:::releases/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:DeleteObject",
    "Resource": "arn:aws:s3:::releases/*",
    "Condition": {
      "ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/deploy"}
    }
  }
}
```

## References
- [AWS JSON policy elements: NotPrincipal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html)
- [Permissions boundaries for IAM entities](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import PrincipalEntry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.wording import quoted
from policyeval.syntax.arn import split_arn


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    spared = statement.not_principals
    if spared is None or statement.effect != "Deny":
        return
    missing = _missing_accounts(spared)
    yield Remark(
        "`NotPrincipal` denies every principal that has a permissions boundary",
        Where(statement.element("NotPrincipal"), on_key=True),
        label="whatever it lists",
        related=(Label(Where(statement.element("Effect")), "denied by this"),),
        notes=(
            (f"the list lacks the account of {quoted(missing, most=2)}: AWS may deny them as well as all others",)
            if missing
            else ()
        ),
        help="write `Principal` `*`, and a condition `ArnNotEquals` on `aws:PrincipalArn` that spares them",
    )


def _missing_accounts(spared: tuple[PrincipalEntry, ...]) -> list[str]:
    """The users, roles and sessions whose account is not in the list, which AWS wants there too."""
    accounts = set()
    for entry in spared:
        segments = split_arn(entry.text)
        if len(segments) == 1:
            accounts.add(entry.text)
        elif segments[-1] == "root":
            accounts.add(segments[4])
    return [
        entry.text
        for entry in spared
        if len(segments := split_arn(entry.text)) == 6 and segments[5] != "root" and segments[4] not in accounts
    ]


RULE = Rule(
    "deny-with-not-principal",
    Severity.WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.RESOURCE}),
)
