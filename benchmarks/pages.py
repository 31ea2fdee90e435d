"""Parts of a page of the documentation that a command of their own writes, and that all others leave as they are."""

from __future__ import annotations

import re
from pathlib import Path

from policyeval.reading import write_whole


def part(page: Path, command: str) -> str:
    """The part that a command wrote, with its marks; empty marks where it has not been run."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    found = _marked(command).search(text)
    return found[0] if found else _mark(command, "")


def write_part(page: Path, command: str, text: str) -> None:
    """Put a text between the marks of a command; raises `ValueError` for a page without them."""
    held = page.read_text(encoding="utf-8")
    if _marked(command).search(held) is None:
        raise ValueError(f"{page} has no part of `{command}`")
    write_whole(page, _marked(command).sub(lambda _: _mark(command, f"\n{text.strip()}\n"), held))


def _mark(command: str, text: str) -> str:
    return f"<!-- Written by `python -m {command}`. -->\n{text}\n<!-- The end of it. -->"


def _marked(command: str) -> re.Pattern[str]:
    return re.compile(
        re.escape(f"<!-- Written by `python -m {command}`. -->") + r"\n.*?\n<!-- The end of it. -->", re.S
    )
