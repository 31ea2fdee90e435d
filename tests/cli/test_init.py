"""`policyeval init`: a starter account, whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from policyeval.account.account import Account
from policyeval.cases.files import run_files
from policyeval.cases.reader import Accounts
from policyeval.cli.init import FILES, write_all
from policyeval.cli.main import main
from policyeval.errors import PolicyevalError

GUIDE = Path(__file__).parent.parent.parent / "fixtures" / "guide"
ID = "111122223333"


@pytest.fixture
def init(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLICYEVAL_ACCOUNT", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = 0
        try:
            main(["init", *arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_starter_is_the_guides_account_for_another_id(init: Any, tmp_path: Path) -> None:
    status, out, err = init("starter", "--account-id", ID)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "wrote 8 files to starter",
        "next: policyeval simulate alice iam:ListUsers --account starter/account.yaml",
        "      policyeval check starter",
        "      policyeval test starter",
    ]
    assert names(tmp_path / "starter") == set(FILES)
    for name in FILES:
        text = (tmp_path / "starter" / name).read_text(encoding="utf-8")
        assert "ACCOUNT-ID-WITHOUT-HYPHENS" not in text
        assert "123456789012" not in text
    account = Account.load(str(tmp_path / "starter" / "account.yaml"), exact=True)
    assert account.id == ID
    device = f"arn:aws:iam::{ID}:mfa/alice"
    assert account.simulate("alice", "iam:CreateVirtualMFADevice", device).notes == ()


def test_the_starters_cases_pass(init: Any, tmp_path: Path) -> None:
    init("--account-id", ID)
    results = run_files([str(tmp_path / "cases.yaml")], Accounts()).results
    assert len(results) >= 40
    assert all(result.passed for result in results)


def test_but_for_the_id_the_policies_are_the_guides(init: Any, tmp_path: Path) -> None:
    init("--account-id", "123456789012")
    for name in FILES:
        mine = (tmp_path / name).read_text(encoding="utf-8").replace("123456789012", "ID")
        guides = (GUIDE / name).read_text(encoding="utf-8").replace("ACCOUNT-ID-WITHOUT-HYPHENS", "ID")
        assert mine == guides.replace("123456789012", "ID")


def test_nothing_is_written_over_a_file(init: Any, tmp_path: Path) -> None:
    (tmp_path / "billing.json").write_text("mine", encoding="utf-8")
    (tmp_path / "cases.yaml").write_text("mine", encoding="utf-8")
    status, out, err = init("--account-id", ID)
    assert (status, out) == (2, "")
    assert err.startswith("error: `billing.json` exists, and 1 more of the files")
    assert "--force" in err
    assert names(tmp_path) == {"billing.json", "cases.yaml"}
    assert (tmp_path / "billing.json").read_text(encoding="utf-8") == "mine"


def test_unless_it_is_forced(init: Any, tmp_path: Path) -> None:
    (tmp_path / "billing.json").write_text("mine", encoding="utf-8")
    (tmp_path / "other.json").write_text("mine", encoding="utf-8")
    assert init("--account-id", ID, "--force")[0] == 0
    assert names(tmp_path) == {*FILES, "other.json"}
    assert "AllowViewBilling" in (tmp_path / "billing.json").read_text(encoding="utf-8")


def test_a_link_that_leads_nowhere_is_a_file_that_exists(init: Any, tmp_path: Path) -> None:
    (tmp_path / "account.yaml").symlink_to("nowhere")
    assert init("--account-id", ID)[0] == 2
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--account-id", "12"), "`12` is no account id"),
        (("--account-id", "1111-2222-3333"), "`1111-2222-3333` is no account id"),
        (("/dev/null/x", "--account-id", ID), "cannot write to `/dev/null/x`: not a directory"),
        (("/dev/null", "--account-id", ID), "cannot write to `/dev/null`: "),
        (("a" * 300, "--account-id", ID), f"cannot write to `{'a' * 300}`: file name too long"),
        (("b/" * 3000, "--account-id", ID), "file name too long"),
    ],
)
def test_what_cannot_be_done_is_one_clear_error(
    init: Any, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = init(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err
    assert names(tmp_path) == set()


def test_a_folder_in_the_way_undoes_everything(init: Any, tmp_path: Path) -> None:
    (tmp_path / "administrator.json").write_text("mine", encoding="utf-8")
    (tmp_path / "cases.yaml").mkdir()
    status, _, err = init("--account-id", ID, "--force")
    assert status == 2
    assert "nothing was changed" in err
    assert names(tmp_path) == {"administrator.json", "cases.yaml"}
    assert (tmp_path / "administrator.json").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("failing", range(1, 7))
def test_wherever_writing_fails_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """Whole or not at all: a disk that fills up at any file leaves what was there and nothing else."""
    target = tmp_path / "new" / "folder"
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "b").write_text("mine", encoding="utf-8")
    calls = iter(range(1, 1000))
    replace = os.replace

    def fill_up(*arguments: Any) -> None:
        if next(calls) == failing:
            raise OSError(28, "No space left on device")
        replace(*arguments)

    monkeypatch.setattr(os, "replace", fill_up)
    texts = {name: name for name in "abcdef"}
    for folder in (target, kept):
        calls = iter(range(1, 1000))
        with pytest.raises(PolicyevalError, match="no space left"):
            write_all(folder, texts)
    assert names(tmp_path) == {"kept"}
    assert names(kept) == {"b"}
    assert (kept / "b").read_text(encoding="utf-8") == "mine"
    shutil.rmtree(kept)


def test_without_an_account_id_it_is_the_one_of_examples_and_said(init: Any) -> None:
    status, out, err = init()
    assert (status, err) == (0, "")
    assert "account: 123456789012, which AWS keeps for examples; `--account-id` sets your own" in out
    assert Account.load("account.yaml").id == "123456789012"


def test_no_name_of_a_directory_reaches_a_terminal_as_it_is(init: Any) -> None:
    status, out, _ = init("a\x1b[31mb")
    assert status == 0
    assert "\x1b" not in out
    assert "wrote 8 files to a\\x1b[31mb" in out
