"""Findings that somebody has decided to live with, and why.

JSON has no comments and AWS refuses elements that it does not know, so an allowance stands in the configuration:

    [[tool.policyeval.allow]]
    rules = ["administrator-access"]
    files = ["policies/administrator.json"]
    reason = "two people hold it; see the access review of June"
    until = 2027-06-30

Every field that an allowance has must fit a finding; `rules` and `reason` it always has. What is allowed is counted, an
allowance that fits nothing is a finding, and so is one whose day has passed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from policyeval.config import Allowance, Config
from policyeval.diagnostics.finding import Finding
from policyeval.source import Pointer

if TYPE_CHECKING:
    from datetime import date

NEVER_ALLOWED = frozenset({"unused-allowance", "expired-allowance"})
"""Rules about allowances themselves: to allow these would be to say nothing with more words."""


def is_expired(allowance: Allowance, today: date) -> bool:
    """Whether its last day has passed."""
    return allowance.until is not None and today > allowance.until


def fits(allowance: Allowance, finding: Finding, file: str) -> bool:
    """Whether an allowance is for a finding; `file` is the finding's file relative to the configuration, with `/`."""
    return (
        finding.rule not in NEVER_ALLOWED
        and any(fnmatchcase(finding.rule, rule) for rule in allowance.rules)
        and is_about(allowance, file)
        and (allowance.sid is None or allowance.sid == finding.sid)
        and (allowance.pointer is None or is_at(finding.pointer, allowance.pointer))
    )


def is_about(allowance: Allowance, file: str) -> bool:
    """Whether an allowance speaks of a file."""
    return not allowance.files or any(file_fits(pattern, file) for pattern in allowance.files)


def relative_file(config: Config, file: str) -> str:
    """A file as the configuration names it: relative to its directory, with `/`."""
    return os.path.relpath(os.path.abspath(file), os.path.abspath(config.directory)).replace(os.sep, "/")


def file_fits(pattern: str, file: str) -> bool:
    """Whether a path fits a glob in which `*` stays inside a directory and `**` does not.

    A pattern without a slash speaks of the file's name alone, wherever it is.

    >>> file_fits("trust/*.json", "trust/a.json"), file_fits("*.scp.json", "org/a.scp.json"), file_fits("a", "b/a/c")
    (True, True, False)
    """
    from policyeval.gitignore import parse_pattern

    parsed = parse_pattern(pattern)
    return parsed is not None and parsed.regex.fullmatch(file) is not None


def is_at(place: Pointer, pointer: Pointer) -> bool:
    """Whether a place is the one that a pointer names, or inside it."""
    return place == pointer or place.startswith(f"{pointer.rstrip('/')}/")


def suppress(
    findings: Sequence[tuple[Finding, str]], allowances: Sequence[Allowance], today: date | None
) -> tuple[list[Finding], frozenset[int]]:
    """The findings, those that are allowed with the reason, and the indexes of the allowances that were needed.

    Each finding comes with its file as allowances name it. `today` may be left out when no allowance has an end.
    """
    used: set[int] = set()
    judged = []
    live = [
        (index, allowance)
        for index, allowance in enumerate(allowances)
        if today is None or not is_expired(allowance, today)
    ]
    for finding, file in findings:
        fitting = [(index, allowance) for index, allowance in live if fits(allowance, finding, file)]
        used.update(index for index, _ in fitting)
        judged.append(replace(finding, suppressed=fitting[0][1].reason) if fitting else finding)
    return judged, frozenset(used)


def expired(allowances: Sequence[Allowance], today: date | None) -> Iterator[Allowance]:
    """The allowances whose last day has passed."""
    if today is not None:
        yield from (allowance for allowance in allowances if is_expired(allowance, today))
