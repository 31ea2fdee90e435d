"""What an account sets outside of policies takes part in the decision.

Source: Billing User Guide, control-access-billing; IAM User Guide, id_credentials_passwords_account-policy.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from policyeval.account.account import Account
from policyeval.evaluation.trace import Decision, Layer

ID = "123456789012"
EVERYTHING = '{Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}'


def load(folder: Path, settings: str) -> Account:
    path = folder / "account.yaml"
    path.write_text(
        f'account: "{ID}"\nusers: {{admin: {{policies: [{EVERYTHING}]}}, alice: }}\n'
        f"roles: {{r: {{policies: [{EVERYTHING}]}}}}\n"
        f"settings: {settings}\n",
        encoding="utf-8",
    )
    return Account.load(str(path))


OFF = "{billing-access: deactivated}"
BILLING = [
    # settings, who, action, allowed
    (OFF, "admin", "aws-portal:ViewBilling", False),
    (OFF, "admin", "billing:GetBillingData", False),
    (OFF, "role/r", "aws-portal:ViewBilling", False),
    (OFF, "root", "aws-portal:ViewBilling", True),
    (OFF, "admin", "s3:ListAllMyBuckets", True),
    ("{billing-access: activated}", "admin", "aws-portal:ViewBilling", True),
    ("{billing-access: activated}", "alice", "aws-portal:ViewBilling", False),
    ("{}", "admin", "aws-portal:ViewBilling", True),
]


@pytest.mark.parametrize(("settings", "who", "action", "allowed"), BILLING)
def test_without_iam_access_to_billing_only_root_passes(
    tmp_path: Path, settings: str, who: str, action: str, allowed: bool
) -> None:
    assert load(tmp_path, settings).simulate(who, action).allowed is allowed


def test_the_explanation_names_the_setting(tmp_path: Path) -> None:
    result = load(tmp_path, OFF).simulate("admin", "aws-portal:ViewBilling")
    assert (result.decision, result.reason) == (Decision.IMPLICIT_DENY, Layer.SETTINGS)
    (miss,) = result.nearest_misses
    assert miss.statement.pointer == "/settings/billing-access"


ON = "{password-policy: {allow-users-to-change-password: true}}"
OWN = f"arn:aws:iam::{ID}:user/alice"
PASSWORD = [
    (ON, "alice", "iam:ChangePassword", OWN, True),
    (ON, "alice", "iam:ChangePassword", f"arn:aws:iam::{ID}:user/admin", False),
    (ON, "alice", "iam:GetAccountPasswordPolicy", "*", True),
    (ON, "alice", "iam:CreateLoginProfile", OWN, False),
    ("{password-policy: {allow-users-to-change-password: false}}", "alice", "iam:ChangePassword", OWN, False),
    ("{}", "alice", "iam:ChangePassword", OWN, False),
]


@pytest.mark.parametrize(("settings", "who", "action", "resource", "allowed"), PASSWORD)
def test_users_may_change_their_own_password_when_the_account_lets_them(
    tmp_path: Path, settings: str, who: str, action: str, resource: str, allowed: bool
) -> None:
    result = load(tmp_path, settings).simulate(who, action, resource)
    assert result.allowed is allowed
    if allowed:
        assert result.deciding[0].statement.pointer == "/settings/password-policy/allow-users-to-change-password"
