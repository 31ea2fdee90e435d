"""Every example of README and the documentation is run, and what it prints is what the page shows.

A `console` block holds commands after `$ ` and their output. `POLICYEVAL_UPDATE=1` writes the blocks anew; look at what
it wrote. A command that ends with other than 0 is followed by its status: `$ policyeval check x.json  # exits 1`.
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

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "formats").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
STATUS = re.compile(r"  # exits (\d)$")
NOT_RUN = ("./", "pip ", "pre-commit ", "git ")
"""Commands that set a machine up, or run what runs this."""


def examples(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, each with the output that follows it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def run(command: str) -> str:
    """What a command prints, standard error after standard output, at 80 columns without colour."""
    words = shlex.split(STATUS.sub("", command))
    assert words[0] == "policyeval", f"cannot run `{command}`"
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("POLICYEVAL_", "FORCE_COLOR"))},
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "policyeval", *words[1:]],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = STATUS.search(command)
    assert done.returncode == (int(found[1]) if found else 0), done.stdout + done.stderr
    return done.stdout + done.stderr


def renewed(block: str) -> str:
    """A block with what its commands print now."""
    return "".join(
        f"$ {command}\n{output if command.startswith(NOT_RUN) else run(command)}"
        + ("\n" if output.endswith("\n\n") and not command.startswith(NOT_RUN) else "")
        for command, output in examples(block)
    )


def blocks() -> Iterator[object]:
    for page in PAGES:
        for index, found in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8"))):
            yield pytest.param(page, found[1], id=f"{page.relative_to(ROOT)}-{index + 1}")


@pytest.mark.parametrize(("page", "block"), list(blocks()))
def test_an_example_prints_what_the_page_shows(page: Path, block: str) -> None:
    now = renewed(block)
    if os.environ.get("POLICYEVAL_UPDATE"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(f"```console\n{block}```", f"```console\n{now}```"), encoding="utf-8")
    else:
        assert now == block


def test_every_local_link_leads_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not dead


PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        pytest.param(page, found[1], id=f"{page.relative_to(ROOT)}-{index + 1}")
        for page in PAGES
        for index, found in enumerate(PYTHON.finditer(page.read_text(encoding="utf-8")))
    ],
)
def test_a_python_example_runs(page: Path, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, str(page), "exec"), {})
