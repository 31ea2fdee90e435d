"""Which case files are found without being named."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyeval.cases.discovery import find_case_files
from policyeval.errors import CaseError


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with case files where they are found, and where they are not."""
    for name in (
        "b.policytest.yaml",
        "a.policytest.json",
        "sub/c.policytest.yml",
        "sub/deep/d.policytest.yaml",
        "sub/policytest.yaml",
        "e.policytest.txt",
        "account/cases.yaml",
        "account/account.yaml",
        ".venv/f.policytest.yaml",
        "node_modules/g.policytest.yaml",
        "lib/site-packages/h.policytest.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


FOUND = ["a.policytest.json", "b.policytest.yaml", "sub/c.policytest.yml", "sub/deep/d.policytest.yaml"]


@pytest.mark.usefixtures("team")
def test_every_case_file_below_the_working_directory() -> None:
    assert find_case_files([], None) == FOUND


@pytest.mark.usefixtures("team")
def test_the_accounts_own_cases_as_well() -> None:
    assert find_case_files([], "account/account.yaml") == [*FOUND, "account/cases.yaml"]
    assert find_case_files([], "sub/account.yaml") == FOUND


@pytest.mark.usefixtures("team")
def test_named_files_alone_and_folders_for_what_is_below_them() -> None:
    assert find_case_files(["sub"], "account/account.yaml") == FOUND[2:]
    assert find_case_files(["nowhere.yaml", "sub/deep", "nowhere.yaml", "-"], None) == ["nowhere.yaml", FOUND[3], "-"]


@pytest.mark.usefixtures("team")
def test_a_folder_with_an_account_and_its_cases_can_be_named() -> None:
    assert find_case_files(["account"], None) == ["account/cases.yaml"]
    assert find_case_files(["account/cases.yaml"], None) == ["account/cases.yaml"]


def test_finding_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaseError, match="no case files below the working directory"):
        find_case_files([], None)
    with pytest.raises(CaseError, match="no case files below"):
        find_case_files([str(tmp_path)], None)
