"""What a report says about a rule: enough to name it, weigh it and link to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from policyeval.diagnostics.severity import Severity


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule as others see it. `summary` is a sentence, `manual` Markdown, `link` a page on the web.

    `code` is Access Analyzer's issue code, or the name in its spelling when it has none.
    """

    name: str
    severity: Severity
    summary: str
    manual: str
    link: str
    pedantic: bool

    @property
    def code(self) -> str:
        return self.name.upper().replace("-", "_")


Describe = Callable[[str], RuleInfo]
"""From a rule's name to what is to be said of it."""
