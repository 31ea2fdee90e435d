"""Workflow commands of GitHub Actions, which shows each finding beside its line.

Source: GitHub Docs, workflow-commands-for-github-actions: in a message `%`, CR and LF are percent-encoded, in a
property `:` and `,` as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
        place = {"line": start.line, "col": start.column, "endLine": end.line}
        # GitHub draws a range within one line only.
        place |= {"endColumn": end.column} if start.line == end.line else {}
        name = _COMMANDS[finding.severity]
        yield workflow_command(name, {"file": finding.path, **place, "title": finding.rule}, parts)


def workflow_command(name: str, properties: Mapping[str, str | int], parts: Iterable[str]) -> str:
    """One command; each of the parts is a line of its message.

    >>> workflow_command("error", {"file": "a,b.json", "line": 3}, ["100 %", "help: none"])
    '::error file=a%2Cb.json,line=3::100 %25%0Ahelp: none'
    """
    told = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {told}::{'%0A'.join(map(_message, parts))}"


def _message(text: str) -> str:
    return clean(text).replace("%", "%25")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
