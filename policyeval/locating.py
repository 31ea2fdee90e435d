"""From pointers to spans, for JSON and YAML alike."""

from __future__ import annotations

from policyeval.source import Source
from policyeval.spans import SpanTree


def is_yaml(name: str) -> bool:
    """Whether a file of that name is read as YAML."""
    return name.endswith((".yaml", ".yml"))


def locate(source: Source) -> SpanTree:
    """The places of every value and key of a document that decodes."""
    if is_yaml(source.name):
        from policyeval import yamltext

        return yamltext.locate(source)
    from policyeval import jsontext

    return jsontext.locate(source)
