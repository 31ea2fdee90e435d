"""A test run as workflow commands of GitHub Actions, which shows them beside the lines of the case files."""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.cases.files import TestRun
from policyeval.cases.model import Case
from policyeval.cases.result import CaseResult
from policyeval.diagnostics.decision import concise
from policyeval.diagnostics.render.github import workflow_command
from policyeval.errors import PolicyevalError


def annotate(run: TestRun) -> Iterator[str]:
    """A line for each case that did not pass and each file that could not be read."""
    for result in run.results:
        if not result.passed:
            yield _annotation_of(result)
    for unreadable in run.unreadable:
        yield _of_error(unreadable.error, unreadable.path, "policyeval test")


def _annotation_of(result: CaseResult) -> str:
    case = result.case
    if result.error is not None:
        return _of_error(result.error, case.file.name, case.name)
    at = case.position
    parts = list(result.faults)
    if isinstance(case, Case):
        if case.because is not None:
            parts.append(f"because {case.because}")
        parts.extend(concise(answer, case.who or None) for answer in result.results)
    return _annotation(case.file.name, at.line, at.column, case.name, parts)


def _of_error(error: PolicyevalError, file: str, title: str) -> str:
    parts = [error.message, *([error.help] if error.help else [])]
    if error.source is None or error.span is None:
        return _annotation(error.name or file, 1, 1, title, parts)
    at = error.source.position(error.span.start)
    return _annotation(error.source.name, at.line, at.column, title, parts)


def _annotation(file: str, line: int, column: int, title: str, parts: list[str]) -> str:
    return workflow_command("error", {"file": file, "line": line, "col": column, "title": title}, parts)
