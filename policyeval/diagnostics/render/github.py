"""Workflow commands of GitHub Actions, which shows each finding beside its line.

Source: GitHub Docs, workflow-commands-for-github-actions: in a message `%`, CR and LF are percent-encoded, in a
property `:` and `,` as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.severity import Severity
from policyeval.diagnostics.style import clean

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "warning",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "notice",
}


def github_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """A command for each finding."""
    for finding in findings:
        start, end = finding.in_file
        parts = [finding.message, *finding.notes, *((f"help: {finding.help}",) if finding.help else ())]
        message = "%0A".join(_message(part) for part in parts)
        place = f"file={_property(finding.path)}"
        place += f",line={start.line},col={start.column},endLine={end.line}"
        # GitHub draws a range within one line only.
        place += f",endColumn={end.column}" if start.line == end.line else ""
        yield f"::{_COMMANDS[finding.severity]} {place},title={_property(finding.rule)}::{message}"


def _message(text: str) -> str:
    return clean(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
