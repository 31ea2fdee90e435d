"""SARIF 2.1.0, for code scanning: rules with their manuals, findings with fixes, fingerprints and suppressions.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, plus errata 01.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from policyeval.diagnostics.edits import text_edits
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.place import Label
from policyeval.diagnostics.rule_info import Describe, RuleInfo
from policyeval.diagnostics.severity import Severity
from policyeval.diagnostics.style import clean, clean_json
from policyeval.locating import in_file
from policyeval.source import Source, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "note",
}
_SECURITY_SEVERITY = {Severity.SECURITY_WARNING: "7.0"}
"""GitHub ranks alerts of rules that have this property as security alerts; 7.0 is "high"."""

Object = dict[str, Any]


def sarif_json(findings: Sequence[Finding], version: str, describe: Describe) -> str:
    """The log as indented JSON text; suppressed findings are in it, as suppressed."""
    names = sorted({finding.rule for finding in findings})
    index = {name: at for at, name in enumerate(names)}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "policyeval",
                        "semanticVersion": version,
                        "rules": [_rule(describe(name)) for name in names],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, index[finding.rule]) for finding in findings],
            }
        ],
    }
    return clean_json(json.dumps(log, indent=2))


def _rule(info: RuleInfo) -> Object:
    properties: Object = {"tags": ["security" if info.severity is Severity.SECURITY_WARNING else "correctness", "iam"]}
    if info.severity in _SECURITY_SEVERITY:
        properties["security-severity"] = _SECURITY_SEVERITY[info.severity]
    return {
        "id": info.name,
        "name": "".join(word.title() for word in info.name.split("-")),
        "shortDescription": {"text": info.summary},
        "fullDescription": {"text": info.summary},
        "help": {"text": info.manual, "markdown": info.manual},
        "helpUri": info.link,
        "defaultConfiguration": {"level": _LEVELS[info.severity], "enabled": not info.pedantic},
        "properties": properties,
    }


def _result(finding: Finding, rule_index: int) -> Object:
    text = ". ".join([finding.message, *finding.notes, *((finding.help,) if finding.help else ())])
    result: Object = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": plain_text(text)},
        "locations": [_location(finding.labels[0], finding.source)],
        "partialFingerprints": {"policyeval/v1": finding.fingerprint},
    }
    if len(finding.labels) > 1:
        result["relatedLocations"] = [
            {"id": at, **_location(label, finding.source)} for at, label in enumerate(finding.labels[1:])
        ]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding)]
    if finding.suppressed is not None:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": plain_text(finding.suppressed)}
        ]
    return result


def _location(label: Label, own: Source) -> Object:
    source = label.where.source or own
    region = region_of(*in_file(source, label.where.find(own)))
    physical: Object = {"artifactLocation": _artifact(source), "region": region}
    location: Object = {"physicalLocation": physical}
    if label.where.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": plain_text(label.where.pointer), "kind": "element"}]
    if label.text:
        location["message"] = {"text": plain_text(label.text)}
    return location


def _artifact(source: Source) -> Object:
    """A file as a URI relative to where policyeval ran; of a document inside a file, that file."""
    return {"uri": quote(source.path.replace("\\", "/"), errors="surrogateescape")}


def region_of(source: Source, span: Span) -> Object:
    start, end = source.position(span.start), source.position(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "charOffset": span.start,
        "charLength": span.end - span.start,
    }


def _fix(finding: Finding) -> Object:
    assert finding.fix is not None
    replacements = [
        {"deletedRegion": region_of(finding.source, edit.span), "insertedContent": {"text": edit.text}}
        for edit in text_edits(finding.source, finding.fix)
    ]
    return {
        "description": {"text": plain_text(finding.fix.message)},
        "artifactChanges": [{"artifactLocation": _artifact(finding.source), "replacements": replacements}],
    }


def plain_text(text: str) -> str:
    """Text of the user's as plain text: brackets would begin a link (SARIF 3.11.6)."""
    return clean(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
