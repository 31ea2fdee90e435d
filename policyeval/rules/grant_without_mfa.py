"""A user whose rights ask for no multi-factor authentication.

## What it does
Reports users who are allowed anything beyond looking after their own credentials by a statement that asks for no MFA,
and whom no Deny asks for it either. A group that has no effect for the user is passed over.

## Why is this bad?
A password, or an access key that leaked, is then enough. Most accounts let newcomers only set up their MFA device
and give everything else on the condition that it was used.

## Example
```yaml
account: "123456789012"
groups:
  Readers:
    policies:
      - Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::team-logs/*"}
users:
  alice: {groups: [Readers]}
```

## Use instead
```yaml
account: "123456789012"
groups:
  Readers:
    policies:
      - Version: "2012-10-17"
        Statement:
          Effect: Allow
          Action: "s3:GetObject"
          Resource: "arn:aws:s3:::team-logs/*"
          Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}
users:
  alice: {groups: [Readers]}
```

## References
- [Configuring MFA-protected API access](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.account.account import Account
from policyeval.diagnostics.severity import Severity
from policyeval.evaluation.policies import Attached
from policyeval.policy.model import Statement
from policyeval.rules.account_places import place_of
from policyeval.rules.contract import AccountContext, Remark, Rule
from policyeval.rules.denied_groups import denied_wholly, unconditional_denials

_MFA_KEYS = ("aws:multifactorauthpresent", "aws:multifactorauthage")
_OWN_CREDENTIALS = (
    "iam:changepassword",
    "iam:getaccountpasswordpolicy",
    "iam:getaccountsummary",
    "iam:getuser",
    "iam:listaccountaliases",
    "iam:listusers",
    "sts:getcalleridentity",
    "sts:getsessiontoken",
)
"""What a newcomer needs before there is an MFA device; actions on MFA devices aside."""


def check(account: Account, context: AccountContext) -> Iterator[Remark]:
    for user in account.users.values():
        groups = [account.groups[name] for name in user.groups]
        held = [*user.policies, *(policy for group in groups for policy in group.policies)]
        if any(asks_for_mfa(statement) for attached in held for statement in attached.policy if is_deny(statement)):
            continue
        # What is taken back wholly is told by `group-without-effect`.
        idle = {
            group.name
            for group in groups
            if denied_wholly(group, unconditional_denials(account, user, besides=group.name))
        }
        effective = (policy for group in groups if group.name not in idle for policy in group.policies)
        found = first_grant([*user.policies, *effective])
        if found is not None:
            attached, statement = found
            yield Remark(
                f"user `{user.name}` needs no MFA for what they may do",
                place_of(user),
                label="a password or an access key is enough",
                notes=(f"{statement.label} in {attached.policy.name} ({attached.origin}) asks for none",),
                help="add a Deny with `BoolIfExists` `aws:MultiFactorAuthPresent` `false`, or a condition to the Allow",
            )


def is_deny(statement: Statement) -> bool:
    return statement.effect == "Deny"


def first_grant(held: list[Attached]) -> tuple[Attached, Statement] | None:
    """The first Allow that gives more than one's own credentials without asking for MFA."""
    return next(
        (
            (attached, statement)
            for attached in held
            for statement in attached.policy
            if not is_deny(statement) and not asks_for_mfa(statement) and not is_about_credentials(statement)
        ),
        None,
    )


def asks_for_mfa(statement: Statement) -> bool:
    return any(condition.key.lower() in _MFA_KEYS for condition in statement.conditions)


def is_about_credentials(statement: Statement) -> bool:
    """Whether a statement only lets people look after their own password and MFA device."""
    actions = [entry.text.lower() for entry in statement.actions or ()]
    return statement.actions is not None and all(
        action in _OWN_CREDENTIALS or (action.startswith("iam:") and "mfadevice" in action) for action in actions
    )


RULE = Rule("grant-without-mfa", Severity.WARNING, account=check, pedantic=True)
