"""The answer of Access Analyzer's `ValidatePolicy`, so that whatever reads that can read this.

Source: IAM Access Analyzer API Reference, ValidatePolicyFinding, PathElement and Position: lines count from 1, columns
and offsets from 0.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.place import Label
from policyeval.diagnostics.rule_info import Describe
from policyeval.diagnostics.style import clean_json
from policyeval.source import Position, Source, pointer_tokens

PathElement = dict[str, object]


def access_analyzer_json(findings: Sequence[Finding], checked: Sequence[str], describe: Describe) -> str:
    """`{"findings": […]}` for one file; for several an object from file to that.

    AWS is asked about one policy at a time, so it has no name for a file.
    """
    answers: dict[str, list[dict[str, object]]] = {name: [] for name in sorted(checked)}
    for finding in findings:
        answers.setdefault(finding.path, []).append(_finding(finding, describe))
    if len(answers) == 1:
        (only,) = answers.values()
        return clean_json(json.dumps({"findings": only}, indent=2))
    return clean_json(json.dumps({name: {"findings": found} for name, found in answers.items()}, indent=2))


def _finding(finding: Finding, describe: Describe) -> dict[str, object]:
    info = describe(finding.rule)
    details = [finding.message, *finding.notes, *((finding.help,) if finding.help else ())]
    return {
        "findingDetails": " ".join(map(_sentence, details)),
        "findingType": finding.severity.name,
        "issueCode": info.code,
        "learnMoreLink": info.link,
        "locations": [_location(label, finding.source) for label in finding.labels if label.where.source is None],
    }


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _location(label: Label, source: Source) -> dict[str, object]:
    span = label.where.find(source)
    return {
        "path": _path(label),
        "span": {"start": _position(source.position(span.start)), "end": _position(source.position(span.end))},
    }


def _path(label: Label) -> list[PathElement]:
    where = label.where
    path: list[PathElement] = [
        {"index": int(token)} if token.isascii() and token.isdigit() else {"value": token}
        for token in pointer_tokens(where.pointer)
    ]
    if where.on_key and path:
        path[-1] = {"key": pointer_tokens(where.pointer)[-1]}
    if where.within is not None:
        start, end = where.within
        path.append({"substring": {"start": start, "length": end - start}})
    return path


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column - 1, "offset": position.offset}
