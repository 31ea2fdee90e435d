"""How one case comes out: what is expected beside what the evaluator decides.

A case that only expects a decision costs one `decide` for each resource; the full explanation of it is made when
somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from policyeval.cases.model import BrokenCase, Case
from policyeval.errors import PolicyevalError
from policyeval.evaluation.decide import Verdict, decide
from policyeval.evaluation.explain import explain
from policyeval.evaluation.trace import Decision, Result

_STRICTNESS = (Decision.ALLOWED, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY)


@dataclass(frozen=True)
class CaseResult:
    """How a case came out. `actual` is the decision, `None` when `error` kept the case from being asked."""

    case: Case | BrokenCase
    actual: Decision | None = None
    faults: tuple[str, ...] = ()
    """What was expected and is not so, each in a sentence; a case without faults has passed."""
    error: PolicyevalError | None = None

    @property
    def passed(self) -> bool:
        return self.error is None and not self.faults

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """The full answer for each resource, in the case's order; explained when first asked for."""
        if isinstance(self.case, BrokenCase):
            return ()
        return tuple(explain(question.policies, question.request) for question in self.case.questions)


def run_case(case: Case | BrokenCase) -> CaseResult:
    """Run one case. Never raises for what a case file can hold."""
    if isinstance(case, BrokenCase):
        return CaseResult(case, error=case.error)
    try:
        verdicts = [decide(question.policies, question.request) for question in case.questions]
    except PolicyevalError as error:
        return CaseResult(case, error=error)
    actual = max((verdict.decision for verdict in verdicts), key=_STRICTNESS.index)
    deciding = [verdict for verdict in verdicts if verdict.decision is actual]
    result = CaseResult(case, actual, tuple(_faults(case, actual, deciding)))
    if case.expected.missing_context is None:
        return result
    faults = (*result.faults, *_context_faults(case.expected.missing_context, result.results))
    return CaseResult(case, actual, faults)


def _faults(case: Case, actual: Decision, deciding: list[Verdict]) -> Iterator[str]:
    expected = case.expected
    if actual is not expected.decision:
        yield f"expected `{expected.decision.value}`, and the decision is `{actual.value}`"
    layers = list(dict.fromkeys(verdict.reason for verdict in deciding))
    if expected.layer is not None and expected.layer not in layers:
        found = f"`{'`, `'.join(layer.value for layer in layers if layer)}`" if any(layers) else "none"
        yield f"expected the layer `{expected.layer.value}` to decide, and it is {found}"
    if expected.statement is None:
        return
    labels = list(dict.fromkeys(match.statement.label for verdict in deciding for match in verdict.deciding))
    sids = {match.statement.sid for verdict in deciding for match in verdict.deciding}
    if expected.statement not in sids:
        found = f"`{'`, `'.join(labels)}`" if labels else "none"
        yield f"expected the statement `{expected.statement}` to decide, and it is {found}"


def _context_faults(expected: tuple[str, ...], results: tuple[Result, ...]) -> Iterator[str]:
    """Every missing key that could change the decision must be expected, and every expected one must be missing."""
    wanted = {key.lower(): key for key in expected}
    missing = {key.key.lower(): key for result in results for key in result.missing_context}
    changing = {key.key.lower() for result in results for key in result.missing_context if key.could_change}
    for lower, key in wanted.items():
        if lower not in missing:
            yield f"expected the context key `{key}` to be missed, and no statement asked for it in vain"
    for lower, found in missing.items():
        if lower in changing and lower not in wanted:
            yield f"the context key `{found.key}` is missing and could change the decision, which was not expected"
