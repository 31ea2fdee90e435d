"""The output of `aws iam get-account-authorization-details`, as it is.

Source: IAM API Reference, GetAccountAuthorizationDetails.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyeval.account.account import Account
from policyeval.errors import PolicyevalError

ID = "123456789012"


def document(action: str = "s3:*") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
MANAGED = f"arn:aws:iam::{ID}:policy/team/Queues"
EXPORT: dict[str, Any] = {
    "UserDetailList": [
        {
            "Path": "/team/",
            "UserName": "alice",
            "UserId": "AIDAEXAMPLEEXAMPLE1",
            "Arn": f"arn:aws:iam::{ID}:user/team/alice",
            "CreateDate": "2026-01-01T00:00:00+00:00",
            "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": document("s3:Get*")}],
            "GroupList": ["Readers"],
            "AttachedManagedPolicies": [{"PolicyName": "Queues", "PolicyArn": MANAGED}],
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": MANAGED},
            "Tags": [{"Key": "team", "Value": "core"}],
        },
        {"Path": "/", "UserName": "bob", "UserId": "AIDAEXAMPLEEXAMPLE2", "Arn": f"arn:aws:iam::{ID}:user/bob"},
    ],
    "GroupDetailList": [
        {
            "Path": "/",
            "GroupName": "Readers",
            "GroupId": "AGPAEXAMPLEEXAMPLE1",
            "Arn": f"arn:aws:iam::{ID}:group/Readers",
            "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": document("sns:*")}],
            "AttachedManagedPolicies": [],
        }
    ],
    "RoleDetailList": [
        {
            "Path": "/",
            "RoleName": "app",
            "RoleId": "AROAEXAMPLEEXAMPLE1",
            "Arn": f"arn:aws:iam::{ID}:role/app",
            "AssumeRolePolicyDocument": TRUST,
            "InstanceProfileList": [{"InstanceProfileName": "app-profile", "Arn": f"arn:aws:iam::{ID}:x", "Roles": []}],
            "RolePolicyList": [],
            "AttachedManagedPolicies": [{"PolicyName": "Queues", "PolicyArn": MANAGED}],
            "Tags": [],
        }
    ],
    "Policies": [
        {
            "PolicyName": "Queues",
            "Arn": MANAGED,
            "DefaultVersionId": "v2",
            "PolicyVersionList": [
                {"Document": document("sqs:*"), "VersionId": "v2", "IsDefaultVersion": True},
                {"Document": document("*"), "VersionId": "v1", "IsDefaultVersion": False},
            ],
        }
    ],
}


def load(folder: Path, export: object) -> Account:
    path = folder / "export.json"
    path.write_text(json.dumps(export, indent=1), encoding="utf-8")
    return Account.load(str(path))


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The export with one member changed, or removed where `to` is None."""
    export = copy.deepcopy(EXPORT)
    place: Any = export
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return export


def test_an_export_is_an_account_as_it_is(tmp_path: Path) -> None:
    account = load(tmp_path, EXPORT)
    alice = account.users["alice"]
    assert (account.id, account.partition) == (ID, "aws")
    assert (alice.arn, alice.groups) == (f"arn:aws:iam::{ID}:user/team/alice", ("Readers",))
    assert (alice.tags, alice.unique_id) == ({"team": "core"}, "AIDAEXAMPLEEXAMPLE1")
    assert [attached.policy.name for attached in alice.policies] == ["inline", "Queues"]
    assert account.users["bob"].policies == ()


@pytest.mark.parametrize(
    ("who", "action", "allowed"),
    [
        ("role/app", "sqs:SendMessage", True),  # the default version
        ("role/app", "ec2:RunInstances", False),  # and no other
        ("alice", "sqs:SendMessage", True),
        ("alice", "sns:Publish", False),  # her group allows, her boundary does not
        ("alice", "s3:GetObject", False),
        ("bob", "sqs:SendMessage", False),
    ],
)
def test_what_the_export_decides(tmp_path: Path, who: str, action: str, allowed: bool) -> None:
    assert load(tmp_path, EXPORT).simulate(who, action).allowed is allowed


@pytest.mark.parametrize("lead", ["", " ", "\n\t"])
def test_documents_may_be_url_encoded(tmp_path: Path, lead: str) -> None:
    """As the API sends them, white space of the author's before the brace or not."""
    encoded = quote(lead + json.dumps(document("sqs:*")))
    export = changed("Policies", 0, "PolicyVersionList", 0, "Document", to=encoded)
    export["RoleDetailList"][0]["AssumeRolePolicyDocument"] = quote(json.dumps(TRUST))
    assert load(tmp_path, export).simulate("role/app", "sqs:SendMessage").allowed


