"""YAML texts that hold plain data: mappings with text for keys, sequences, and scalars as JSON has them.

Read from PyYAML's events, one loop without recursion, so that nothing is constructed, no tag is obeyed, and cycles and
exploding aliases are seen before they cost anything.

Scalars follow YAML 1.2's core schema (section 10.3.2): `true` and `false` are booleans in three spellings, `null`, `~`
and nothing at all are null, decimal numbers are numbers. Everything else is text, among it what YAML 1.1 took for
something else: `yes`, `no`, `on`, `off`, dates, octal and sexagesimal numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from policyeval.errors import YamlSyntaxError
from policyeval.jsontext import JsonNumber, clipped
from policyeval.limits import ALIASED, DEPTH, most
from policyeval.source import Source, Span
from policyeval.spans import Place, SpanTree

if TYPE_CHECKING:
    import yaml

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ANCHOR = re.compile(r"&\S+\s*")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(source: Source) -> object:
    """The value of a YAML text: `dict`, `list`, `str`, `JsonNumber`, `bool` or `None`.

    A number keeps its spelling, so an account id without quotes keeps its zeros. Raises `YamlSyntaxError`, located, for
    what is not YAML, several documents, tags, merge keys, keys that are not text or appear twice, nesting beyond
    `limits.DEPTH`, and aliases that contain themselves or stand for more than `limits.ALIASED` values.

    >>> decode(Source("account.yaml", "account: 012345678901\\ngroups: [Administrators]"))
    {'account': '012345678901', 'groups': ['Administrators']}
    """
    return _Reader(source).read()[0]


@lru_cache(maxsize=16)
def locate(source: Source) -> SpanTree:
    """The spans of a YAML text's values and keys; raises as `decode`.

    An alias stands at its own place, what is below it where its anchor is. A block's span ends with its last value.
    """
    return SpanTree(_Reader(source).read()[1], lambda _scalar: {})


@dataclass(slots=True)
class _Node:
    """A value, its place, and what it counts for: `size` values on `height` levels, aliases written out."""

    value: object
    place: Place
    size: int = 1
    height: int = 0
    plain: bool = False


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    value: dict[str, object] | list[object]
    start: int
    anchor: str | None
    children: dict[str, Place] = field(default_factory=dict)
    end: int = 0
    key: str | None = None
    key_span: Span | None = None
    size: int = 1
    height: int = 0


class _Reader:
    """Reads one document, event by event."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.open: list[_Open] = []
        self.anchors: dict[str, _Node] = {}
        self.aliased = 0
        self.root: _Node | None = None

    def read(self) -> tuple[object, Place]:
        """The document's value and the place of its root."""
        import yaml

        unprintable = _UNPRINTABLE.search(self.source.text)
        if unprintable:
            at = unprintable.start()
            raise self.error(f"character U+{ord(unprintable[0]):04X} is not allowed in YAML", at, at + 1, "remove it")
        documents = 0
        try:
            for event in yaml.parse(self.source.text, Loader=_loader()):
                documents += isinstance(event, yaml.DocumentStartEvent)
                if documents > 1:
                    at = _index(event.start_mark)
                    raise self.error("a second document after the first", at, at + 3, "put it in a file of its own")
                self.take(event)
        except yaml.MarkedYAMLError as trouble:
            raise self.explain(trouble) from None
        except (yaml.YAMLError, ValueError, OverflowError) as trouble:  # `chr` of an escape that is too large
            at = min(getattr(trouble, "position", 0), len(self.source.text))
            raise self.error("not YAML: a character that cannot be", at, at + 1) from None
        if self.root is None:
            raise self.error("no YAML here: the text is empty", 0, 0)
        return self.root.value, self.root.place

    def take(self, event: yaml.Event) -> None:
        """Go on by one event."""
        import yaml

        if isinstance(event, yaml.ScalarEvent):
            node = self.scalar(event)
            if event.anchor:
                self.anchors[event.anchor] = node
            self.put(node)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.begin(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self.end(event)
        elif isinstance(event, yaml.AliasEvent):
            self.put(self.alias(event))

    def scalar(self, event: yaml.ScalarEvent) -> _Node:
        self.refuse_tag(event)
        text = self.source.text
        start, end = _index(event.start_mark), _index(event.end_mark)
        if event.anchor and (found := _ANCHOR.match(text, start, end)):
            start = found.end()
        if event.style in ("|", ">"):
            end = start + len(text[start:end].rstrip())
        value: str = event.value
        if not value.isascii() and _SURROGATE.search(value):
            raise self.error("half a character: one of a surrogate pair without the other", start, end)
        plain = event.implicit[0]
        return _Node(_resolve(value) if plain else value, Place(Span(start, end), None, None, {}), plain=plain)

    def begin(self, event: yaml.CollectionStartEvent, value: dict[str, object] | list[object]) -> None:
        self.refuse_tag(event)
        start = _index(event.start_mark)
        if self.is_at_key():
            raise self.error("key is not text", start, _index(event.end_mark), "a key is one word, or text in quotes")
        if len(self.open) >= most(DEPTH):
            raise self.error(f"nested deeper than {most(DEPTH):,} levels", start, start + 1, DEPTH.help)
        if event.anchor:
            # An alias to this anchor from inside it is a cycle, even where an earlier anchor had the name.
            self.anchors.pop(event.anchor, None)
            if found := _ANCHOR.match(self.source.text, start):
                start = found.end()
        self.open.append(_Open(value, start, event.anchor))

    def end(self, event: yaml.CollectionEndEvent) -> None:
        done = self.open.pop()
        # A block collection's own end mark is where the next token begins, after comments and blank lines.
        is_flow = _index(event.end_mark) > _index(event.start_mark)
        span = Span(done.start, _index(event.end_mark) if is_flow else max(done.end, done.start))
        node = _Node(done.value, Place(span, None, None, done.children), done.size, done.height + 1)
        if done.anchor:
            self.anchors[done.anchor] = node
        self.put(node)

    def alias(self, event: yaml.AliasEvent) -> _Node:
        name, start, end = event.anchor or "", _index(event.start_mark), _index(event.end_mark)
        if any(collection.anchor == name for collection in self.open):
            message = f"alias `*{clipped(name)}` is part of what it stands for"
            raise self.error(message, start, end, "data cannot contain itself")
        node = self.anchors.get(name)
        if node is None:
            message = f"alias `*{clipped(name)}` has no anchor before it"
            raise self.error(message, start, end, f"`&{clipped(name)}` marks what it stands for")
        self.aliased += node.size
        if self.aliased > most(ALIASED):  # each counted as if it were written out
            message = f"aliases stand for more than {most(ALIASED):,} values"
            raise self.error(message, start, end, f"write the values out; {ALIASED.help}")
        if len(self.open) + node.height > most(DEPTH):
            raise self.error(f"nested deeper than {most(DEPTH):,} levels", start, end, DEPTH.help)
        return _Node(node.value, Place(Span(start, end), None, None, node.place.children), node.size, node.height)

    def is_at_key(self) -> bool:
        """Whether the next node is a key of a mapping."""
        return bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is None

    def put(self, node: _Node) -> None:
        """Add a finished node to the collection around it."""
        if not self.open:
            self.root = node
            return
        around = self.open[-1]
        around.size += node.size
        around.height = max(around.height, node.height)
        around.end = node.place.span.end
        if isinstance(around.value, list):
            around.children[str(len(around.value))] = node.place
            around.value.append(node.value)
        elif around.key is None:
            self.begin_member(around, node)
        else:
            place = node.place
            around.children[around.key] = Place(place.span, around.key_span, None, place.children)
            around.value[around.key] = node.value
            around.key = None

    def begin_member(self, around: _Open, node: _Node) -> None:
        key, span = node.value, node.place.span
        if not isinstance(key, str) or isinstance(key, JsonNumber):
            if span.start == span.end:
                raise self.error("key is empty", *_bounds(span), "write a key before the `:`")
            shown = clipped(self.source.text[span.start : span.end])
            raise self.error(f"key `{shown}` is not text", *_bounds(span), f'quote it: `"{shown}"`')
        if key == "<<" and node.plain:
            raise self.error("merge keys are not supported", *_bounds(span), "write the members out")
        first = around.children[key].key if key in around.children else None
        if first is not None:
            line = self.source.position(first.start).line
            message = f"key `{clipped(key)}` appears twice in one mapping, first on line {line}"
            raise self.error(message, *_bounds(span), "keep one of the two, or merge their values")
        around.key, around.key_span = key, span

    def refuse_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag is not None:
            start = _index(event.start_mark)
            found = re.compile(r"(?:&\S+\s+)?(!\S*)").match(self.source.text, start)
            span = found.span(1) if found else (start, _index(event.end_mark))
            shown = clipped(self.source.text[slice(*span)])
            raise self.error(f"tag `{shown}` is not supported", *span, "this file is data: remove the tag")

    def error(self, message: str, start: int, end: int, help: str | None = None) -> YamlSyntaxError:
        return YamlSyntaxError(message, source=self.source, span=Span(start, end), help=help)

    def explain(self, trouble: yaml.MarkedYAMLError) -> YamlSyntaxError:
        """PyYAML's trouble in our words; its two parsers, in C and in Python, do not share theirs."""
        mark = trouble.problem_mark or trouble.context_mark
        at = min(_index(mark), len(self.source.text)) if mark else 0
        problem = (trouble.problem or "").lower()
        character = self.source.text[at : at + 1]
        if character == "\t" or "tab" in problem.split():
            return self.error("tab where YAML wants spaces", at, at + 1, "indent with spaces")
        if "cannot start any token" in problem:
            return self.error(f"`{character}` cannot begin a value", at, at + 1, "put the value in quotes")
        if "mapping values are not allowed" in problem:
            help = "put a value that holds `: ` in quotes, and check the indentation"
            return self.error("`:` where no key can be", at, at + 1, help)
        if "quoted scalar" in (trouble.context or "") and "end of stream" in problem and trouble.context_mark:
            start = _index(trouble.context_mark)
            return self.error("string is never closed", start, start + 1, "add the quote that ends it")
        innermost = self.open[-1].start if self.open else at
        if at >= len(self.source.text.rstrip()) and self.source.text[innermost : innermost + 1] in ("[", "{"):
            opener = self.source.text[innermost]
            return self.error(f"`{opener}` is never closed", innermost, innermost + 1, "add the bracket that ends it")
        return self.error(
            f"not YAML: {problem or 'unknown trouble'}", at, at + 1, "check the indentation and the quotes"
        )


def _index(mark: Any) -> int:
    """The offset of a mark in characters: both parsers give it, though their types promise neither."""
    offset: int = mark.index
    return offset


def _bounds(span: Span) -> tuple[int, int]:
    return span.start, max(span.end, span.start + 1)


def _resolve(text: str) -> object:
    """The value of a plain scalar."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return JsonNumber(text) if _NUMBER.fullmatch(text) else text


def _loader() -> Any:
    """PyYAML's parser in C where there is one, some ten times as fast."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
