"""The command line as a whole: what cannot be delivered is no answer, and never exits as one."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from policyeval.cli.main import main

GUIDE = Path(__file__).parent.parent.parent / "fixtures" / "guide"
ALLOWED = "simulate carol s3:ListAllMyBuckets"
DENIED = "simulate alice s3:ListAllMyBuckets"


def shell(arguments: str, redirection: str) -> subprocess.CompletedProcess[str]:
    command = f"{shlex.quote(sys.executable)} -m policyeval {arguments} {redirection}"
    return subprocess.run(["/bin/sh", "-c", command], cwd=GUIDE, capture_output=True, text=True, check=False)


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors")
@pytest.mark.parametrize("arguments", [ALLOWED, DENIED, "check administrator.json", "test cases.yaml"])
def test_a_closed_standard_output_is_one_error_and_no_answer(arguments: str) -> None:
    ran = shell(arguments, ">&-")
    assert (ran.returncode, ran.stderr) == (2, "error: standard output is closed\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [ALLOWED, DENIED, "check administrator.json", "test cases.yaml"])
def test_a_full_disk_is_one_error_and_no_answer(arguments: str) -> None:
    ran = shell(arguments, ">/dev/full")
    assert (ran.returncode, ran.stderr) == (
        2,
        "error: standard output cannot be written: no space left on device\n",
    )


@pytest.mark.skipif(os.name != "posix", reason="closes descriptors")
@pytest.mark.parametrize(("arguments", "status"), [(ALLOWED, 0), (DENIED, 1), ("simulate nobody iam:GetUser", 2)])
def test_a_closed_standard_error_changes_no_answer(arguments: str, status: int) -> None:
    ran = shell(arguments, "2>&-")
    assert ran.returncode == status
    assert "Traceback" not in ran.stdout
    assert "error" not in ran.stdout


def help_of(*words: str) -> str:
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "policyeval", *words, "--help"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("words", [(), ("prove",)])
def test_the_list_of_commands_fits_into_a_terminal(words: tuple[str, ...]) -> None:
    shown = help_of(*words)
    listed = shown[shown.index("Commands:") :].splitlines()[1:]
    assert all(line.startswith("  ") and line.endswith(".") and not line.endswith("..") for line in listed), shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_mistyped_command_gets_the_nearest_one() -> None:
    ran = shell("chekc", "")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "error: no command `chekc`\n  = help: did you mean `check`?\n"


@pytest.mark.parametrize("words", ["", "prove"])
def test_no_word_at_all_is_answered_with_the_help(words: str) -> None:
    ran = shell(words, "")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[:2] == [
        f"Usage: policyeval {f'{words} ' * bool(words)}[OPTIONS] COMMAND [ARGS]...",
        "",
    ]


@pytest.mark.parametrize(
    ("words", "message", "help"),
    [
        ("version", "no command `version`", "did you mean `--version`?"),
        ("check --sellect foo", "no such option `--sellect`", "did you mean `--select`?"),
        ("check --jobs 1e3", "invalid value for `--jobs`: `1e3` is no whole number", "see `policyeval check --help`"),
        ("check --jobs 0", "invalid value for `--jobs`: 0 is out of the range x>=1", "see `policyeval check --help`"),
        ("check --format", "option `--format` requires an argument", "`--help` after the command tells what it takes"),
        ("prove nope", "no command `nope`", "the form is `policyeval prove [OPTIONS] COMMAND [ARGS]...`; see"),
        ("init a \"b's'\"", "unexpected argument `b's'`", "the form is `policyeval init [OPTIONS] [DIR]`; see"),
        ("init a b", "unexpected argument `b`", "the form is `policyeval init [OPTIONS] [DIR]`; see"),
        ("explain", "missing argument `RULE`", "the form is `policyeval explain [OPTIONS] RULE`; see"),
        ("diff a", "give two policy files, or `--git REV` and paths", "the form is `policyeval diff [OPTIONS] [OLD"),
    ],
)
def test_words_that_no_command_takes(words: str, message: str, help: str) -> None:
    ran = shell(words, "")
    assert (ran.returncode, ran.stdout) == (2, "")
    said = ran.stderr.splitlines()
    assert said[0] == f"error: {message}"
    assert said[1].startswith(f"  = help: {help}")


@pytest.mark.parametrize("words", [["rules"], ["expand", "s3:*"], shlex.split(ALLOWED), shlex.split(DENIED)], ids=str)
def test_an_answer_that_nobody_reads_is_no_answer(words: list[str]) -> None:
    """With 1, as typer has it, `simulate | head` would say that a request is denied."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        command = [sys.executable, "-m", "policyeval", *words]
        ran = subprocess.run(command, cwd=GUIDE, stdout=gone, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "")


@pytest.mark.parametrize("fault", [ZeroDivisionError(), FileNotFoundError(2, "no such file", "table.json")])
def test_a_fault_of_its_own_never_exits_as_an_answer(
    fault: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_given: object) -> None:
        raise fault

    monkeypatch.setattr("policyeval.cli.main.app", fail)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "please report it" in capsys.readouterr().err
