"""For people: every finding with the text that it speaks of, what is known about it, and the change that mends it."""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.excerpt import Mark, draw
from policyeval.diagnostics.failure import labelled
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label
from policyeval.diagnostics.severity import Severity
from policyeval.diagnostics.style import Role, Style, clean
from policyeval.diagnostics.wrapping import wrap
from policyeval.source import Source

INDENT = "    "
"""Before the further lines of a headline."""
LONGEST_MESSAGE = 240
"""In characters. A policy's strings may be as long as a policy."""

ROLES: dict[Severity, Role] = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "note",
}


def render_finding(finding: Finding, style: Style, *, link: str | None = None) -> list[str]:
    """The lines of one finding. `link` is the address of the rule's manual, for terminals that can follow one."""
    lines = headline(finding, style, link)
    indent = " "
    for source, labels in _by_source(finding):
        marks = [Mark(label.where.find(source), label.text, label.primary) for label in labels]
        if source.text:
            lines += draw(source, marks, style)
            last = max(source.position(mark.span.start).line for mark in marks)
            indent = " " * (len(str(last)) + 1)
        else:
            lines.append(f" {style.paint('-->', 'gutter')} {clean(source.name)}")
    if finding.source.holder is not None:
        at, _ = finding.in_file
        lines += labelled(
            "note", f"in a string of {finding.path}, at line {at.line}, column {at.column}", indent, style
        )
    for note in finding.notes:
        lines += labelled("note", note, indent, style)
    if finding.attached:
        lines += labelled("note", f"attached to {_listed(finding.attached)}", indent, style)
    if finding.help is not None:
        lines += labelled("help", finding.help, indent, style)
    if finding.fix is not None:
        lines += labelled("fix", _described(finding.fix), indent, style)
    if finding.suppressed is not None:
        lines += labelled("allowed", finding.suppressed, indent, style)
    return lines


def headline(finding: Finding, style: Style, link: str | None = None) -> list[str]:
    """`error[invalid-action]: action does not exist`; what does not fit the first line stands indented below it."""
    head = shown = f"{finding.severity.value}[{finding.rule}]"
    if link is not None and style.hyperlinks:
        shown = f"{finding.severity.value}[\x1b]8;;{link}\x1b\\{finding.rule}\x1b]8;;\x1b\\]"
    rows = wrap(shortened(finding.message), style.width - len(INDENT), first=style.width - len(head) - 2)
    first, *rest = (style.paint(row, "bold") for row in rows)
    return [f"{style.paint(shown, ROLES[finding.severity])}: {first}".rstrip(), *(INDENT + row for row in rest)]


def shortened(message: str) -> str:
    """A message on one line, safe to print."""
    text = clean(message[: LONGEST_MESSAGE + 1])
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"


def _by_source(finding: Finding) -> Iterator[tuple[Source, list[Label]]]:
    """The labels of each text, that of the finding first."""
    groups: dict[int, tuple[Source, list[Label]]] = {}
    for label in finding.labels:
        source = label.where.source or finding.source
        groups.setdefault(id(source), (source, []))[1].append(label)
    return iter(groups.values())


def _described(fix: Fix) -> str:
    return fix.message if fix.safe else f"{fix.message} (with `--unsafe-fixes`)"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
