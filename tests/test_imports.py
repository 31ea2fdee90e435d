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
    "limits": {"errors"},
    "grammar": {"errors"},
    "jsonfaults": {"limits", "source", "errors", "grammar", "spans", "jsontext"},
    "jsontext": {"limits", "source", "errors", "grammar", "spans", "jsonfaults"},
    "yamltext": {"limits", "source", "errors", "spans", "jsontext"},
    "reading": {"limits", "source", "errors", "jsontext", "yamltext", "locating"},
    "locating": {"source", "spans", "jsontext", "yamltext"},
    "fields": {"source", "errors", "locating"},
    "syntax": {"errors", "grammar"},
    "policy": {"limits", "source", "errors", "syntax", "jsontext", "reading", "locating"},
    "catalog": {"errors", "syntax"},
    "evaluation": {"source", "errors", "syntax", "policy", "catalog"},
    "account": {
        "limits", "source", "errors", "fields", "reading", "jsontext", "yamltext", "locating",
        "syntax", "policy", "catalog", "evaluation",
    },
    "diagnostics": {"source", "errors", "spans", "locating", "jsontext", "yamltext", "evaluation"},
    "report": {"source", "errors", "locating", "policy", "evaluation", "account", "diagnostics"},
}  # fmt: skip
"""Each part and the parts that it may import, itself aside. Parts not named here may import anything but `cli`."""


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
    if part in MAY_IMPORT:
        assert imported <= MAY_IMPORT[part]
    elif part not in ("", "__main__"):
        assert "cli" not in imported


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


def test_a_table_of_parts_that_exist() -> None:
    existing = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir()}
    assert set(MAY_IMPORT) <= existing


@pytest.mark.parametrize("heavy", ["typer", "lark", "pydantic", "yaml"])
def test_importing_policyeval_stays_light(heavy: str) -> None:
    program = f"import policyeval, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
