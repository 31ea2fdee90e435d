"""A trust policy for IAM Roles Anywhere without all actions that it calls.

## What it does
Reports trust policies that let `rolesanywhere.amazonaws.com` in and do not allow it `sts:AssumeRole`,
`sts:SetSourceIdentity` and `sts:TagSession`.

## Why is this bad?
IAM Roles Anywhere sets the certificate's subject as the source identity and its fields as session tags. Without the
two actions the role cannot be assumed with a certificate.

## Example
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "rolesanywhere.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {
      "ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:123456789012:trust-anchor/5f6a"}
    }
  }
}
```

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "rolesanywhere.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
    "Condition": {
      "ArnEquals": {"aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:123456789012:trust-anchor/5f6a"}
    }
  }
}
```

## Fix safety
Not safe: IAM Roles Anywhere can then assume the role, as was meant.

## References
- [Trust model in IAM Roles Anywhere](https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html)
- [Access Analyzer: Missing action for Roles Anywhere trust policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-action-for-roles-anywhere-trust-policy)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Edit, Fix, InsertItem, ReplaceValue
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, PrincipalEntry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext

ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
NEEDED = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
"""Source: IAM Roles Anywhere User Guide, trust-model."""


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    places = [
        (statement, principal)
        for statement in policy
        for principal in statement.principals or ()
        if statement.effect == "Allow" and principal.text == ROLES_ANYWHERE
    ]
    if not places:
        return
    allowed = {action for statement, _ in places for action in context.actions(statement)}
    missing = [action for action in NEEDED if action.lower() not in allowed]
    if missing:
        yield remark(*places[0], missing)


def remark(statement: Statement, principal: PrincipalEntry, missing: list[str]) -> Remark:
    names = " and ".join(f"`{action}`" for action in missing)
    return Remark(
        f"IAM Roles Anywhere cannot assume the role without {names}",
        Where(principal.pointer),
        label=f"calls {', '.join(f'`{action}`' for action in NEEDED)}",
        help=f"add {names}",
        fix=Fix(f"add {names}, which IAM Roles Anywhere may then call", edits(statement, missing))
        if statement.actions is not None
        else None,
    )


def edits(statement: Statement, missing: list[str]) -> tuple[Edit, ...]:
    place = statement.element("Action")
    entries = statement.actions or ()
    if len(entries) == 1 and entries[0].pointer == place:
        return (ReplaceValue(place, [entries[0].text, *missing]),)
    return tuple(InsertItem(place, action) for action in missing)


RULE = Rule(
    "missing-action-for-roles-anywhere-trust-policy",
    Severity.ERROR,
    policy=check,
    kinds=frozenset({PolicyKind.TRUST}),
)
