"""From pointers to spans, for JSON and YAML alike."""

from __future__ import annotations

from policyeval.source import Source, Span
from policyeval.spans import SpanTree


def locate(source: Source) -> SpanTree:
    """The places of every value and key of a document that decodes."""
    if source.is_yaml:
        from policyeval import yamltext

        return yamltext.locate(source)
    from policyeval import jsontext

    return jsontext.locate(source)


def in_file(source: Source, span: Span) -> tuple[Source, Span]:
    """The text of the file that a place is in, and where in it.

    Of a document in a JSON string the very characters, with the escapes that they have there; of one that was encoded
    once more, or stands in YAML, the whole string.
    """
    while source.holder is not None:
        holder = source.holder
        whole = locate(holder.source).find(holder.pointer)
        if holder.encoded or holder.source.is_yaml:
            span = whole
        else:
            from policyeval.jsontext import inner_span

            span = inner_span(holder.source, whole, span.start, span.end)
        source = holder.source
    return source, span
