"""From symbolic fixes to text edits: nothing but what a fix names changes, so formatting is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from policyeval.diagnostics.fix import Edit, Fix, InsertItem, InsertMember, Remove, ReplaceText, ReplaceValue
from policyeval.jsontext import decode, inner_span
from policyeval.locating import locate
from policyeval.source import Pointer, Source, Span, child, pointer_tokens
from policyeval.spans import SpanTree


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Put `text` in the place of the characters of `span`."""

    span: Span
    text: str


def text_edits(source: Source, fix: Fix) -> list[TextEdit]:
    """The changes to a text that a fix comes to, in order of place; they do not overlap.

    Raises `KeyError` when the fix names a place that does not exist, which is a fault of its rule.
    """
    layout = _layout(source)
    removed = [edit.pointer for edit in fix.edits if isinstance(edit, Remove)]
    edits = [layout.edit(edit) for edit in fix.edits if not isinstance(edit, Remove)]
    edits += layout.remove(removed)
    return sorted(edits, key=lambda edit: edit.span)


def edited(text: str, edits: Iterable[TextEdit]) -> str:
    """A text with edits made that do not overlap."""
    pieces = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join((*pieces, text[at:]))


class _Layout:
    """A document and how it is written."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.places: SpanTree = locate(source)
        self.document = decode(source)

    def edit(self, edit: Edit) -> TextEdit:
        if isinstance(edit, ReplaceText):
            return self.replace_text(edit)
        if isinstance(edit, ReplaceValue):
            span = self.places.value(edit.pointer)
            return TextEdit(span, self.written(edit.value, span.start))
        if isinstance(edit, InsertItem):
            return self.insert_item(edit)
        assert isinstance(edit, InsertMember)
        return self.insert_member(edit)

    def replace_text(self, edit: ReplaceText) -> TextEdit:
        span = self.places.key(edit.pointer) if edit.on_key else self.places.value(edit.pointer)
        if edit.within is None:
            return TextEdit(span, _dumped(edit.text))
        return TextEdit(inner_span(self.source, span, *edit.within), _dumped(edit.text)[1:-1])

    def insert_item(self, edit: InsertItem) -> TextEdit:
        held = self.value(edit.pointer)
        span = self.places.value(edit.pointer)
        if not isinstance(held, list):  # a string that stands for a list of one
            return TextEdit(span, f"[{self.text[span.start : span.end]}, {_dumped(edit.value)}]")
        if not held:
            return TextEdit(span, f"[{_dumped(edit.value)}]")
        last = self.places.value(child(edit.pointer, len(held) - 1))
        gap = self.gap_before(last.start)
        separator = f",{gap}" if "\n" in gap else ", "
        return TextEdit(Span(last.end, last.end), separator + self.written(edit.value, last.start))

    def insert_member(self, edit: InsertMember) -> TextEdit:
        held = self.value(edit.pointer)
        assert isinstance(held, Mapping)
        if not held:
            span = self.places.value(edit.pointer)
            return TextEdit(span, f"{{{_dumped(edit.key)}: {_dumped(edit.value)}}}")
        neighbour = edit.before if edit.before is not None and edit.before in held else list(held)[-1]
        pointer = child(edit.pointer, neighbour)
        key, value = self.places.key(pointer), self.places.value(pointer)
        gap = self.gap_before(key.start)
        separator = f",{gap}" if "\n" in gap else ", "
        member = f"{_dumped(edit.key)}{self.text[key.end : value.start]}{self.written(edit.value, key.start)}"
        if neighbour == edit.before:
            return TextEdit(Span(key.start, key.start), member + separator)
        return TextEdit(Span(value.end, value.end), separator + member)

    def remove(self, pointers: Sequence[Pointer]) -> list[TextEdit]:
        """Take out items and members, runs of neighbours at once; what follows takes the place of what goes."""
        by_parent: dict[Pointer, set[str]] = {}
        for pointer in pointers:
            parent, _, token = pointer.rpartition("/")
            by_parent.setdefault(parent, set()).update(pointer_tokens(f"/{token}"))
        return [edit for parent, gone in by_parent.items() for edit in self.remove_from(parent, gone)]

    def remove_from(self, parent: Pointer, gone: set[str]) -> list[TextEdit]:
        held = self.value(parent)
        names: Sequence[str | int] = list(held) if isinstance(held, Mapping) else range(_length(held))
        try:
            places = sorted(names.index(name if isinstance(held, Mapping) else int(name)) for name in gone)
        except ValueError:
            raise KeyError(parent) from None
        if len(places) == len(names):
            around = self.places.value(parent)
            return [TextEdit(Span(around.start + 1, around.end - 1), "")]
        edits = []
        for first, last in _runs(places):
            if last + 1 < len(names):
                start = self.whole(child(parent, names[first])).start
                edits.append(TextEdit(Span(start, self.whole(child(parent, names[last + 1])).start), ""))
            else:
                end = self.whole(child(parent, names[last])).end
                edits.append(TextEdit(Span(self.whole(child(parent, names[first - 1])).end, end), ""))
        return edits

    def whole(self, pointer: Pointer) -> Span:
        """An item, or a member with its key."""
        span = self.places.value(pointer)
        try:
            return Span(self.places.key(pointer).start, span.end)
        except KeyError:
            return span

    def value(self, pointer: Pointer) -> object:
        value = self.document
        for token in pointer_tokens(pointer):
            value = value[token] if isinstance(value, Mapping) else value[int(token)]  # type: ignore[index]
        return value

    def gap_before(self, offset: int) -> str:
        """The white space directly before a place."""
        start = offset
        while start > 0 and self.text[start - 1] in " \t\r\n":
            start -= 1
        return self.text[start:offset]

    def written(self, value: object, offset: int) -> str:
        """A value as the document would write it at a place: on several lines where its own objects are."""
        if not isinstance(value, dict | list) or "\n" not in self.text:
            return _dumped(value)
        line_start = self.text.rfind("\n", 0, offset) + 1
        indent = self.text[line_start:offset]
        indent = indent[: len(indent) - len(indent.lstrip())]
        return json.dumps(value, indent=self.indentation(), ensure_ascii=False).replace("\n", "\n" + indent)

    def indentation(self) -> str:
        """One step of the document's own indentation: that of its first member."""
        at = self.text.find("\n") + 1
        rest = self.text[at:]
        return rest[: len(rest) - len(rest.lstrip(" \t"))] or "  "


@lru_cache(maxsize=2)
def _layout(source: Source) -> _Layout:
    """Kept for the next fix: a document with a thousand findings has a thousand fixes."""
    return _Layout(source)


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of neighbours."""
    first = 0
    for at in range(1, len(places) + 1):
        if at == len(places) or places[at] != places[at - 1] + 1:
            yield places[first], places[at - 1]
            first = at


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
