"""Where something is, said symbolically; a `Span` only when it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from policyeval.source import Pointer, Source, Span


@dataclass(frozen=True, slots=True)
class Where:
    """A value of a document, its key, or some characters of it.

    `within` counts characters of the *decoded* string, from 0, the end not included; `source` is set when the place
    is in another document than the finding's own; `span` when there is no document to point into, because the text
    does not decode.
    """

    pointer: Pointer
    on_key: bool = False
    within: tuple[int, int] | None = None
    source: Source | None = None
    span: Span | None = None

    def find(self, own: Source) -> Span:
        """The span in the source that the place is in; the nearest ancestor's when the place does not exist.

        Raises the source's syntax error when it does not decode and no span was given.
        """
        if self.span is not None:
            return self.span
        from policyeval.locating import locate

        source = self.source or own
        span = locate(source).find(self.pointer, key=self.on_key)
        # A scalar of YAML may be folded or unquoted, so that characters of the value are none of the text.
        if self.within is None or source.is_yaml:
            return span
        from policyeval.jsontext import inner_span

        return inner_span(source, span, *self.within)


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what to say of it. The primary one is underlined with `^^^`, related ones with `---`."""

    where: Where
    text: str = ""
    primary: bool = False
