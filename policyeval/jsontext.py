"""JSON texts (RFC 8259): their values at once, their spans late.

Values come from the standard library's decoder, about 15 µs for a policy, and so do spans, by stepping from value to
value. `grammars/json.lark` is the specification: it names what is wrong with a text, and property tests hold values and
spans to its tree. The grammar itself takes 1 ms per kilobyte, and 60 ms to load.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from policyeval.errors import JsonSyntaxError
from policyeval.limits import DEPTH, most
from policyeval.source import Source, Span
from policyeval.spans import Place, SpanTree

if TYPE_CHECKING:
    from lark import Token, Tree

LOCATE_LIMIT = 50_000
"""The longest faulty text in characters that goes through the grammar, which then takes about half a second; longer
ones are explained by the standard library's decoder, with fewer words."""

LONGEST_SHOWN = 60
"""How many characters of a user's text a message repeats."""


class JsonNumber(str):
    """A number, as the text that the document has for it: `1.50` and `1e5` stay what they are.

    In a policy "numbers act as their text" (IAM User Guide, reference_policies_grammar), and an account id that lost
    its quotes keeps its zeros. Not a Python number either way, so the length of one costs nothing.
    """

    __slots__ = ()


class DuplicateKeyError(JsonSyntaxError):
    """A key appears twice in one object. `span` is the second key, `first` the first one."""

    def __init__(self, key: str, message: str, *, source: Source, span: Span, first: Span, help: str) -> None:
        super().__init__(message, source=source, span=span, help=help)
        self.key = key
        self.first = first


class RefusedByHook(ValueError):
    """A text that the standard library would take: a key twice in an object, `NaN`, `Infinity`."""


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RefusedByHook("duplicate key")
    return members


def _refuse_constant(constant: str) -> object:
    raise RefusedByHook(constant)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=_refuse_constant
)

_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_RAW_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(source: Source) -> object:
    """The value of a JSON text: `dict`, `list`, `str`, `JsonNumber`, `bool` or `None`.

    Raises `JsonSyntaxError`, located, for what RFC 8259 does not allow and for nesting beyond `limits.DEPTH`, half
    surrogate pairs (section 8.2) and keys that appear twice (`DuplicateKeyError`; section 4 leaves them to the reader,
    AWS refuses them: IAM User Guide, troubleshoot_policies).

    >>> decode(Source("policy.json", '{"Version": 1.50}'))
    {'Version': '1.50'}
    """
    text = source.text
    try:
        value: object = _DECODER.decode(text)
    except (ValueError, RecursionError) as trouble:
        from policyeval import jsonfaults

        raise jsonfaults.explain(source, trouble) from None
    if (
        _ESCAPED_SURROGATE.search(text)
        or (not text.isascii() and _RAW_SURROGATE.search(text))
        or (text.count("{") + text.count("[") > most(DEPTH) and _is_too_deep(value))
    ):
        from policyeval import jsonfaults

        jsonfaults.refuse_surrogates(source)
        jsonfaults.refuse_depth(source)
    return value


def _is_too_deep(value: object) -> bool:
    """Whether a value nests deeper than `limits.DEPTH`. Level by level: nothing recurses."""
    deepest = most(DEPTH)
    level = [value]
    for depth in range(deepest + 1):
        level = [item for item in level if type(item) is dict or type(item) is list]
        if not level:
            return False
        if depth < deepest:
            level = [item for container in level for item in _items(container)]
    return True


def _items(container: object) -> Iterable[object]:
    return container.values() if isinstance(container, dict) else cast(list[object], container)


@lru_cache(maxsize=16)
def locate(source: Source) -> SpanTree:
    """The spans of a JSON text's values and keys; raises as `decode`.

    >>> tree = locate(Source("policy.json", '{"Statement": [{"Action": "iam>*"}]}'))
    >>> tree.value("/Statement/0/Action"), tree.key("/Statement")
    (Span(start=26, end=33), Span(start=1, end=12))
    """
    decode(source)
    return locate_by_decoding(source)


