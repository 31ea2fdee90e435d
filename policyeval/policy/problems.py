"""What is wrong with a document, found while it is read."""

from __future__ import annotations

from dataclasses import dataclass

from policyeval.errors import PolicyError
from policyeval.source import Pointer, Source


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason for which AWS would refuse the document.

    `rule` is the linter's rule for it; `pointer` the place, of the member's key when `on_key` is set.
    """

    rule: str
    message: str
    pointer: Pointer
    on_key: bool = False
    help: str | None = None
    within: tuple[int, int] | None = None
    """The characters of the text there that it is about, when not all of it."""

    def error(self, source: Source | None, name: str) -> PolicyError:
        """The problem as an exception, located in its source when there is one."""
        span = None
        if source is not None:
            from policyeval.locating import locate

            span = locate(source).find(self.pointer, key=self.on_key)
        return PolicyError(self.message, rule=self.rule, source=source, span=span, name=name, help=self.help)
