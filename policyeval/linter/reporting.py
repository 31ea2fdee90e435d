"""Findings that no rule looks for: what keeps a file from being read, and what is wrong with a file as a whole."""

from __future__ import annotations

import re

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.errors import PolicyevalError
from policyeval.jsontext import DuplicateKeyError
from policyeval.rules.table import BY_NAME
from policyeval.source import Source, Span

_HALF_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}|[\ud800-\udfff]")


def finding_at(
    rule: str,
    message: str,
    source: Source,
    where: Where,
    *,
    label: str = "",
    related: tuple[Label, ...] = (),
    notes: tuple[str, ...] = (),
    help: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    """A finding of a rule that the linter itself applies."""
    return Finding(
        rule=rule,
        severity=severity or BY_NAME[rule].severity,
        message=message,
        source=source,
        labels=(Label(where, label, primary=True), *related),
        notes=notes,
        help=help,
        anchor=f"={message}",
    )


def finding_of_error(error: PolicyevalError, rule: str, fallback: Source) -> Finding:
    """An error that keeps a document from being read, as a finding of `rule`; located when the error is."""
    source = error.source if error.source is not None else fallback
    span = error.span if error.span is not None else Span(0, 0)
    return finding_at(rule, error.message, source, Where("", span=span), help=error.help)


def syntax_finding(error: PolicyevalError, fallback: Source) -> Finding:
    """The finding for a text that is no JSON: what was expected, and what it probably is."""
    if isinstance(error, DuplicateKeyError) and error.source is not None and error.span is not None:
        return finding_at(
            "duplicate-key",
            f"key `{error.key}` appears twice in one object",
            error.source,
            Where("", span=error.span),
            related=(Label(Where("", span=error.first), "first here"),),
            notes=("AWS refuses the document; other readers take one of the two and drop the other",),
            help=error.help,
        )
    source, span = error.source, error.span
    if source is not None and span is not None and _HALF_SURROGATE.fullmatch(source.text[span.start : span.end]):
        return finding_of_error(error, "invalid-encoding", fallback)
    return finding_of_error(error, "json-syntax-error", fallback)
