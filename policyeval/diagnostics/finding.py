"""What a check found: a remark of a rule together with the text that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label
from policyeval.diagnostics.severity import Severity
from policyeval.locating import in_file
from policyeval.source import Pointer, Position, Source, Span


@dataclass(frozen=True)
class Finding:
    """One finding. `labels` begins with the primary one; what they point into is `source` unless they say otherwise.

    `anchor` names the finding's place without lines and indexes, so that it survives edits elsewhere in the file;
    `fingerprint` is made of it and unique in a run. `suppressed` is the reason for which the finding is not counted.
    """

    rule: str
    severity: Severity
    message: str
    source: Source
    labels: tuple[Label, ...]
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    withheld: Fix | None = None
    """A fix that has no JSON text of its own to be made in: the document stands in a string, or in YAML."""
    sid: str | None = None
    anchor: str = ""
    fingerprint: str = ""
    suppressed: str | None = None
    attached: tuple[str, ...] = ()
    """How an account uses the policy: `group Administrators`."""

    @property
    def file(self) -> str:
        """The file's name, as its reader wrote it."""
        return self.source.name

    @property
    def path(self) -> str:
        """The file to open: of a document that stands in another as a string, the one that holds it."""
        return self.source.path

    @cached_property
    def in_file(self) -> tuple[Position, Position]:
        """Start and end of the primary place in that file."""
        source, span = in_file(self.source, self.span)
        return source.position(span.start), source.position(span.end)

    @property
    def pointer(self) -> Pointer:
        """The JSON Pointer of the primary place."""
        return self.labels[0].where.pointer

    @cached_property
    def span(self) -> Span:
        """The characters of the primary place."""
        return self.labels[0].where.find(self.source)

    @property
    def start(self) -> Position:
        return self.source.position(self.span.start)

    @property
    def end(self) -> Position:
        return self.source.position(self.span.end)

    def __str__(self) -> str:
        """The one-line form: `file:line:column: severity[rule] message`."""
        at, _ = self.in_file
        return f"{self.path}:{at.line}:{at.column}: {self.severity.value}[{self.rule}] {self.message}"
