"""What a change gives and takes, where changes are reviewed: a Markdown comment, annotations, code scanning.

Source: GitHub Docs, workflow-commands-for-github-actions; OASIS SARIF 2.1.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from policyeval.answer.data import Object, difference_object
from policyeval.answer.drawing import describe_request
from policyeval.diagnostics.style import clean
from policyeval.locating import locate
from policyeval.proof.difference import (
    Difference,
    action_names,
    action_text,
    conditions_of,
    except_texts,
    letters_of,
    spot_text,
)
from policyeval.proof.outcome import Access, Verdict
from policyeval.source import Span

RULE = "new-access"
_MOST_ROWS = 40


@dataclass(frozen=True)
class Compared:
    """One file of a change: what it is called, what the other side is called, and what was found.

    `allowed` is the reason for which the configuration accepts new access in it.
    """

    new: str
    old: str
    difference: Difference
    allowed: str | None = None

    @property
    def verdict(self) -> Verdict:
        return self.difference.gained.verdict

    @property
    def is_success(self) -> bool:
        """Whether nothing new is granted, or it was allowed; what is unknown is no success."""
        return self.verdict is Verdict.PROVED or (self.verdict is Verdict.REFUTED and self.allowed is not None)


def headline(compared: Compared) -> str:
    """What became of one file, in a sentence."""
    difference = compared.difference
    if difference.is_equivalent:
        return "equivalent: both allow exactly the same requests"
    taken = ", and takes some away" if difference.lost.accesses else ""
    if compared.verdict is Verdict.REFUTED:
        return f"grants new access{taken}"
    if compared.verdict is Verdict.UNKNOWN:
        return "not known whether it grants new access"
    return "grants nothing new" + (", and takes some away" if difference.lost.accesses else "")


# ---- Markdown


def markdown(files: Sequence[Compared]) -> str:
    """A comment for a pull request: a heading for each file, and a table of what is gained and lost."""
    lines = ["## What this change of policies grants", ""]
    for compared in files:
        lines += [f"### {_code(compared.new)}: {headline(compared)}", ""]
        if compared.allowed is not None and compared.verdict is Verdict.REFUTED:
            lines += [f"Allowed by the configuration: {_code(compared.allowed)}", ""]
        lines += _table("New access", compared.difference.gained.accesses)
        lines += _table("Removed access", compared.difference.lost.accesses)
        for doubt in (*compared.difference.gained.doubts, *compared.difference.lost.doubts):
            lines += [f"- not decided: {_code(doubt)}"]
    return "\n".join(lines).rstrip() + "\n"


def _table(title: str, accesses: Sequence[Access]) -> list[str]:
    if not accesses:
        return []
    rows = [f"**{title}**", "", "| actions | resources | when | statement | example |", "|---|---|---|---|---|"]
    for access in accesses[:_MOST_ROWS]:
        names = action_names(access)
        actions = ", ".join(_code(action_text(action)) for action in access.actions[:10])
        if len(names) > 1:
            actions += f" ({len(names)} actions)"
        letters = letters_of(access)
        places = ", ".join(_code(spot_text(spot, letters)) for spot in access.spots[:10])
        left_out = [f"not {text}" for text in except_texts(access)[:10]]
        when = "; ".join(map(_code, [*conditions_of(access), *left_out]))
        by = ", ".join(_code(term.label) for term in access.allowing)
        if access.lifted is not None:
            by += f" (no longer denied by {_code(access.lifted.label)})"
        example = _code(describe_request(access.counterexample.request))
        rows.append(f"| {actions} | {places} | {when} | {by} | {example} |")
    if len(accesses) > _MOST_ROWS:
        rows.append(f"| and {len(accesses) - _MOST_ROWS} more | | | | |")
    return [*rows, ""]


def _code(text: str) -> str:
    """A span of code in a table: no link, picture, mention or tag in the text comes to life.

    Inside a span only the backtick and, in a table, the bar mean anything (GitHub Flavored Markdown 4.10, 6.3); a
    backslash before a bar is read in more than one way, so the bar gives way.
    """
    return "`" + clean(text).replace("`", "'").replace("|", "¦") + "`"


# ---- annotations and code scanning


def _placed(compared: Compared) -> Iterator[tuple[Access, str, Span | None]]:
    """Each part of the new access with its message and its place in the new file."""
    for access in compared.difference.gained.accesses:
        cause = access.allowing[-1] if access.allowing else None
        span = None
        if cause is not None and cause.policy.source is not None:
            span = locate(cause.policy.source).find(cause.statement.pointer)
        actions = ", ".join(action_text(action) for action in access.actions[:10])
        message = f"new access: {actions}; for example {describe_request(access.counterexample.request)}"
        yield access, clean(message), span


def github(files: Sequence[Compared]) -> Iterator[str]:
    """Workflow commands, one for each part of the new access, and one for each file that is not decided."""
    for compared in files:
        name = clean(compared.new).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
        level = "notice" if compared.allowed is not None else "error"
        for access, message, span in _placed(compared):
            place = f"file={name}"
            source = access.allowing[-1].policy.source if access.allowing else None
            if span is not None and source is not None:
                place += f",line={source.position(span.start).line},endLine={source.position(span.end).line}"
            yield f"::{level} {place},title={RULE}::{message.replace('%', '%25')}"
        if compared.verdict is Verdict.UNKNOWN:
            doubt = clean(compared.difference.gained.doubts[0]).replace("%", "%25")
            yield f"::error file={name},title={RULE}::not known whether this grants new access: {doubt}"


def sarif(files: Sequence[Compared], version: str) -> str:
    """A SARIF log with one result for each part of the new access, and one for each file that is not decided."""
    results: list[Object] = []
    for compared in files:
        for access, message, span in _placed(compared):
            location: Object = {"artifactLocation": {"uri": quote(compared.new)}}
            source = access.allowing[-1].policy.source if access.allowing else None
            if span is not None and source is not None:
                start, end = source.position(span.start), source.position(span.end)
                location["region"] = {
                    "startLine": start.line,
                    "startColumn": start.column,
                    "endLine": end.line,
                    "endColumn": end.column,
                }
            results.append(_result(message, location, "error", compared.allowed))
        if compared.verdict is Verdict.UNKNOWN:
            doubt = f"not known whether this grants new access: {clean(compared.difference.gained.doubts[0])}"
            results.append(_result(doubt, {"artifactLocation": {"uri": quote(compared.new)}}, "error", None))
    rule = {"id": RULE, "shortDescription": {"text": "a change of a policy grants new access"}}
    driver = {"name": "policyeval", "semanticVersion": version, "rules": [rule]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(message: str, location: Object, level: str, allowed: str | None) -> Object:
    result: Object = {
        "ruleId": RULE,
        "level": level,
        "message": {"text": message},
        "locations": [{"physicalLocation": location}],
    }
    if allowed is not None:
        result["suppressions"] = [{"kind": "external", "justification": allowed}]
    return result


def data(files: Sequence[Compared]) -> list[Object]:
    return [{**difference_object(one.difference, one.new, one.old), "allowed": one.allowed} for one in files]
