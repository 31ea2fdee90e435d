"""The guide's account under `fixtures/guide/`: its policies stay word for word what the guide prints, flaws included.

What the policies decide is in the case files beside them and is run with all other cases.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

GUIDE = Path(__file__).parents[1] / "fixtures" / "guide"

POLICIES = {
    "administrator.json": "c481801bde9c3fa41892494e249f9a2499bcc57265d3a652dc5fc9cf04730835",
    "billing.json": "7fc7628d52912f8b880ff63639f7847fe3811909dab122f8e44d83eb7f9837dd",
    "manage-own-access-keys.json": "c9323a4b0620ee8713463c006b2094541a72a9e55018ce092d2fa6e1eaa31b45",
    "manage-own-mfa.json": "ee84e4b28e137607c262aa80e1a7bcecbb4bff6f6b4c2ef606d68b1573c9054f",
    "power-user.json": "0d3f9a0df12845f2d24dda18cb1379a1e4a8c1d2a34a7f96770424ff41ea2764",
    "set-own-password.json": "141f70f91c758d992d69dd180d38c9608456f5b48d1aa2b655a6bda85d4831f7",
}
"""Each policy and the SHA-256 of the guide's text, line layout and spaces before colons included."""

CASE_FILES = {"cases.yaml": 50, "cases-settings.yaml": 20}
"""Each case file and the number of cases that it must have at least."""


def read_yaml(name: str) -> Any:
    return yaml.safe_load((GUIDE / name).read_text(encoding="utf-8"))


def statements(name: str) -> dict[str, dict[str, Any]]:
    document = json.loads((GUIDE / name).read_text(encoding="utf-8"))
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_the_folder_holds_the_guides_policies_and_no_others() -> None:
    assert {path.name for path in GUIDE.glob("*.json")} == set(POLICIES)


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_word_for_word_the_guides(name: str) -> None:
    assert hashlib.sha256((GUIDE / name).read_bytes()).hexdigest() == POLICIES[name]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_a_current_document_whose_sids_stand_for_comments(name: str) -> None:
    document = json.loads((GUIDE / name).read_text(encoding="utf-8"))
    assert document["Version"] == "2012-10-17"
    sids = [statement["Sid"] for statement in document["Statement"]]
    assert len(set(sids)) == len(sids)


def test_the_typing_error_of_the_guide_is_kept() -> None:
    own_keys = statements("manage-own-access-keys.json")["AllowListCreateUpdateDeleteOwnAccessKeys"]
    assert own_keys["Action"][-1] == "iam>DeleteAccessKey"


@pytest.mark.parametrize("name", ["set-own-password.json", "manage-own-access-keys.json", "manage-own-mfa.json"])
def test_the_placeholder_for_the_account_is_kept(name: str) -> None:
    text = (GUIDE / name).read_text(encoding="utf-8")
    assert "arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/${aws:username}" in text
    assert "123456789012" not in text


@pytest.mark.parametrize("name", ["account.yaml", "account-billing-deactivated.yaml"])
def test_an_account_gives_each_group_one_policy_of_the_guide(name: str) -> None:
    account = read_yaml(name)
    assert sorted(policy for group in account["groups"].values() for policy in group["policies"]) == sorted(POLICIES)


def test_the_two_accounts_differ_in_every_setting_and_in_nothing_else() -> None:
    usual, other = read_yaml("account.yaml"), read_yaml("account-billing-deactivated.yaml")
    settings, other_settings = usual.pop("settings"), other.pop("settings")
    assert usual == other
    assert settings["billing-access"] != other_settings["billing-access"]
    assert settings["password-policy"] == {"allow-users-to-change-password": False}
    assert other_settings["password-policy"] == {"allow-users-to-change-password": True}


@pytest.mark.parametrize("name", CASE_FILES)
def test_a_case_file_tells_a_story(name: str) -> None:
    cases = read_yaml(name)["cases"]
    names = [case["name"] for case in cases]
    assert len(cases) >= CASE_FILES[name]
    assert len(set(names)) == len(names)
    assert [case["name"] for case in cases if not case.get("because")] == []
    assert {case["expect"] for case in cases} == {"allowed", "implicitDeny", "explicitDeny"}


@pytest.mark.parametrize("name", CASE_FILES)
def test_a_case_file_speaks_of_everyone_in_its_account(name: str) -> None:
    file = read_yaml(name)
    account = read_yaml(file["account"])
    root = f"arn:aws:iam::{account['account']}:root"
    assert {case["request"]["principal"] for case in file["cases"]} == {*account["users"], root}


@pytest.mark.parametrize("name", CASE_FILES)
def test_a_statement_that_a_case_expects_to_decide_is_in_a_policy_of_its_user(name: str) -> None:
    file = read_yaml(name)
    account = read_yaml(file["account"])
    for case in file["cases"]:
        if "expect-statement" in case:
            groups = account["users"][case["request"]["principal"]]["groups"]
            policies = [policy for group in groups for policy in account["groups"][group]["policies"]]
            matching = [s[case["expect-statement"]] for s in map(statements, policies) if case["expect-statement"] in s]
            effect = "Allow" if case["expect"] == "allowed" else "Deny"
            assert [statement["Effect"] for statement in matching] == [effect], case["name"]
