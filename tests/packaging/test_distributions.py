"""What is in a wheel and a source distribution, built as `pip` builds them but with nothing fetched."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "policyeval"
CACHES = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}

pytestmark = pytest.mark.skipif(not PACKAGE.is_dir(), reason="an installed policyeval has no sources to build from")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(place)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return place


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not CACHES & {*path.parts}
    }


@pytest.mark.parametrize(
    ("folder", "inside"),
    [
        (PACKAGE, "policyeval"),
        (ROOT / "grammars", "policyeval/grammars"),
        (ROOT / "docs" / "schemas", "policyeval/schemas"),
        (ROOT / "fixtures" / "guide", "policyeval/starter"),
    ],
)
def test_a_wheel_holds_all_of(folder: Path, inside: str, wheel: zipfile.ZipFile) -> None:
    held = {name.removeprefix(f"{inside}/") for name in wheel.namelist() if name.startswith(f"{inside}/")}
    assert files(folder) <= held
    for name in files(folder):
        assert wheel.read(f"{inside}/{name}") == (folder / name).read_bytes()


def test_a_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"policyeval"}
    assert "policyeval/py.typed" in wheel.namelist()
    assert not [name for name in wheel.namelist() if name.endswith((".pyc", ".orig", ".tmp"))]


def test_a_wheel_says_what_pyproject_says(wheel: zipfile.ZipFile) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_bytes(wheel.read(name))
    assert (metadata["Name"], metadata["Version"]) == ("policyeval", project["version"])
    assert metadata["Requires-Python"] == project["requires-python"]
    assert metadata["License-Expression"] == project["license"]
    required = [text for text in metadata.get_all("Requires-Dist") or [] if "extra ==" not in text]
    assert len(required) == len(project["dependencies"])


def test_a_source_distribution_holds_what_builds_and_tests_it(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    for folder in ("policyeval", "grammars", "fixtures", "docs", "tests", "benchmarks"):
        assert {f"{folder}/{name}" for name in files(ROOT / folder)} <= held
    assert {"pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "test", ".ci/venv"} <= held
