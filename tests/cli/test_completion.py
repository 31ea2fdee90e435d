"""Shell completion: the script that each shell sources, and what a shell makes of it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHELLS = ("bash", "zsh", "fish")
EXPECTED = [
    (("che",), ["check"]),
    (("verify",), ["verify-proof"]),
    (("check", "--form"), ["--format"]),
    (("check", "--format", "sa"), ["sarif"]),
    (("simulate", "--color", "a"), ["auto", "always"]),
    (("prove", "no-p"), ["no-public-access"]),
    (("explain", "administrator"), ["administrator-access"]),
]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="shells")


def needed(shell: str) -> str:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    return program


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `policyeval` is the one under test, and nothing of the tester's shell is configured."""
    program = tmp_path / "policyeval"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m policyeval "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "PATH": path}


def script(shell: str, environment: dict[str, str], tmp_path: Path) -> Path:
    """The completion script, as docs/completion.md says to make it."""
    variables = {**environment, "_POLICYEVAL_COMPLETE": f"source_{shell}"}
    made = subprocess.run(["policyeval"], env=variables, capture_output=True, text=True, check=True)
    file = tmp_path / f"completion.{shell}"
    file.write_text(made.stdout, encoding="utf-8")
    return file


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_of_its_shell(shell: str, environment: dict[str, str], tmp_path: Path) -> None:
    file = script(shell, environment, tmp_path)
    assert "policyeval" in file.read_text(encoding="utf-8")
    checked = subprocess.run([needed(shell), "-n", str(file)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(("words", "completed"), EXPECTED)
def test_bash_completes(
    words: tuple[str, ...], completed: list[str], environment: dict[str, str], tmp_path: Path
) -> None:
    """By the function that `complete -p` says bash would call at a tab."""
    program = f"""\
source {shlex.quote(str(script("bash", environment, tmp_path)))}
found=$(complete -p policyeval)
function=${{found#*-F }}
COMP_WORDS=(policyeval {shlex.join(words)})
COMP_CWORD={len(words)}
COMP_LINE="${{COMP_WORDS[*]}}"
${{function%% *}} policyeval
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    ran = subprocess.run(
        [needed("bash"), "--norc", "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.stdout.split(), ran.stderr) == (completed, "")


def test_fish_completes(environment: dict[str, str], tmp_path: Path) -> None:
    program = f"source {shlex.quote(str(script('fish', environment, tmp_path)))}; complete -C 'policyeval che'"
    ran = subprocess.run([needed("fish"), "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert [line.split("\t")[0] for line in ran.stdout.splitlines()] == ["check"]


def test_what_zsh_asks_is_answered(environment: dict[str, str]) -> None:
    variables = {**environment, "_POLICYEVAL_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "policyeval che"}
    ran = subprocess.run(["policyeval"], env=variables, capture_output=True, text=True, check=True)
    assert '"check"' in ran.stdout
    assert '"simulate"' not in ran.stdout
