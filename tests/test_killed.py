"""A process that is killed while it writes leaves every file whole: the old one, or the new one."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, permissions and links are POSIX's")

PROGRAM = """\
import os, signal, sys
from policyeval.cli.main import main

when = sys.argv[1]


def die(descriptor, *_):
    if when == "fsync":  # as much as half of it had been written
        os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
    os.kill(os.getpid(), signal.SIGKILL)


setattr(os, when, die)
main(sys.argv[2:])
"""
FIXABLE = """\
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"}
}
"""
NARROW = FIXABLE.replace('["s3:Get*", "s3:GetObject"]', '"s3:GetObject"')
OLD = "what was there before\n"
LEFT = re.compile(r"\.(?P<name>.+)\.(?:\w{8}\.tmp|\d+\.old)")
"""The names of what a killed process may leave, as docs/limits.md tells them."""

# The command, the file that it writes, and what stands in it before.
WRITERS = {
    "fix": (["check", "--fix", "."], "policy.json", FIXABLE),
    "baseline": (["check", "policy.json", "--baseline", "base.json", "--write-baseline"], "base.json", OLD),
    "report": (["check", "policy.json", "--format", "sarif", "--output", "report.sarif"], "report.sarif", OLD),
    "certificate": (
        ["prove", "no-new-access", "--certificate", "proof.json", "policy.json", "narrow.json"],
        "proof.json",
        OLD,
    ),
    "init": (["init", "--force", "--account-id", "111122223333"], "account.yaml", OLD),
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "policy.json").write_text(FIXABLE, encoding="utf-8")
    (folder / "narrow.json").write_text(NARROW, encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def linked(path: Path, text: str) -> Path:
    """A file with permissions of its own, and the path as a link to it."""
    target = path.with_name(f"the-{path.name}")
    target.write_text(text, encoding="utf-8")
    target.chmod(0o604)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
    return target


@pytest.mark.parametrize("when", ["fsync", "replace"])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_kill_in_the_middle_leaves_the_old_file_whole(writer: str, when: str, place: Path) -> None:
    command, name, before = WRITERS[writer]
    target = linked(place / name, before)
    there = {*place.iterdir()}

    killed = subprocess.run([sys.executable, "-c", PROGRAM, when, *command], capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr
    assert target.read_text(encoding="utf-8") == before
    assert (place / name).is_symlink()
    left = {*place.iterdir()} - there
    assert left
    assert all(LEFT.fullmatch(path.name) for path in left)

    again = subprocess.run([sys.executable, "-m", "policyeval", *command], capture_output=True, text=True, check=False)
    assert again.returncode in (0, 1), again.stderr
    assert target.read_text(encoding="utf-8") not in ("", before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    assert (place / name).is_symlink()


def test_a_device_is_written_to_and_never_replaced(place: Path) -> None:
    """Root may replace `/dev/null`, and once `--output /dev/null` would have."""
    command = [sys.executable, "-m", "policyeval", "check", "policy.json", "--format", "sarif", "--output"]
    shown = subprocess.run([*command, "/dev/stdout"], capture_output=True, text=True, check=False)
    assert shown.stdout.startswith("{"), shown.stderr
    assert subprocess.run([*command, "/dev/null"], capture_output=True, check=False).returncode == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_pipe_that_nobody_reads_is_one_error(place: Path) -> None:
    os.mkfifo("pipe")
    command = [sys.executable, "-m", "policyeval", "check", "policy.json", "--format", "sarif", "--output", "pipe"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("error: file cannot be written: ")
