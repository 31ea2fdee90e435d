"""Fixes made in files: formatting kept, written whole, permissions kept, links followed only inside."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from policyeval.baseline import key_of, write_baseline
from policyeval.linter.mending import mend, unified_diff, write_mended
from policyeval.linter.run import Plan, run
from policyeval.linter.selection import Selection

SELECTION = Selection(("action-separator", "invalid-action"))
STATEMENT = '{"Effect":"Deny","Action":["iam>DeleteUser"  ],"Resource":"*"}'
BEFORE = f'{{\r\n\t"Version" : "2012-10-17",\r\n\t"Statement" : {STATEMENT}}}'
AFTER = BEFORE.replace("iam>DeleteUser", "iam:DeleteUser")


def mended(*paths: str, unsafe: bool = True) -> list[str]:
    plan = Plan(paths=paths, selection=SELECTION)
    found = list(mend(run(plan), plan, unsafe=unsafe))
    return [error.message for error in write_mended(found, plan)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "policies" / "deny.json"
    path.parent.mkdir()
    path.write_bytes(BEFORE.encode())
    return path


def test_only_what_a_fix_names_changes(path: Path) -> None:
    assert mended(str(path)) == []
    assert path.read_bytes() == AFTER.encode()


def test_a_byte_order_mark_stays(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + BEFORE.encode())
    mended(str(path))
    assert path.read_bytes() == b"\xef\xbb\xbf" + AFTER.encode()


def test_a_fix_that_changes_what_is_allowed_has_to_be_asked_for(path: Path) -> None:
    mended(str(path), unsafe=False)
    assert path.read_bytes() == BEFORE.encode()


def test_permissions_stay(path: Path) -> None:
    path.chmod(0o640)
    mended(str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_is_in_the_baseline_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    other = '{"Sid":"New","Effect":"Deny","Action":"iam>DeleteUser","Resource":"*"}'
    Path("deny.json").write_text(f'{{"Version":"2012-10-17","Statement":[{STATEMENT}]}}')
    plan = Plan(paths=("deny.json",), selection=SELECTION)
    write_baseline("base.json", {key_of(finding, "base.json"): 1 for finding in run(plan).findings})
    Path("deny.json").write_text(f'{{"Version":"2012-10-17","Statement":[{STATEMENT},{other}]}}')
    plan = Plan(paths=("deny.json",), selection=SELECTION, baseline="base.json")
    list(write_mended(list(mend(run(plan), plan, unsafe=True)), plan))
    assert Path("deny.json").read_text().count("iam>DeleteUser") == 1


def test_a_link_to_a_file_inside_of_the_given_paths_is_followed(path: Path) -> None:
    link = path.parent / "a-link.json"
    link.symlink_to(path)
    assert mended(str(path.parent)) == []
    assert path.read_bytes() == AFTER.encode()
    assert link.is_symlink()


def test_a_link_to_a_file_outside_of_the_given_paths_is_not_written_to(path: Path, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.json").symlink_to(path)
    (message,) = mended(str(inside))
    assert "outside of the given paths" in message
    assert path.read_bytes() == BEFORE.encode()


def test_a_difference_is_one_that_patch_takes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    plan = Plan(paths=("deny.json",), selection=SELECTION)
    (found,) = mend(run(plan), plan, unsafe=True)
    assert unified_diff(found).splitlines() == [
        "--- a/deny.json",
        "+++ b/deny.json",
        "@@ -1,3 +1,3 @@",
        " {",
        ' \t"Version" : "2012-10-17",',
        '-\t"Statement" : {"Effect":"Deny","Action":["iam>DeleteUser"  ],"Resource":"*"}}',
        "\\ No newline at end of file",
        '+\t"Statement" : {"Effect":"Deny","Action":["iam:DeleteUser"  ],"Resource":"*"}}',
        "\\ No newline at end of file",
    ]
    assert path.read_bytes() == BEFORE.encode()
