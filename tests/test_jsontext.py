"""JSON: values from the decoder, spans and faults from the grammar, and the two held to each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policyeval import jsonfaults, jsontext
from policyeval.errors import JsonSyntaxError
from policyeval.jsontext import (
    DuplicateKeyError,
    JsonNumber,
    decode,
    inner_span,
    locate,
    locate_by_decoding,
    locate_by_grammar,
    string_offset,
)
from policyeval.limits import DEPTH
from policyeval.source import Pointer, Source, Span, child
from policyeval.spans import SpanTree


def source(text: str) -> Source:
    return Source("policy.json", text)


def fault(text: str) -> JsonSyntaxError:
    with pytest.raises(JsonSyntaxError) as caught:
        decode(source(text))
    assert caught.value.source is not None
    assert caught.value.span is not None
    assert 0 <= caught.value.span.start <= caught.value.span.end <= len(text)
    return caught.value


def pointed_at(error: JsonSyntaxError) -> str:
    assert error.source is not None
    assert error.span is not None
    return error.source.text[error.span.start : error.span.end]


# Any JSON value, and any way of writing it.

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
values = st.recursive(
    scalars,
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text(alphabet='a~/"\\é😀\n', max_size=3), below, max_size=4)
    ),
    max_leaves=12,
)


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """A JSON text with odd white space, and with escapes or without."""
    text = json.dumps(
        draw(values), ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 0, 1, 3, "\t"]))
    )
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    blank = st.text(" \t\n\r", max_size=3)
    return draw(blank) + text + draw(blank)


def as_text(number: str) -> str:
    return "number " + number


def numbers_as_text(value: object) -> object:
    """A decoded value in which a number is told from a string in a way that `json.loads` can say as well."""
    if isinstance(value, JsonNumber):
        return as_text(value)
    if isinstance(value, dict):
        return {key: numbers_as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers_as_text(item) for item in value]
    return value


def pointers(value: object, at: Pointer = "") -> Iterator[tuple[Pointer, object, bool]]:
    """Every pointer into a value, what is there, and whether that is a member of an object."""
    yield at, value, False
    if isinstance(value, dict):
        for key, item in value.items():
            for pointer, below, member in pointers(item, child(at, key)):
                yield pointer, below, member or pointer == child(at, key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from pointers(item, child(at, index))


@given(spellings())
@example('"\\ud83d\\ude00"')
@example("1" * 5000)
@example("-0.0E+00")
def test_decodes_as_the_standard_library_does(text: str) -> None:
    expected = json.loads(text, parse_int=as_text, parse_float=as_text)
    assert numbers_as_text(decode(source(text))) == expected


@pytest.mark.parametrize("tree_of", [locate_by_grammar, locate_by_decoding])
@given(text=spellings())
@example(text='{"a/b": {"~": [1, {"": "x"}]}}')
def test_every_span_decodes_to_the_value_at_its_pointer(tree_of: Callable[[Source], SpanTree], text: str) -> None:
    whole = source(text)
    tree = tree_of(whole)
    for pointer, value, is_member in pointers(decode(whole)):
        span = tree.value(pointer)
        assert decode(source(text[span.start : span.end])) == value
        assert text[span.start : span.end].strip(" \t\r\n") == text[span.start : span.end]
        assert tree.find(pointer) == span
        if is_member:
            key = tree.key(pointer)
            assert child("", json.loads(text[key.start : key.end])) == "/" + pointer.rsplit("/", 1)[1]
            assert tree.find(pointer, key=True) == key
        else:
            with pytest.raises(KeyError):
                tree.key(pointer)


@given(spellings())
def test_both_ways_to_locate_agree(text: str) -> None:
    whole = source(text)
    slow, fast = locate_by_grammar(whole), locate_by_decoding(whole)
    for pointer, _, is_member in pointers(decode(whole)):
        assert slow.value(pointer) == fast.value(pointer)
        if is_member:
            assert slow.key(pointer) == fast.key(pointer)


def outcome(text: str) -> JsonSyntaxError | None:
    """The fault of a text, or nothing when it decodes."""
    try:
        decode(source(text))
    except JsonSyntaxError as error:
        return error
    return None


def assert_a_located_fault_or_json(text: str) -> None:
    error = outcome(text)
    if error is None:
        json.loads(text)
    else:
        assert error.span is not None
        assert 0 <= error.span.start <= error.span.end <= len(text)
        assert "\n" not in str(error)
        assert str(error).startswith("policy.json:")


damages = st.sampled_from(
    ["", ",", ":", "{", "}", "[", "]", '"', "'", "\\", "//", "#", "x", "0", "-", "é", "NaN", "\x00"]
)


@given(spellings(), st.data(), st.integers(0, 2), damages)
def test_a_damaged_text_gives_one_located_fault_or_a_value(text: str, data: st.DataObject, cut: int, put: str) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert_a_located_fault_or_json(text[:at] + put + text[at + cut :])


@given(st.text("{}[],:\"'\\/*#ntx01.-+eé \n\x01\ufeff", max_size=12))
@example("{\\")
@example('["\\u')
def test_any_text_at_all_gives_one_located_fault_or_a_value(text: str) -> None:
    assert_a_located_fault_or_json(text)


@given(st.text('{}[],:"\\/*#ntx01.-+e \n', max_size=12))
@example('"]\n')
def test_a_long_text_is_refused_as_a_short_one_is(text: str) -> None:
    """Above `LOCATE_LIMIT` the decoder says where a text stops being JSON; the grammar says no other place."""
    by_grammar = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonfaults, "LOCATE_LIMIT", -1)
        by_decoder = outcome(text)
    assert (by_grammar is None) == (by_decoder is None)
    if by_grammar is not None and by_decoder is not None:
        assert (by_grammar.message, by_grammar.span) == (by_decoder.message, by_decoder.span)


# Numbers


@pytest.mark.parametrize("spelling", ["0", "-0", "1.50", "1e5", "1E+05", "012345678901"[1:], "9" * 10_000])
def test_numbers_keep_their_spelling(spelling: str) -> None:
    """Numbers in a policy "act as their text" (reference_policies_grammar)."""
    value = decode(source(f"[{spelling}]"))
    assert value == [spelling]
    assert isinstance(value, list)
    assert isinstance(value[0], JsonNumber)


def test_a_number_in_quotes_is_text() -> None:
    value = decode(source('["1.50"]'))
    assert isinstance(value, list)
    assert not isinstance(value[0], JsonNumber)


# Faults: what is said, and what is pointed at. Whole files with line and column are in `test_hostile.py`.

FAULTS = [
    ("", "no JSON here: the text is empty", ""),
    ("[1,]", "trailing comma", ","),
    ('{"a": [1, 2}', "`}` cannot close the `[` of line 1", "}"),
    ("{\n[", "key is not a string", "["),
    ('{"a" {}}', "`:` missing after the key `a`", ""),
    ('{"a" => 1}', "`=>` where `:` belongs", "=>"),
    ('{"a": , "b": 1}', "value missing after `:`", ":"),
    ("[,1]", "comma directly after `[`", ","),
    ("[1,,2]", "two commas in a row", ","),
    ('["a" "b"]', "comma missing", ""),
    ("[1, 2", "`[` is never closed", "["),
    ("[[1, 2]", "`[` is never closed", "["),
    ("}", "`}` before the document begins", "}"),
    ("{}]", "`]` closes nothing", "]"),
    ("{} {}", "a second document after the first", "{"),
    ("{} and more", "text after the end of the document", "and more"),
    ("{} // note", "JSON has no comments", "// note"),
    ("[/* a\nb */ 1]", "JSON has no comments", "/* a\nb */"),
    ("['a']", "single quotes around a string", "'a'"),
    ("[\u201ca\u201d]", "typographic quotes around a string", "\u201ca\u201d"),
    ("[`a`]", "backticks around a string", "`a`"),
    ('["a]', "string is never closed", '"a]'),
    ('["a\\*"]', "`\\*` is no escape of JSON", "\\*"),
    ('["a\\u12"]', "`\\u` without four hexadecimal digits", "\\u"),
    ('["\x1b[0m"]', "control character U+001B in a string", "\x1b"),
    ("[True]", "`True` is no JSON value", "True"),
    ("[nul]", "`nul` is not in double quotes", "nul"),
    ("[01]", "`01` is no JSON number", "01"),
    ("[1.e5]", "`1.e5` is no JSON number", "1.e5"),
    ("[-Infinity]", "`-Infinity` is no JSON number", "-Infinity"),
    ('{"NaN": [NaN]}', "`NaN` is no JSON number", "NaN"),
    ("{a: 1}", "key `a` is not in double quotes", "a"),
    ("\ufeff{}", "byte order mark (U+FEFF) inside the text", "\ufeff"),
    ("[\u200b1]", "U+200B (zero width space) outside a string", "\u200b"),
    ('["\\ud800"]', "`\\ud800` is half a character", "\\ud800"),
    ('["\\\\\\ud800x"]', "`\\ud800` is half a character", "\\ud800"),
    ('["\\udc00\\ud800"]', "`\\udc00` is half a character", "\\udc00"),
    ('["\ud800"]', "`\\ud800` is half a character", "\ud800"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "shown"), [pytest.param(*row, id=ascii(row[0])) for row in FAULTS])
def test_a_fault_says_what_it_probably_is(text: str, message: str, shown: str) -> None:
    error = fault(text)
    assert error.message.startswith(message)
    assert pointed_at(error) == shown


@pytest.mark.parametrize("limit", [jsontext.LOCATE_LIMIT, -1], ids=["by the grammar", "by the decoder"])
@pytest.mark.parametrize(("text", "message", "shown"), [pytest.param(*row, id=ascii(row[0])) for row in FAULTS])
def test_a_fault_of_a_long_text_is_as_clear(
    limit: int, text: str, message: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonfaults, "LOCATE_LIMIT", limit)
    assert fault(text).message.startswith(message)


def test_a_backslash_before_u_is_no_surrogate() -> None:
    assert decode(source(r'"\\ud800"')) == r"\ud800"


def test_text_of_the_users_is_on_one_line_and_not_too_long() -> None:
    error = fault('{"' + "a\\n" * 100 + '": 1, "' + "a\\n" * 100 + '": 2}')
    assert "\n" not in error.message
    assert len(error.message) < 150


# Keys that appear twice


def test_a_duplicate_key_points_at_the_second_and_names_the_line_of_the_first() -> None:
    """AWS refuses a policy with an element twice in one object (troubleshoot_policies)."""
    text = '{\n "Effect": "Deny",\n "Effect": "Allow"\n}'
    error = fault(text)
    assert isinstance(error, DuplicateKeyError)
    assert error.key == "Effect"
    assert error.span == Span(22, 30)
    assert error.first == Span(3, 11)
    assert "`Effect`" in error.message
    assert "line 2" in error.message


@pytest.mark.parametrize("text", ['[{"a": {"b": 1, "b": 2}}]', '{"a": [{}], "x": {"b": 1, "\\u0062" : {"b": 1}}}'])
def test_a_duplicate_key_is_one_of_the_same_object(text: str) -> None:
    error = fault(text)
    assert isinstance(error, DuplicateKeyError)
    assert error.key == "b"


def test_the_same_key_in_two_objects_is_no_duplicate() -> None:
    assert decode(source('[{"a": {"a": "a"}}, {"a": 1}]')) == [{"a": {"a": "a"}}, {"a": "1"}]


# Depth and size


@pytest.mark.parametrize("opener", ["[", '{"a":'])
def test_nesting_is_allowed_up_to_the_limit(opener: str) -> None:
    closer = "]" if opener == "[" else "}"
    innermost = "[]" if opener == "[" else "{}"
    just_right = opener * (DEPTH.default - 1) + innermost + closer * (DEPTH.default - 1)
    decode(source(just_right))
    error = fault(opener + just_right + closer)
    assert error.message == f"nested deeper than {DEPTH.default} levels"
    assert error.span == Span(len(opener) * DEPTH.default, len(opener) * DEPTH.default + 1)


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert decode(source("[" + "[]," * 500 + "[]]")) == [[]] * 501


@pytest.mark.parametrize(
    "text",
    ["[" * 5_000_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "}", '["' + "[" * 5_000_000],
    ids=["5 MB of openers", "100,000 deep", "100,000 objects", "closed wrongly", "5 MB in a string"],
)
def test_hostile_nesting_is_refused_without_hanging(text: str) -> None:
    fault(text)


def test_a_fault_at_the_end_of_a_long_text_is_found_without_hanging() -> None:
    error = fault("[" + "1,\n" * 300_000 + "]")
    assert error.message == "trailing comma"


# Spans

POLICY = """{
  "Version": "2012-10-17",
  "Statement": [{"Action": ["iam>DeleteAccessKey", "iam:*"]}]
}"""


def test_locates_values_and_keys() -> None:
    tree = locate(source(POLICY))
    action = tree.value("/Statement/0/Action/0")
    assert POLICY[action.start : action.end] == '"iam>DeleteAccessKey"'
    key = tree.key("/Statement/0/Action")
    assert POLICY[key.start : key.end] == '"Action"'
    assert tree.value("") == Span(0, len(POLICY))


@pytest.mark.parametrize("pointer", ["/Nothing", "/Statement/1", "/Statement/00", "/Statement/-", "/Version/0"])
def test_an_unknown_pointer_is_a_key_error_and_finds_its_nearest_ancestor(pointer: str) -> None:
    tree = locate(source(POLICY))
    with pytest.raises(KeyError):
        tree.value(pointer)
    with pytest.raises(KeyError):
        tree.key(pointer)
    parent = pointer.rsplit("/", 1)[0]
    assert tree.find(pointer) == tree.find(pointer, key=True) == tree.value(parent)


def test_locating_what_does_not_decode_is_the_same_fault() -> None:
    with pytest.raises(JsonSyntaxError, match="trailing comma"):
        locate(source("[1,]"))


def test_locating_needs_no_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsontext, "locate_by_grammar", None)
    text = '{"filler": "x", "a": [1, 2]}'
    span = locate(source(text)).value("/a/1")
    assert text[span.start : span.end] == "2"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.booleans())
@example("a😀b", True)
@example('\\"\\', True)
def test_every_character_of_a_string_is_found_in_its_text(text: str, escaped: bool) -> None:
    written = " " + json.dumps(text, ensure_ascii=escaped)
    whole, span = source(written), Span(1, len(written))
    for index, character in enumerate(text):
        inner = inner_span(whole, span, index, index + 1)
        assert json.loads(f'"{written[inner.start : inner.end]}"') == character
    assert string_offset(whole, span, len(text)) == len(written) - 1
    assert string_offset(whole, span, len(text) + 5) == len(written) - 1


def test_the_characters_of_a_number_are_where_they_are() -> None:
    assert string_offset(source("[1.50]"), Span(1, 5), 2) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("This is the policy that we agreed on.\n", "this is prose, not JSON"),
        ("# Policy\n\nSome text\n", "this is prose, not JSON"),
        ("<!DOCTYPE html>\n<html></html>", "this is HTML or XML, not JSON"),
        ('Version: "2012-10-17"\n', "this looks like YAML, not JSON"),
        ('resource "aws_iam_policy" "x" {\n}\n', "this is Terraform's language, not JSON"),
        ("# why\n{}", "JSON has no comments"),
        ("undefined", "`undefined` is no JSON value"),
    ],
)
def test_a_text_of_another_kind_is_called_what_it_is(text: str, message: str) -> None:
    """Quotes around the first word of a letter do not make it a policy."""
    with pytest.raises(JsonSyntaxError) as raised:
        jsontext.decode(Source("policy.json", text))
    assert raised.value.message == message
