"""Account settings, written as the policies that they amount to: one that limits everybody but root, in a layer of its
own, and one that grants, beside a user's identity policies.

Every pointer of such a policy leads to the setting in the account file, where an explanation shows it.
"""

from __future__ import annotations

from policyeval.account.model import Settings
from policyeval.evaluation.policies import Attached
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import OLD_VERSION, Entry, Policy, Statement
from policyeval.source import Pointer


def billing_gate(settings: Settings) -> Attached | None:
    """The policy that must allow everybody but root: all actions but those of the billing pages.

    Nothing when IAM access to the billing pages is activated, or when the account does not say.
    """
    if settings.billing_access != "deactivated":
        return None
    from policyeval.catalog.billing import BILLING_ACTIONS

    at = settings.billing_pointer
    statement = Statement(
        0,
        at,
        "Allow",
        sid="billing-access",
        not_actions=tuple(Entry(pattern, at) for pattern in BILLING_ACTIONS),
        resources=(Entry("*", at),),
    )
    return Attached(_policy(settings, statement), "account setting")


def password_grant(settings: Settings, user_arn: str) -> Attached | None:
    """The rights that "Allow users to change their own password" gives every user, or nothing.

    Source: IAM User Guide, id_credentials_passwords_account-policy: such users may call `iam:ChangePassword` for
    themselves and `iam:GetAccountPasswordPolicy`, without any policy.
    """
    if not settings.allow_users_to_change_password:
        return None
    at = settings.password_pointer
    own = _grant(0, "iam:ChangePassword", user_arn, at)
    rules = _grant(1, "iam:GetAccountPasswordPolicy", "*", at)
    return Attached(_policy(settings, own, rules), "account setting")


def _grant(index: int, action: str, resource: str, at: Pointer) -> Statement:
    sid = "allow-users-to-change-password"
    return Statement(index, at, "Allow", sid=sid, actions=(Entry(action, at),), resources=(Entry(resource, at),))


def _policy(settings: Settings, *statements: Statement) -> Policy:
    name = settings.source.name if settings.source is not None else "account settings"
    # The old version, in which `${` in a user's path is plain text.
    return Policy(PolicyKind.IDENTITY, statements, OLD_VERSION, name=name, source=settings.source)
