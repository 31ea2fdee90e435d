"""The pytest plugin: every case of a `*.policytest.yaml`, `.yml` or `.json` file is a test of its own.

pytest loads it in every run, also where there is no such file, so nothing but pytest is imported before one is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from policyeval.cases.model import BrokenCase, Case
    from policyeval.cases.reader import Accounts
    from policyeval.cases.result import CaseResult

_SUFFIXES = (".policytest.yaml", ".policytest.yml", ".policytest.json")
_ACCOUNTS: pytest.StashKey[Accounts] = pytest.StashKey()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not file_path.name.endswith(_SUFFIXES):
        return None
    return PolicyTestFile.from_parent(parent, path=file_path)


class PolicyTestFile(pytest.File):
    """A case file."""

    def collect(self) -> Iterator[pytest.Item]:
        from policyeval.cases.reader import read_cases
        from policyeval.diagnostics.failure import draw_failure
        from policyeval.diagnostics.style import Style, clean
        from policyeval.errors import PolicyevalError

        try:
            file = read_cases(_shown_path(self.path), _accounts(self.config))
        except PolicyevalError as error:
            raise self.CollectError("\n".join(draw_failure(error, Style()))) from error
        for case in file.cases:
            yield PolicyTestItem.from_parent(self, name=clean(case.name), case=case)


class PolicyTestItem(pytest.Item):
    """A case."""

    def __init__(self, *, case: Case | BrokenCase, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case

    def runtest(self) -> None:
        from policyeval.cases.result import run_case

        result = run_case(self.case)
        if not result.passed:
            raise PolicyTestFailure(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, PolicyTestFailure):
            return super().repr_failure(excinfo, style)
        from policyeval.cases.drawing import draw_case
        from policyeval.diagnostics.style import Style

        return "\n".join(draw_case(excinfo.value.result, Style(), titled=False)).strip()

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.position.line - 1, self.name


class PolicyTestFailure(Exception):
    """A case that is not as expected, or could not be asked. Its text is the short reason in pytest's summary."""

    def __init__(self, result: CaseResult) -> None:
        from policyeval.diagnostics.style import clean

        reason = result.error.message if result.error is not None else "; ".join(result.faults)
        super().__init__(clean(reason))
        self.result = result


def _accounts(config: pytest.Config) -> Accounts:
    """The accounts of this run, each read once for all the files that name it."""
    from policyeval.cases.reader import Accounts

    return config.stash.setdefault(_ACCOUNTS, Accounts())


def _shown_path(path: Path) -> str:
    """The path as a person in the working directory would write it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
