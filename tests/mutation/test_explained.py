"""The survivors that are right to survive: of modules that there are, each once, and as many as the page says."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import policyeval

ROOT = Path(__file__).parent.parent.parent
EXPLAINED = json.loads((Path(__file__).parent / "explained.json").read_text(encoding="utf-8"))


def test_each_is_of_a_module_and_has_a_reason() -> None:
    package = Path(policyeval.__file__).parent
    modules = {path.stem for part in ("syntax", "evaluation") for path in (package / part).glob("*.py")}
    assert {row["module"] for row in EXPLAINED} <= modules
    assert all(row["because"] for row in EXPLAINED)


def test_none_is_there_twice() -> None:
    assert max(Counter((row["module"], row["after"]) for row in EXPLAINED).values()) == 1


def test_the_page_counts_them() -> None:
    page = (ROOT / "docs" / "mutation.md").read_text(encoding="utf-8")
    for kind, count in Counter(row["kind"] for row in EXPLAINED).items():
        assert f"| {kind} | {count} |" in page