def test_an_account_file_may_wrap_an_export(tmp_path: Path) -> None:
    load(tmp_path, EXPORT)
    path = tmp_path / "account.yaml"
    path.write_text(
        f'account: "{ID}"\nauthorization-details: export.json\nusers: {{zoe: {{groups: [Readers]}}}}\n',
        encoding="utf-8",
    )
    account = Account.load(str(path))
    assert set(account.users) == {"alice", "bob", "zoe"}
    assert account.simulate("zoe", "sns:Publish").allowed


def test_a_wrapping_file_lives_in_the_partition_of_the_export(tmp_path: Path) -> None:
    """Users written beside an export of another partition got ARNs of `aws`."""
    text = json.dumps(EXPORT).replace("arn:aws:", "arn:aws-us-gov:")
    (tmp_path / "export.json").write_text(text, encoding="utf-8")
    path = tmp_path / "account.yaml"
    path.write_text(f'account: "{ID}"\nauthorization-details: export.json\nusers: {{zoe: }}\n', encoding="utf-8")
    assert Account.load(str(path)).users["zoe"].arn == f"arn:aws-us-gov:iam::{ID}:user/zoe"
    path.write_text(f'account: "{ID}"\npartition: aws\nauthorization-details: export.json\n', encoding="utf-8")
    with pytest.raises(PolicyevalError, match="is of the partition `aws-us-gov`, not `aws`"):
        Account.load(str(path))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({**EXPORT, "IsTruncated": True}, "the export is cut off: it says `IsTruncated`"),
    (changed("RoleDetailList", to=None), "the export has no `RoleDetailList`"),
    (changed("Policies", to=None), "the export has no `Policies`"),
    (changed("UserDetailList", 0, "Arn", to=None), "`Arn` is missing from `0`"),
    (changed("UserDetailList", 0, "UserName", to=None), "`UserName` is missing from `0`"),
    (
        changed("UserDetailList", 1, "Arn", to="arn:aws:iam::444455556666:user/bob"),
        f"`arn:aws:iam::444455556666:user/bob` is not of account {ID}",
    ),
    (changed("UserDetailList", 0, "GroupList", to=["Writers"]), "no group `Writers` in the export"),
    (
        changed("UserDetailList", 0, "AttachedManagedPolicies", 0, "PolicyArn", to=MANAGED + "2"),
        f"the account names `{MANAGED}2` but does not hold it",
    ),
    (
        changed("Policies", 0, "PolicyVersionList", 0, "IsDefaultVersion", to=False),
        f"`{MANAGED}` has no default version",
    ),
    (
        changed("RoleDetailList", 0, "AssumeRolePolicyDocument", to=document()),
        "a statement of a role trust policy names no `Principal`",
    ),
    (changed("RoleDetailList", 0, "AssumeRolePolicyDocument", to="%7Bbroken"), "is not in double quotes"),
    (
        {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []},
        "the export lists nothing that belongs to an account",
    ),
]


@pytest.mark.parametrize(("export", "message"), WRONG)
def test_what_is_wrong_with_an_export(tmp_path: Path, export: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyevalError) as caught:
        load(tmp_path, export)
    assert message in caught.value.message
    assert caught.value.where is not None


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_an_export_cut_off_in_the_middle(tmp_path: Path, part: float) -> None:
    text = json.dumps(EXPORT, indent=1)
    path = tmp_path / "export.json"
    path.write_text(text[: int(len(text) * part)], encoding="utf-8")
    with pytest.raises(PolicyevalError) as caught:
        Account.load(str(path))
    assert caught.value.span is not None


JUNK: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2) | st.just({})
)


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """The export with one value somewhere replaced."""
    export = copy.deepcopy(EXPORT)
    place: Any = export
    while True:
        key = draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
        below = place[key]
        if not (isinstance(below, dict | list) and below) or draw(st.integers(0, 4)) == 0:
            place[key] = draw(JUNK)
            return export
        place = below


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damaged())
def test_a_damaged_export_is_an_account_or_an_error_in_its_place(tmp_path: Path, export: Any) -> None:
    error = trouble_with(tmp_path, export)
    assert error is None or error.where is not None


def trouble_with(folder: Path, export: Any) -> PolicyevalError | None:
    try:
        load(folder, export)
    except PolicyevalError as error:
        return error
    return None
