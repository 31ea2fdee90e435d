"""Where the values and keys of a document stand in its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from policyeval.source import Pointer, Span, pointer_tokens


@dataclass(slots=True)
class Place:
    """A value's span, its key's span when it is the member of an object, and what holds its children.

    `handle` is whatever the reader of the format needs to find the children; `children` are found when first asked
    for, so a tree costs what is looked at and nothing recurses.
    """

    span: Span
    key: Span | None
    handle: object
    children: Mapping[str, Place] | None = None


Expand = Callable[[Place], Mapping[str, Place]]
"""From a place to the places of its members by key, or of its items by index; empty for scalars."""


class SpanTree:
    """The places of every value and key of one document, found by JSON Pointer (RFC 6901)."""

    __slots__ = ("_expand", "_root")

    def __init__(self, root: Place, expand: Expand) -> None:
        self._root = root
        self._expand = expand

    def value(self, pointer: Pointer) -> Span:
        """The span of a value, quotes and brackets included; raises `KeyError` when there is none."""
        place, complete = self._walk(pointer)
        if not complete:
            raise KeyError(pointer)
        return place.span

    def key(self, pointer: Pointer) -> Span:
        """The span of a member's key, quotes included; raises `KeyError` for items, the document and the unknown."""
        place, complete = self._walk(pointer)
        if not complete or place.key is None:
            raise KeyError(pointer)
        return place.key

    def find(self, pointer: Pointer, *, key: bool = False) -> Span:
        """The span of a value, or of its key, or else of the nearest ancestor that exists: always a place to show."""
        place, complete = self._walk(pointer)
        return place.key if key and complete and place.key is not None else place.span

    def _walk(self, pointer: Pointer) -> tuple[Place, bool]:
        """The deepest place on the way that a pointer names, and whether it is the pointer's own."""
        place = self._root
        for token in pointer_tokens(pointer):
            if place.children is None:
                place.children = self._expand(place)
            below = place.children.get(token)
            if below is None:
                return place, False
            place = below
        return place, True
