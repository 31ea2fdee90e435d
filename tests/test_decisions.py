"""What AWS decides, held by data: every case of fixtures/decisions, and of the accounts in fixtures, is a test.

A case's `source` names the page that says so, its `confidence` how sure that is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from policyeval.cases.drawing import draw_case
from policyeval.cases.model import BrokenCase, Case
from policyeval.cases.reader import Accounts, read_cases
from policyeval.cases.result import run_case
from policyeval.diagnostics.style import Style

FIXTURES = Path(__file__).parent.parent / "fixtures"
FILES = [
    *sorted((FIXTURES / "decisions").glob("*.json")),
    *sorted((FIXTURES / "guide").glob("cases*.yaml")),
    *sorted((FIXTURES / "company").glob("cases*.yaml")),
]
ACCOUNTS = Accounts()


def every_case() -> Iterator[object]:
    for path in FILES:
        for case in read_cases(path, ACCOUNTS).cases:
            yield pytest.param(case, id=f"{path.parent.name}/{path.stem}: {case.name}")


@pytest.mark.parametrize("case", list(every_case()))
def test_aws_decides(case: Case | BrokenCase) -> None:
    result = run_case(case)
    assert result.passed, "\n" + "\n".join(draw_case(result, Style()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_names_are_told_once(path: Path) -> None:
    names = [case.name for case in read_cases(path, ACCOUNTS).cases]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", sorted((FIXTURES / "decisions").glob("*.json")), ids=lambda path: path.name)
def test_every_published_decision_has_a_source(path: Path) -> None:
    for case in read_cases(path, ACCOUNTS).cases:
        assert isinstance(case, Case)
        assert case.reference, case.name
        assert case.confidence in ("documented", "tested", "inferred"), case.name
