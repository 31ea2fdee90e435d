"""GitLab's Code Quality report: a JSON list, one object for each finding.

Source: GitLab Docs, ci/testing/code_quality, "Code Quality report format".
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.severity import Severity
from policyeval.diagnostics.style import clean

_SEVERITIES = {
    Severity.ERROR: "critical",
    Severity.SECURITY_WARNING: "major",
    Severity.WARNING: "minor",
    Severity.SUGGESTION: "info",
}


def gitlab_json(findings: Sequence[Finding]) -> str:
    """The report as indented JSON text."""
    return json.dumps([_issue(finding) for finding in findings], indent=2, ensure_ascii=False)


def _issue(finding: Finding) -> dict[str, object]:
    start, end = finding.in_file
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": clean(finding.message),
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": finding.fingerprint,
        "location": {
            "path": clean(finding.path),
            "positions": {
                "begin": {"line": start.line, "column": start.column},
                "end": {"line": end.line, "column": end.column},
            },
            "lines": {"begin": start.line, "end": end.line},
        },
    }
