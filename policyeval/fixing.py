"""Fixes made: what is found is mended, and looked at again until nothing is left to mend."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from policyeval.diagnostics.edits import TextEdit, edited, text_edits
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.fix import Fix, InsertMember, ReplaceText
from policyeval.source import Pointer, Source, Span

MAX_ROUNDS = 10
"""How often a text is checked and fixed again; fixes that undo each other must not go on for ever."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text with fixes made, and the findings that they mended."""

    text: str
    mended: tuple[Finding, ...]


def fix_all(source: Source, check: Callable[[Source], Iterable[Finding]], *, unsafe: bool) -> Fixed:
    """Fix what `check` finds, and look again until nothing is left to fix: a fix may lay another finding open."""
    mended: list[Finding] = []
    for _ in range(MAX_ROUNDS):
        fixed = apply_fixes(source, list(check(source)), unsafe=unsafe)
        if fixed.text == source.text:
            break
        mended += fixed.mended
        source = Source(source.name, fixed.text)
    return Fixed(source.text, tuple(mended))


def apply_fixes(source: Source, findings: Sequence[Finding], *, unsafe: bool) -> Fixed:
    """Make the fixes of some findings in one text; safe ones first.

    A fix that meets the text of an earlier one, or would give an object a second member of one name, is left for
    another round, and each is made whole or not at all.
    """
    wanted = [
        finding
        for finding in findings
        if finding.fix is not None and finding.source == source and (finding.fix.safe or unsafe)
    ]
    wanted.sort(key=lambda finding: (not (finding.fix and finding.fix.safe), finding.span, finding.rule))
    taken: list[TextEdit] = []
    spans: list[Span] = []
    names: set[tuple[Pointer, str]] = set()
    mended = []
    for finding in wanted:
        assert finding.fix is not None
        edits = text_edits(source, finding.fix)
        written = set(_names(finding.fix))
        if names.isdisjoint(written) and not any(_meets(edit.span, spans) for edit in edits):
            taken += edits
            names |= written
            for edit in edits:
                insort(spans, edit.span)
            mended.append(finding)
    return Fixed(edited(source.text, taken), tuple(mended))


def _names(fix: Fix) -> Iterator[tuple[Pointer, str]]:
    """The members that a fix puts into objects, each by its object and its name; AWS ignores the case of some."""
    for edit in fix.edits:
        if isinstance(edit, InsertMember):
            yield edit.pointer, edit.key.lower()
        elif isinstance(edit, ReplaceText) and edit.on_key and edit.within is None:
            yield edit.pointer.rpartition("/")[0], edit.text.lower()


def _meets(span: Span, others: list[Span]) -> bool:
    """Whether an edit would touch the text of others (sorted, apart), or stand so close that their order mattered."""
    at = bisect_left(others, span)
    return (at < len(others) and others[at].start <= span.end) or (at > 0 and others[at - 1].end >= span.start)