def locate_by_grammar(source: Source) -> SpanTree:
    """The spans of a text that decodes, from the tree of `grammars/json.lark`: the specification of `locate`, by which
    tests hold it."""
    from policyeval.grammar import parser

    (root,) = parser("json").parse(source.text).children
    return SpanTree(Place(_node_span(root), None, root), _below_node)


def _below_node(place: Place) -> Mapping[str, Place]:
    node = place.handle
    if isinstance(node, str):  # a token: every scalar
        return {}
    children = node.children[1:-1]  # type: ignore[attr-defined]  # a Tree, between its brackets
    if node.data == "array":  # type: ignore[attr-defined]
        return {str(index): Place(_node_span(item), None, item) for index, item in enumerate(children)}
    members = {}
    for member in children:
        key, value = member.children
        members[json.loads(key)] = Place(_node_span(value), _node_span(key), value)
    return members


def _node_span(node: Tree[Token] | Token) -> Span:
    if isinstance(node, str):
        assert node.start_pos is not None
        assert node.end_pos is not None
        return Span(node.start_pos, node.end_pos)
    first, last = node.children[0], node.children[-1]
    return Span(first.start_pos, last.end_pos)  # type: ignore[union-attr, arg-type]  # the brackets, both tokens


_skip = json.JSONDecoder(parse_float=str, parse_int=str).raw_decode
_WHITE_SPACE = re.compile(r"[ \t\n\r]*")


def locate_by_decoding(source: Source) -> SpanTree:
    """The spans of a text that decodes, by stepping over values with the standard library's decoder.

    Cost: every container that a pointer passes through is decoded once more, at some 100 MB a second.
    """
    text = source.text

    def after_white_space(at: int) -> int:
        found = _WHITE_SPACE.match(text, at)
        return found.end() if found else at

    def below(place: Place) -> Mapping[str, Place]:
        opener = text[place.span.start]
        if opener not in "{[":
            return {}
        children: dict[str, Place] = {}
        at = after_white_space(place.span.start + 1)
        while text[at] not in "}]":
            name, key = str(len(children)), None
            if opener == "{":
                name, end = _skip(text, at)
                key = Span(at, end)
                at = after_white_space(after_white_space(end) + len(":"))
            _, end = _skip(text, at)
            children[name] = Place(Span(at, end), key, None)
            at = after_white_space(end)
            if text[at] == ",":
                at = after_white_space(at + 1)
        return children

    start = after_white_space(0)
    return SpanTree(Place(Span(start, _skip(text, start)[1]), None, None), below)


_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.")


def string_offset(source: Source, span: Span, index: int) -> int:
    r"""The offset in the source of a character of a decoded string; `span` is the string with its quotes.

    An escape is one character of the value and several of the text, a pair of surrogate escapes is one as well. An
    index past the end gives the closing quote. Of a number or a name, `index` counts from its start.

    >>> string_offset(Source("s", r'"a\n\u0041>"'), Span(0, 12), 3)
    10
    """
    if not source.text.startswith('"', span.start):
        return min(span.start + index, span.end)
    at, end = span.start + 1, span.end - 1
    for escape in _ESCAPE.finditer(source.text, at, end):
        plain = escape.start() - at
        if index <= plain:
            break
        index -= plain + 1
        at = escape.end()
    return min(at + index, end)


def inner_span(source: Source, span: Span, start: int, end: int) -> Span:
    """The span of the characters `start` up to `end` of the decoded string at `span`.

    >>> inner_span(Source("s", '"iam>DeleteAccessKey"'), Span(0, 21), 3, 4)
    Span(start=4, end=5)
    """
    return Span(string_offset(source, span, start), string_offset(source, span, end))


def clipped(text: str) -> str:
    """Text of the user's, on one line and not too long."""
    line = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii")
        for c in text[: 2 * LONGEST_SHOWN]
    )
    return line if len(line) <= LONGEST_SHOWN else line[:LONGEST_SHOWN] + "\u2026"


def quoted(text: str) -> str:
    """Text of the user's as messages show it, in backticks.

    >>> quoted("a\\nb")
    '`a\\\\nb`'
    """
    return f"`{clipped(text)}`"
