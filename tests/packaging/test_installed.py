"""policyeval as a user installs it: from the wheel, from the source distribution, and on the oldest dependencies.

Each in a new environment, with the whole test suite run against what was installed: from the unpacked source
distribution without its `policyeval/`, so that the sources cannot be found in the installed package's place. Takes
pip's index and as long as three runs of the tests, so it is left out of `./test`; `.ci/package` runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LOWEST = re.compile(r"(?P<name>[\w-]+)>=(?P<version>[\d.]+)")

pytestmark = pytest.mark.installs


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own."""

    place: Path

    @property
    def programs(self) -> Path:
        return self.place / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *words: str | Path, at: Path, shown: bool = False) -> subprocess.CompletedProcess[str]:
        """A program of the environment; `shown` lets its output through instead of keeping it."""
        variables = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "POLICYEVAL_"))}
        variables |= {"PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}", "VIRTUAL_ENV": str(self.place)}
        pipe = None if shown else subprocess.PIPE
        return subprocess.run(
            [self.programs / words[0], *words[1:]],
            cwd=at, env=variables, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("built")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--directory", str(place)], cwd=ROOT, check=True)
    return place


@pytest.fixture
def suite(built: Path, tmp_path: Path) -> Path:
    """All of the source distribution but the package."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    (place,) = tmp_path.glob("policyeval-*")
    shutil.rmtree(place / "policyeval")
    return place


def install(place: Path, distribution: Path, constraints: Sequence[str] = ()) -> Environment:
    """A new environment with a distribution, what it needs, and what its tests need."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    environment = Environment(place)
    limits = place / "constraints.txt"
    limits.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
    python = str(environment.programs / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(limits), f"{distribution}[dev]"], check=True)
    return environment


def lowest_versions() -> list[str]:
    """The oldest release of each dependency that pyproject.toml allows, as constraints."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = [LOWEST.match(line) for line in project["dependencies"]]
    return [f"{bound['name']}=={bound['version']}" for bound in found if bound is not None]


def hold(environment: Environment, suite: Path) -> None:
    """The whole test suite against what is installed."""
    where = environment.run("python", "-c", "import policyeval; print(policyeval.__path__[0])", at=suite)
    package = Path(where.stdout.strip())
    assert package.is_relative_to(environment.place), where.stderr
    words = ("pytest", "-q", "--numprocesses=auto", "tests", str(package))
    assert environment.run("python", "-m", *words, at=suite, shown=True).returncode == 0


def test_every_dependency_has_a_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(lowest_versions()) == len(project["dependencies"])


def test_the_wheel(built: Path, suite: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    environment = install(tmp_path / "environment", wheel)
    version = environment.run("policyeval", "--version", at=tmp_path)
    assert re.match(r"policyeval \d+\.\d+\.\d+ \(AWS data of \d{4}-\d\d-\d\d\)\n", version.stdout), version.stderr
    assert environment.run("python", "-m", "policyeval", "--version", at=tmp_path).stdout == version.stdout
    assert environment.run("policyeval", "init", "--account-id", "111122223333", "begun", at=tmp_path).returncode == 0
    asked = environment.run("policyeval", "test", "begun", at=tmp_path)
    assert asked.returncode == 0, asked.stdout + asked.stderr
    hold(environment, suite)


def test_the_source_distribution(built: Path, suite: Path, tmp_path: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    hold(install(tmp_path / "environment", archive), suite)


def test_the_oldest_dependencies(built: Path, suite: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    environment = install(tmp_path / "environment", wheel, lowest_versions())
    program = "import importlib.metadata, sys; print([importlib.metadata.version(name) for name in sys.argv[1:]])"
    names = [line.partition("==")[0] for line in lowest_versions()]
    print(names, environment.run("python", "-c", program, *names, at=tmp_path).stdout)
    hold(environment, suite)
