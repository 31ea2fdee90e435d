"""The baseline: findings that were there when a team began to check, so that only new ones count.

A JSON file, `policyeval.baseline/1`: file, then rule, then anchor, then how many. An anchor names a place by keys, Sid
and text, not by line, so that edits elsewhere leave it be. Paths are relative to the baseline's own directory.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.style import clean_json
from policyeval.errors import ConfigError, JsonSyntaxError
from policyeval.jsontext import JsonNumber, decode
from policyeval.reading import read_source, write_whole

SCHEMA = "policyeval.baseline/1"
REASON = "in the baseline"
Key = tuple[str, str, str]
"""File, rule and anchor."""
_DIGITS = 9
"""What a count may have: no file holds more findings."""


def read_baseline(path: str) -> Counter[Key]:
    """How many findings of each key the baseline holds; raises `ReadError` or `ConfigError`, located."""
    source = read_source(path)
    try:
        document = decode(source)
    except JsonSyntaxError as error:
        raise ConfigError(error.message, source=error.source, span=error.span, help=error.help) from None
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise ConfigError(
            f"no baseline: `schema` is not `{SCHEMA}`", name=path, help="write one with `--write-baseline`"
        )
    counts: Counter[Key] = Counter()
    for file, rules in _members(document.get("findings"), path):
        for rule, anchors in _members(rules, path):
            for anchor, count in _members(anchors, path):
                if not isinstance(count, JsonNumber) or not count.isdigit() or len(count) > _DIGITS:
                    raise ConfigError(f"a count of the baseline is `{str(count)[:40]}`", name=path)
                counts[file, rule, anchor] = int(count)
    return counts


def _members(value: object, path: str) -> Iterable[tuple[str, object]]:
    if not isinstance(value, Mapping):
        raise ConfigError("the baseline is damaged", name=path, help="write it anew with `--write-baseline`")
    return value.items()


def write_baseline(path: str, counts: Mapping[Key, int]) -> None:
    """Write a baseline, sorted, whole or not at all; raises `WriteError`."""
    findings: dict[str, dict[str, dict[str, int]]] = {}
    for (file, rule, anchor), count in sorted(counts.items()):
        if count > 0:
            findings.setdefault(file, {}).setdefault(rule, {})[anchor] = count
    text = json.dumps({"schema": SCHEMA, "findings": findings}, indent=2, ensure_ascii=False)
    write_whole(path, clean_json(text) + "\n")


def key_of(finding: Finding, path: str) -> Key:
    """The key of a finding in the baseline at `path`."""
    return file_of(finding.path, path), finding.rule, finding.anchor


def file_of(name: str, path: str) -> str:
    """A file as the baseline at `path` names it: relative to its directory, with `/`."""
    return os.path.relpath(os.path.abspath(name), os.path.dirname(os.path.abspath(path))).replace(os.sep, "/")


def is_gone(file: str, path: str) -> bool:
    """Whether a file that the baseline at `path` names is there no more."""
    return not os.path.lexists(os.path.join(os.path.dirname(os.path.abspath(path)), file))


def apply_baseline(
    findings: Sequence[Finding], counts: Mapping[Key, int], path: str
) -> tuple[list[Finding], Counter[Key]]:
    """The findings, those that the baseline holds suppressed, and what of it no finding needed.

    When there are more findings of a key than the baseline has, the last ones of the file are the new ones.
    """
    left = Counter(counts)
    judged = []
    for finding in findings:
        key = key_of(finding, path)
        if finding.suppressed is None and left[key] > 0:
            left[key] -= 1
            finding = replace(finding, suppressed=REASON)
        judged.append(finding)
    return judged, +left
