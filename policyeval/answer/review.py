"""What a change gives and takes, where changes are reviewed: a Markdown comment, annotations, code scanning.

Source: OASIS SARIF 2.1.0.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from policyeval.answer.comparison import Compared, headline
from policyeval.answer.data import Object
from policyeval.answer.drawing import describe_request
from policyeval.answer.words import (
    action_texts,
    caller_texts,
    causes_of,
    condition_texts,
    exclusion_texts,
    keys_of,
    left_out_texts,
    resource_texts,
    unless_texts,
)
from policyeval.diagnostics.render.github import workflow_command
from policyeval.diagnostics.render.sarif import SCHEMA, plain_text, region_of
from policyeval.diagnostics.style import clean, clean_json
from policyeval.locating import locate
from policyeval.proof.difference import action_names
from policyeval.proof.outcome import Access, Verdict
from policyeval.proof.term import Term
from policyeval.source import Span

RULE = "new-access"
_MOST_ROWS = 40


# ---- Markdown


def markdown(files: Sequence[Compared]) -> str:
    """A comment for a pull request: a heading for each file, and a table of what is gained and lost."""
    lines = ["## What this change of policies grants", ""]
    if not files:
        lines.append("No policy has changed.")
    for compared in files:
        lines += [f"### {_code(compared.new)}: {headline(compared)}", ""]
        if compared.is_accepted:
            lines += [f"Allowed by the configuration: {_code(compared.allowed or '')}", ""]
        lines += [f"Note: {_code(note)}\n" for note in compared.notes]
        lines += _table("New access", compared.difference.gained.accesses)
        lines += _table("Removed access", compared.difference.lost.accesses)
        lines += [f"- not known {_code(doubt)}" for doubt in compared.doubts]
        if compared.doubts:
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _table(title: str, accesses: Sequence[Access]) -> list[str]:
    if not accesses:
        return []
    table = [_TITLES, *map(_row, accesses[:_MOST_ROWS])]
    columns = [at for at in range(len(_TITLES)) if any(row[at] for row in table[1:])]
    lines = [f"| {' | '.join(row[at] for at in columns)} |" for row in table]
    lines.insert(1, "|" + "---|" * len(columns))
    if len(accesses) > _MOST_ROWS:
        lines.append(f"| and {len(accesses) - _MOST_ROWS:,} more |" + " |" * (len(columns) - 1))
    return [f"**{title}**", "", *lines, ""]


_TITLES = ["actions", "resources", "for whom", "when", "statement", "example"]


def _row(access: Access) -> list[str]:
    names = action_names(access)
    actions = _codes(action_texts(access))
    if len(names) > 1:
        actions += f" ({len(names):,} actions)"
    when = [*map(_code, condition_texts(access))]
    when += [f"unless {_code(text)}" for text in unless_texts(access)]
    left_out = left_out_texts(access)
    if left_out:
        when.append(f"except {_codes(left_out)}")
    when += [f"except {_code(text)}" for text in exclusion_texts(access)]
    by = ", ".join(_code(term.label) for term in causes_of(access))
    if access.lifted is not None:
        by += f"{' ' if by else ''}(no longer denied by {_code(access.lifted.label)})"
    example = _code(describe_request(access.counterexample.request, keys_of(access)))
    return [actions, _codes(resource_texts(access)), _codes(caller_texts(access)), "<br>".join(when), by, example]


def _codes(texts: Sequence[str]) -> str:
    more = [f"and {len(texts) - 10:,} more"] if len(texts) > 10 else []
    return ", ".join([*map(_code, texts[:10]), *more])


def _code(text: str) -> str:
    """A span of code in a table: no link, picture, mention or tag in the text comes to life.

    Inside a span only the backtick and, in a table, the bar mean anything (GitHub Flavored Markdown 4.10, 6.3); a
    backslash before a bar is read in more than one way, so the bar gives way. A span of nothing but spaces is none.
    """
    shown = clean(text).replace("`", "'").replace("|", "¦")
    return f"`{shown}`" if shown.strip() else "(nothing)"


# ---- annotations and code scanning


def _placed(compared: Compared) -> Iterator[tuple[Access, str | None, str, Span | None]]:
    """Each part of the new access with the reason for which it is accepted, its message, and its place in the file."""
    for access, reason in compared.gained:
        cause = _cause(access)
        span = None
        if cause is not None and cause.policy.source is not None:
            span = locate(cause.policy.source).find(cause.statement.pointer)
        example = describe_request(access.counterexample.request, keys_of(access))
        message = f"new access: {_described(access)}; for example {example}"
        yield access, reason, clean(message), span


def _described(access: Access) -> str:
    """The access in one line: what, on what, for whom, when, and what is left out."""
    said = [_some(action_texts(access)), f"on {_some(resource_texts(access))}"]
    if caller_texts(access):
        said.append(f"for {_some(caller_texts(access))}")
    if condition_texts(access):
        said.append(f"when {' and '.join(condition_texts(access))}")
    said += [f"unless {text}" for text in unless_texts(access)]
    if left_out_texts(access):
        said.append(f"except {_some(left_out_texts(access))}")
    said += [f"except {text}" for text in exclusion_texts(access)]
    return " ".join(said)


def _some(texts: Sequence[str]) -> str:
    more = [f"{len(texts) - 10:,} more"] if len(texts) > 10 else []
    return ", ".join([*texts[:10], *more])


def _cause(access: Access) -> Term | None:
    causes = causes_of(access)
    return causes[0] if causes else None


def github(files: Sequence[Compared]) -> Iterator[str]:
    """Workflow commands, one for each part of the new access, and one for each file that is not decided."""
    for compared in files:
        for access, reason, message, span in _placed(compared):
            level = "error" if reason is None else "notice"
            place: dict[str, str | int] = {"file": compared.new}
            cause = _cause(access)
            source = cause.policy.source if cause is not None else None
            if span is not None and source is not None:
                place |= {"line": source.position(span.start).line, "endLine": source.position(span.end).line}
            yield workflow_command(level, {**place, "title": RULE}, [message])
        if compared.verdict is Verdict.UNKNOWN:
            yield workflow_command("error", {"file": compared.new, "title": RULE}, [_doubt(compared)])


def _doubt(compared: Compared) -> str:
    return clean(f"not known whether this grants new access: {compared.difference.gained.doubts[0]}")


def sarif(files: Sequence[Compared], version: str) -> str:
    """A SARIF log with one result for each part of the new access, and one for each file that is not decided."""
    results: list[Object] = []
    for compared in files:
        artifact = {"artifactLocation": {"uri": _uri(compared.new)}}
        for access, reason, message, span in _placed(compared):
            location: Object = dict(artifact)
            cause = _cause(access)
            source = cause.policy.source if cause is not None else None
            if span is not None and source is not None:
                location["region"] = region_of(source, span)
            results.append(_result(message, location, _fingerprint(compared, access), reason))
        if compared.verdict is Verdict.UNKNOWN:
            results.append(_result(_doubt(compared), artifact, _digest(compared.new, "unknown"), None))
    driver = {"name": "policyeval", "semanticVersion": version, "rules": [_RULE]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return clean_json(json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))


_SUMMARY = "a change of a policy grants new access"
_RULE: Object = {
    "id": RULE,
    "name": "NewAccess",
    "shortDescription": {"text": _SUMMARY},
    "fullDescription": {"text": _SUMMARY},
    "help": {
        "text": "Accept it with a reason: an allowance of `new-access` in the configuration, or narrow the change."
    },
    "helpUri": "https://github.com/policyeval/policyeval/blob/main/docs/commands/diff.md",
    "defaultConfiguration": {"level": "error"},
    "properties": {"tags": ["security", "iam"], "security-severity": "7.0"},
}
"""7.0 makes GitHub rank the alerts as security alerts of high severity, as `check` has it."""


def _result(message: str, location: Object, fingerprint: str, allowed: str | None) -> Object:
    result: Object = {
        "ruleId": RULE,
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": plain_text(message)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"policyeval/v1": fingerprint},
    }
    if allowed is not None:
        result["suppressions"] = [{"kind": "external", "justification": plain_text(allowed)}]
    return result


def _fingerprint(compared: Compared, access: Access) -> str:
    """The same for the same part of the same file, wherever its lines are."""
    labels = [term.label for term in (*causes_of(access), *((access.lifted,) if access.lifted else ()))]
    return _digest(compared.new, *labels, *action_texts(access), *resource_texts(access), *condition_texts(access))


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _uri(path: str) -> str:
    """A path as a URI reference; bytes of a name that are no text stay as they are."""
    return quote(path.replace("\\", "/"), errors="surrogateescape")
