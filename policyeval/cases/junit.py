"""A test run in JUnit's XML, as CI systems read it: a `testsuite` for each file, a `testcase` for each case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from policyeval.cases.drawing import draw_case
from policyeval.cases.files import TestRun, Unreadable
from policyeval.cases.result import CaseResult
from policyeval.diagnostics.failure import draw_failure
from policyeval.diagnostics.render.junit import attribute, content
from policyeval.diagnostics.style import Style

_PLAIN = Style()


def junit_xml(run: TestRun) -> str:
    """The document. No character of a case reaches it that XML 1.0 cannot hold."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="policyeval" tests="{run.total}" failures="{run.failed}" errors="{run.errors}">',
    ]
    for name, results in groupby(run.results, key=lambda result: result.case.file.name):
        lines.extend(_suite(name, list(results)))
    for unreadable in run.unreadable:
        lines.extend(_unreadable_suite(unreadable))
    return "\n".join([*lines, "</testsuites>"])


def _suite(name: str, results: Sequence[CaseResult]) -> Iterator[str]:
    failures = sum(not result.passed and result.error is None for result in results)
    errors = sum(result.error is not None for result in results)
    attributes = f'tests="{len(results)}" failures="{failures}" errors="{errors}"'
    yield f"  <testsuite name={attribute(name)} {attributes}>"
    for result in results:
        at = result.case.position
        opening = f"    <testcase classname={attribute(name)} name={attribute(result.case.name)}"
        opening += f' file={attribute(name)} line="{at.line}"'
        if result.passed:
            yield f"{opening}/>"
            continue
        yield f"{opening}>"
        if result.error is not None:
            yield from _body("error", result.error.message, draw_case(result, _PLAIN))
        else:
            yield from _body("failure", "; ".join(result.faults), draw_case(result, _PLAIN))
        yield "    </testcase>"
    yield "  </testsuite>"


def _unreadable_suite(unreadable: Unreadable) -> Iterator[str]:
    name = attribute(unreadable.path)
    yield f'  <testsuite name={name} tests="1" failures="0" errors="1">'
    yield f"    <testcase classname={name} name={attribute('the file can be read')} file={name}>"
    yield from _body("error", unreadable.error.message, draw_failure(unreadable.error, _PLAIN))
    yield "    </testcase>"
    yield "  </testsuite>"


def _body(element: str, message: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"      <{element} message={attribute(message)}>{content(lines)}</{element}>"
