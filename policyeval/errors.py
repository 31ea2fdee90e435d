"""The errors that a user can cause: what all have in common, and those that several parts raise.

A message is one sentence in lower case without a full stop; text of the user's stands in backticks; the help says what
to do and stays apart from the fact.
"""

from __future__ import annotations

from policyeval.source import Source, Span


class PolicyevalError(Exception):
    """Something in the user's input that keeps policyeval from doing its job.

    `source` and `span` say where when there is a place; `name` is the file when there is no text to point into.
    `str()` of it is the one-line form, `file:line:column: message`.
    """

    def __init__(
        self,
        message: str,
        *,
        source: Source | None = None,
        span: Span | None = None,
        name: str | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.name = name if name is not None or source is None else source.name
        self.help = help

    @property
    def where(self) -> str | None:
        """`file:line:column`, or the file alone, or nothing."""
        if self.source is not None and self.span is not None:
            at = self.source.position(self.span.start)
            return f"{self.source.name}:{at.line}:{at.column}"
        return self.name

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head} ({self.help})" if self.help else head


class ReadError(PolicyevalError):
    """A file could not be read: missing, a directory, no permission, too large, not text."""


class JsonSyntaxError(PolicyevalError):
    """A text is not JSON (RFC 8259)."""


class YamlSyntaxError(PolicyevalError):
    """A text is not YAML, or uses what a data file has no need of (cycles, tags of other languages)."""


class PolicyError(PolicyevalError):
    """A JSON document is no policy that AWS would accept. `rule` names the broken rule in kebab-case."""

    def __init__(
        self,
        message: str,
        *,
        rule: str,
        source: Source | None = None,
        span: Span | None = None,
        name: str | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(message, source=source, span=span, name=name, help=help)
        self.rule = rule


class AccountError(PolicyevalError):
    """An account file, or an export of one, contradicts itself or names what is not there."""


class RequestError(PolicyevalError):
    """A request that cannot be: an unknown user, a malformed action or ARN, a context value of the wrong type."""


class CaseError(PolicyevalError):
    """A case file that is not `policyeval.test/1`."""


class ConfigError(PolicyevalError):
    """A configuration that cannot be used."""
