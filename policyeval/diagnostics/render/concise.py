"""For people in a hurry and for editors: a finding is one line, `file:line:column: severity[rule] message`."""

from __future__ import annotations

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.render.full import ROLES, shortened
from policyeval.diagnostics.style import Style, clean


def concise_line(finding: Finding, style: Style) -> str:
    """The line of one finding, with its help when that says more than to read on."""
    at, _ = finding.in_file
    head = style.paint(f"{finding.severity.value}[{finding.rule}]", ROLES[finding.severity])
    help = f" ({clean(finding.help)})" if finding.help else ""
    return f"{clean(finding.path)}:{at.line}:{at.column}: {head} {shortened(finding.message)}{help}"
