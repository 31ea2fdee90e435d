"""Every example of README and the documentation is run, and what it prints is what the page shows.

A `console` block holds commands of a shell after `$ `, and their output. Each block runs in a directory of its own that
sees the checkout's `fixtures` and `docs`, so that it may write files. `POLICYEVAL_UPDATE=1` writes the blocks anew;
look at what it wrote. A command that ends with other than 0 is followed by its status:
`$ policyeval check x.json  # exits 1`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from policyeval.config import read_config

ROOT = Path(__file__).parent.parent
RULE_PAGES = ROOT / "docs" / "rules"
"""Made from the rules' manuals, whose examples tests/rules/test_contract.py checks."""
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if page.parent != RULE_PAGES),
]
STATUS = re.compile(r"  # exits (\d)$")
NOT_RUN = ("./", "pip ", "pre-commit ", "git ", "python ", "npm ", "aws ")
"""Commands that set a machine up, run what runs this, take long, or need what no test has."""


def examples(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, each with the output that follows it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a `policyeval` that is the one under test."""
    directory = tmp_path_factory.mktemp("programs")
    program = directory / "policyeval"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m policyeval "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return directory


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory in which examples may write, beside what they read."""
    for name in ("fixtures", "docs"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    return tmp_path


def run(command: str, place: Path, programs: Path) -> str:
    """What a command prints, standard error after standard output, at 80 columns without colour."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("POLICYEVAL_", "FORCE_COLOR"))},
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", command], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    found = STATUS.search(command)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == (int(found[1]) if found else 0), done.stdout + done.stderr
    return done.stdout + done.stderr


def renewed(block: str, place: Path, programs: Path) -> str:
    """A block with what its commands print now."""
    return "".join(
        f"$ {command}\n{output if command.startswith(NOT_RUN) else run(command, place, programs)}"
        + ("\n" if output.endswith("\n\n") and not command.startswith(NOT_RUN) else "")
        for command, output in examples(block)
    )


def blocks(language: str) -> list[object]:
    """The blocks of a language on all pages, each with its page."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [
        pytest.param(page, found[1], id=f"{page.relative_to(ROOT).as_posix()}-{index + 1}")
        for page in PAGES
        for index, found in enumerate(pattern.finditer(page.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize(("page", "block"), blocks("console"))
def test_an_example_prints_what_the_page_shows(page: Path, block: str, place: Path, programs: Path) -> None:
    now = renewed(block, place, programs)
    if os.environ.get("POLICYEVAL_UPDATE"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(f"```console\n{block}```", f"```console\n{now}```"), encoding="utf-8")
    else:
        assert now == block


@pytest.mark.parametrize(("page", "code"), blocks("python"))
def test_a_python_example_runs(page: Path, code: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    exec(compile(code, str(page), "exec"), {})


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_a_configuration_is_one(page: Path, text: str, tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(text, encoding="utf-8")
    assert "tool.policyeval" in text
    read_config(str(file))


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", "")).replace(" ", "-")


def test_every_local_link_leads_somewhere() -> None:
    dead = []
    for page in [*PAGES, RULE_PAGES / "index.md"]:
        for target in re.findall(r"\]\(([^):\s]+)\)", page.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            leads_to = page.parent / path if path else page
            headings = re.findall(r"^#+ (.+)$", leads_to.read_text("utf-8"), re.MULTILINE) if anchor else []
            if not leads_to.exists() or (anchor and anchor not in map(slug, headings)):
                dead.append(f"{page.relative_to(ROOT)}: {target}")
    assert not dead
