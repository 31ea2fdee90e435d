"""A case that did not pass, told to a person."""

from __future__ import annotations

from policyeval.cases.model import Case
from policyeval.cases.result import CaseResult
from policyeval.diagnostics.decision import render_result
from policyeval.diagnostics.failure import draw_failure
from policyeval.diagnostics.style import Style, clean
from policyeval.diagnostics.wrapping import wrap, wrapped
from policyeval.evaluation.trace import Result

_MOST_DRAWN = 3


def draw_case(result: CaseResult, style: Style, *, titled: bool = True) -> list[str]:
    """What was expected, why, and the decision drawn as `simulate` draws it; or the error that broke the case.

    `titled` puts the case's name above it.
    """
    case = result.case
    if result.error is not None:
        title = _title("ERROR", case.name, style) if titled else []
        return [*title, *draw_failure(result.error, style)]
    lines = _title("FAILED", case.name, style) if titled else []
    for fault in result.faults:
        lines.extend(wrapped(fault, "  ", style))
    at = case.position
    lines.append(f"  {style.paint('-->', 'gutter')} {clean(case.file.name)}:{at.line}:{at.column}")
    if isinstance(case, Case):
        if case.because is not None:
            lines.extend(wrapped(f"because {case.because}", "  ", style))
        for answer in shown_results(result, case):
            lines.extend(["", *render_result(answer, style, who=case.who or None)])
    return lines


def shown_results(result: CaseResult, case: Case) -> list[Result]:
    """The answers worth drawing: those that are not as expected, or all when each by itself is."""
    wrong = [answer for answer in result.results if answer.decision is not case.expected.decision]
    return (wrong or list(result.results))[:_MOST_DRAWN]


def _title(word: str, name: str, style: Style) -> list[str]:
    rows = wrap(clean(name), max(style.width - len(word) - 2, 20))
    indent = " " * (len(word) + 2)
    return [f"{style.paint(word, 'error')}  {style.paint(rows[0], 'bold')}", *(indent + row for row in rows[1:])]
