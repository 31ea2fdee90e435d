"""`policyeval.test-run/1`: what came of running cases, as data. The JSON Schema is docs/schemas/test-run-1.json.

Lines and columns count from 1; offsets from 0, in characters.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from policyeval.cases.files import TestRun
from policyeval.cases.model import Case
from policyeval.cases.result import CaseResult
from policyeval.diagnostics.style import clean_json
from policyeval.errors import PolicyevalError
from policyeval.report.model import Model, PositionModel, position_model
from policyeval.report.simulation import DecisionName, ResultModel, result_model

SCHEMA: Final = "policyeval.test-run/1"


class ErrorModel(Model):
    """What kept a case, or a whole file, from being run."""

    message: str
    help: str | None
    file: str | None
    start: PositionModel | None


class CaseModel(Model):
    name: str
    file: str
    start: PositionModel
    expected: DecisionName | None = Field(description="`null` when the case could not be read.")
    actual: DecisionName | None = Field(description="`null` when the case could not be asked.")
    passed: bool
    faults: list[str] = Field(description="What was expected and is not so.")
    because: str | None
    source: str | None = Field(description="Where the expectation comes from, as the case says.")
    confidence: str | None
    error: ErrorModel | None
    results: list[ResultModel] = Field(description="The decisions, one for each resource; only of a case that failed.")


class UnreadableModel(Model):
    """A file of which no case could be read."""

    file: str
    error: ErrorModel


class SummaryModel(Model):
    """`total` is the sum of the others; a file that could not be read is one error."""

    passed: int
    failed: int
    errors: int
    total: int
    deselected: int = Field(description="Cases left out by `-k`; they are in no other number.")


class TestRunModel(Model):
    __test__ = False  # pytest takes classes of this name for tests

    schema_: Literal["policyeval.test-run/1"] = Field(alias="schema")
    summary: SummaryModel
    cases: list[CaseModel]
    unreadable: list[UnreadableModel]


def run_json(run: TestRun) -> str:
    """The envelope as indented JSON text."""
    return clean_json(run_model(run).model_dump_json(by_alias=True, indent=2))


def run_model(run: TestRun) -> TestRunModel:
    return TestRunModel(
        schema=SCHEMA,
        summary=SummaryModel(
            passed=run.passed, failed=run.failed, errors=run.errors, total=run.total, deselected=run.deselected
        ),
        cases=[_case(result) for result in run.results],
        unreadable=[UnreadableModel(file=entry.path, error=_error(entry.error)) for entry in run.unreadable],
    )


def _case(result: CaseResult) -> CaseModel:
    case = result.case
    known = case if isinstance(case, Case) else None
    return CaseModel(
        name=case.name,
        file=case.file.name,
        start=position_model(case.position),
        expected=known.expected.decision.value if known else None,
        actual=result.actual.value if result.actual else None,
        passed=result.passed,
        faults=list(result.faults),
        because=known.because if known else None,
        source=known.reference if known else None,
        confidence=known.confidence if known else None,
        error=_error(result.error) if result.error else None,
        results=[] if result.passed or result.error else [result_model(answer) for answer in result.results],
    )


def _error(error: PolicyevalError) -> ErrorModel:
    start = None
    if error.source is not None and error.span is not None:
        start = position_model(error.source.position(error.span.start))
    return ErrorModel(message=error.message, help=error.help, file=error.name, start=start)
