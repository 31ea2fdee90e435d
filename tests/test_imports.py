"""The structure of the package: who may import whom, and what stays out of a light import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import policyeval

PACKAGE = Path(policyeval.__file__).parent

MAY_IMPORT: dict[str, set[str]] = {
    "source": set(),
    "spans": {"source"},
    "errors": {"source"},
    "vocabulary": set(),
    "limits": {"errors"},
    "grammar": set(),
    "jsonfaults": {"limits", "source", "errors", "grammar", "jsontext"},
    "jsontext": {"limits", "source", "errors", "grammar", "spans", "jsonfaults"},
    "yamltext": {"limits", "source", "errors", "spans", "jsontext"},
    "reading": {"limits", "source", "errors", "vocabulary", "jsontext", "yamltext", "locating"},
    "locating": {"source", "spans", "jsontext", "yamltext"},
    "fields": {"source", "errors", "vocabulary", "locating"},
    "syntax": {"errors"},
    "policy": {"limits", "source", "errors", "vocabulary", "syntax", "jsontext", "reading", "locating"},
    "catalog": {"errors", "vocabulary", "syntax"},
    "evaluation": {"source", "errors", "vocabulary", "syntax", "policy", "catalog"},
    "account": {
        "limits", "source", "errors", "vocabulary", "fields", "reading", "jsontext", "syntax", "policy", "catalog",
        "evaluation",
    },
    "diagnostics": {"source", "errors", "spans", "locating", "jsontext", "evaluation"},
    "report": {"source", "errors", "locating", "policy", "evaluation", "account", "diagnostics"},
    "cases": {
        "source", "errors", "reading", "fields", "locating", "syntax", "policy", "evaluation", "account", "diagnostics",
        "report",
    },
    "proof": {"errors", "syntax", "policy", "catalog", "evaluation"},
    "answer": {"source", "locating", "syntax", "policy", "catalog", "evaluation", "diagnostics", "proof"},
    "config": {"source", "errors", "vocabulary", "limits", "reading", "catalog"},
    "gitignore": {"errors", "reading"},
    "suppression": {"source", "config", "gitignore", "diagnostics"},
    "baseline": {"errors", "reading", "jsontext", "diagnostics"},
    "discovery": {"errors", "gitignore"},
    "fixing": {"source", "diagnostics"},
    "rules": {
        "source", "errors", "vocabulary", "reading", "locating", "syntax", "policy", "catalog", "evaluation", "account",
        "diagnostics", "proof",
    },
    "linter": {
        "limits", "source", "errors", "vocabulary", "reading", "jsontext", "locating", "syntax", "policy", "account",
        "cases", "diagnostics", "config", "gitignore", "suppression", "baseline", "discovery", "fixing", "rules",
    },
    "pytest_plugin": {"errors", "cases", "diagnostics"},
}  # fmt: skip
"""Each part and the parts that it may import, itself aside. `cli` may import anything but the pytest plugin."""


def part_of(module: str) -> str:
    """`policyeval.syntax.arn` belongs to `syntax`."""
    return [*module.split("."), ""][1]


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE.parent).with_suffix("")
        yield ".".join(part for part in relative.parts if part != "__init__"), path


def imported_parts(path: Path) -> set[str]:
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            parts |= {part_of(alias.name) for alias in node.names if alias.name.startswith("policyeval")}
        elif isinstance(node, ast.ImportFrom) and node.module == "policyeval":
            parts |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("policyeval."):
            parts.add(part_of(node.module or ""))
    return parts


@pytest.mark.parametrize(("module", "path"), [pytest.param(*pair, id=pair[0]) for pair in modules()])
def test_a_module_imports_only_what_the_table_allows(module: str, path: Path) -> None:
    part = part_of(module)
    imported = imported_parts(path) - {part}
    if part == "cli":
        assert "pytest_plugin" not in imported
    elif part == "__main__":
        assert imported == {"cli"}
    elif part:
        assert imported <= MAY_IMPORT[part]


@pytest.mark.parametrize(("module", "path"), [pytest.param(*pair, id=pair[0]) for pair in modules()])
def test_only_the_command_line_imports_typer(module: str, path: Path) -> None:
    names = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "typer" not in names or part_of(module) == "cli"


def test_the_table_names_every_part() -> None:
    assert {part_of(module) for module, _ in modules()} == {*MAY_IMPORT, "", "__main__", "cli"}


@pytest.mark.parametrize("heavy", ["typer", "lark", "pydantic", "yaml"])
def test_importing_policyeval_stays_light(heavy: str) -> None:
    program = f"import policyeval, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
