"""The order in which findings are shown, which depends on nothing but the findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from policyeval.diagnostics.finding import Finding


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By file, place, severity, rule and message; a finding that says the same of the same place comes once.

    Each gets its fingerprint: of its rule, file and anchor, and of how many of the same came before it.
    """
    ordered = sorted(findings, key=_key)
    counts: dict[tuple[str, str, str], int] = {}
    unique: dict[tuple[object, ...], Finding] = {}
    for finding in ordered:
        identity = (finding.file, finding.rule, finding.span, finding.message)
        if identity in unique:
            continue
        same = (finding.rule, finding.file, finding.anchor)
        counts[same] = counts.get(same, -1) + 1
        unique[identity] = replace(finding, fingerprint=_fingerprint(*same, counts[same]))
    return list(unique.values())


def _key(finding: Finding) -> tuple[object, ...]:
    return (finding.file, finding.span.start, finding.severity.rank, finding.rule, finding.span.end, finding.message)


def _fingerprint(rule: str, file: str, anchor: str, count: int) -> str:
    import hashlib  # 4 ms that a file without findings need not pay

    text = "\0".join((rule, file.replace("\\", "/"), anchor, str(count)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
