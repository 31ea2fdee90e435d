"""YAML as plain data: what is read, what is refused, and where things are; with PyYAML's parser in C and in Python."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from policyeval import yamltext
from policyeval.errors import YamlSyntaxError
from policyeval.jsontext import JsonNumber
from policyeval.limits import ALIASED, DEPTH
from policyeval.source import Pointer, Source, Span, child
from policyeval.yamltext import decode, locate


@pytest.fixture(autouse=True, params=["C", "Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "Python":
        monkeypatch.setattr(yamltext, "_loader", lambda: yaml.SafeLoader)
    elif not hasattr(yaml, "CSafeLoader"):
        pytest.skip("PyYAML was built without libyaml")
    locate.cache_clear()
    yield
    locate.cache_clear()


both_parsers = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def source(text: str) -> Source:
    return Source("account.yaml", text)


def fault(text: str) -> YamlSyntaxError:
    with pytest.raises(YamlSyntaxError) as caught:
        decode(source(text))
    assert caught.value.span is not None
    assert caught.value.span.start <= len(text)
    return caught.value


def pointed_at(error: YamlSyntaxError) -> str:
    assert error.source is not None
    assert error.span is not None
    return error.source.text[error.span.start : error.span.end]


# What scalars mean: YAML 1.2.2, core schema, section 10.3.2; with numbers as their text.

SCALARS = [
    ("null", None),
    ("~", None),
    ("", None),
    ("true", True),
    ("FALSE", False),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("text", "text"),
    ("'12'", "12"),
    ('"true"', "true"),
    ("2012-10-17", "2012-10-17"),
    ("2012-10-17T10:00:00Z", "2012-10-17T10:00:00Z"),
    ("12:30:45", "12:30:45"),
    ("0x1F", "0x1F"),
    ("1_000", "1_000"),
    (".inf", ".inf"),
    ("=", "="),
    ("|\n  two\n  lines\n", "two\nlines\n"),
    ("'it''s'", "it's"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_mean_what_the_core_schema_says(text: str, value: object) -> None:
    decoded = decode(source(f"key: {text}\n"))
    assert decoded == {"key": value}
    assert isinstance(decoded, dict)
    assert not isinstance(decoded["key"], JsonNumber)


@pytest.mark.parametrize("text", ["0", "-1", "+1", "1.50", "1e5", ".5", "012345678901", "111122223333", "9" * 5000])
def test_numbers_keep_their_spelling(text: str) -> None:
    """An account id that lost its quotes keeps its zeros."""
    decoded = decode(source(f"account: {text}"))
    assert decoded == {"account": text}
    assert isinstance(decoded, dict)
    assert isinstance(decoded["account"], JsonNumber)


def test_an_alias_is_what_its_anchor_was_last() -> None:
    assert decode(source("[&a 1, *a, &a [2], *a]")) == ["1", "1", ["2"], ["2"]]


FAULTS = [
    ("# nothing\n", "no YAML here", ""),
    ("a: !Ref b", "tag `!Ref` is not supported", "!Ref"),
    ("a: !!str 1", "tag `!!str` is not supported", "!!str"),
    ("- &x !!python/name:os.system y", "tag `!!python/name:os.system` is not supported", "!!python/name:os.system"),
    ("--- 1\n--- 2", "a second document", "---"),
    ("a: 1\na: 2", "key `a` appears twice in one mapping, first on line 1", "a"),
    ('a: 1\n"\\x61": 2', "key `a` appears twice in one mapping, first on line 1", '"\\x61"'),
    ("1: a", "key `1` is not text", "1"),
    ("null: a", "key `null` is not text", "null"),
    ("[a]: b", "key is not text", "["),
    ("<<: {a: 1}", "merge keys are not supported", "<<"),
    ("&a [*a]", "alias `*a` is part of what it stands for", "*a"),
    ("x: &a [1]\ny: &a {b: *a}", "alias `*a` is part of what it stands for", "*a"),
    ("- *a\n- &a 1", "alias `*a` has no anchor before it", "*a"),
    ("a:\n\tb: 1", "tab where YAML wants spaces", "\t"),
    ("a: b: c", "`:` where no key can be", ":"),
    ("a: [1, 2\n", "`[` is never closed", "["),
    ("x: [\n", "`[` is never closed", "["),
    ("a: {b: [1], c: 2", "`{` is never closed", "{"),
    ("a: 'b", "string is never closed", "'"),
    ("a: @b", "`@` cannot begin a value", "@"),
    ("a: \x00", "character U+0000 is not allowed", "\x00"),
    ("a: \ud800", "character U+D800 is not allowed", "\ud800"),
]


@pytest.mark.parametrize(("text", "message", "shown"), [pytest.param(*row, id=ascii(row[0])) for row in FAULTS])
def test_a_fault_says_what_it_is(text: str, message: str, shown: str) -> None:
    error = fault(text)
    assert error.message.startswith(message)
    assert pointed_at(error) == shown


@pytest.mark.parametrize(
    "text", ['"\\ud800"', '"\\UFFFFFFFF"', "a: *", "- 1\nb: 2", "[1]]", "%YAML 3.0\n--- a", '"\\q"', ": x: y"]
)
def test_other_faults_are_errors_with_a_place_too(text: str) -> None:
    assert fault(text).message


def outcome(text: str) -> object:
    try:
        return decode(source(text))
    except YamlSyntaxError as error:
        return error


@both_parsers
@given(st.text("{}[]:,-?&*!|>'\"%@`#ab1 \n\t~<\\x", max_size=16))
@example("'\n")
@example('"\\U99999999"')
@example("&a *a")
@example("? &a\n: *a")
def test_any_text_at_all_gives_data_or_one_located_fault(text: str) -> None:
    found = outcome(text)
    if isinstance(found, YamlSyntaxError):
        assert found.span is not None
        assert 0 <= found.span.start <= found.span.end
        assert "\n" not in str(found)
    else:
        json.dumps(found)


# What grows


def test_nesting_is_allowed_up_to_the_limit() -> None:
    assert decode(source("[" * DEPTH.default + "]" * DEPTH.default))
    error = fault("[" * (DEPTH.default + 1) + "]" * (DEPTH.default + 1))
    assert error.message == f"nested deeper than {DEPTH.default} levels"
    assert error.span == Span(DEPTH.default, DEPTH.default + 1)


def test_aliases_count_as_the_levels_that_they_stand_for() -> None:
    half = DEPTH.default // 2
    anchored = f"- &a {'[' * half}{']' * half}\n"
    assert decode(source(anchored + f"- {'[' * (half - 1)}*a{']' * (half - 1)}"))
    error = fault(anchored + f"- {'[' * half}*a{']' * half}")
    assert error.message == f"nested deeper than {DEPTH.default} levels"


def test_aliases_may_stand_for_so_many_values_and_no_more() -> None:
    anchored = f"- &a [{', '.join('x' * 99)}]\n"
    assert decode(source(anchored + "- *a\n" * (ALIASED.default // 100)))
    beyond = fault(anchored + "- *a\n" * (ALIASED.default // 100 + 1))
    assert beyond.message == "aliases stand for more than 10,000 values"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        "- " * 100_000,
        "{a: " * 100_000,
        "? " * 100_000,
        "a: &a [x, x]\n" + "".join(f"a{i}: &a [*a, *a, *a]\n" for i in range(1000)),
    ],
    ids=["lists", "blocks", "mappings", "keys", "a billion laughs"],
)
def test_hostile_texts_are_refused_without_hanging(text: str) -> None:
    fault(text)


# Spans

ACCOUNT = """\
# An account
account: 012345678901
users:
  "alice": {groups: [Readers], tags: {team: "cöre"}}   # a comment

  bob:
    groups:
    - &writers Writers
    - *writers
note: |
  two
  lines


empty:
last: 'it''s'
"""

PLACES = [
    ("/account", "012345678901", "account"),
    ("/users/alice", '{groups: [Readers], tags: {team: "cöre"}}', '"alice"'),
    ("/users/alice/groups/0", "Readers", None),
    ("/users/alice/tags/team", '"cöre"', "team"),
    ("/users/bob", "groups:\n    - &writers Writers\n    - *writers", "bob"),
    ("/users/bob/groups/0", "Writers", None),
    ("/users/bob/groups/1", "*writers", None),
    ("/note", "|\n  two\n  lines", "note"),
    ("/empty", "", "empty"),
    ("/last", "'it''s'", "last"),
]


@pytest.mark.parametrize(("pointer", "value", "key"), PLACES)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_locates_values_and_keys(pointer: Pointer, value: str, key: str | None, line_end: str) -> None:
    text = ACCOUNT.replace("\n", line_end)
    tree = locate(source(text))
    span = tree.value(pointer)
    assert text[span.start : span.end] == value.replace("\n", line_end)
    if key is None:
        with pytest.raises(KeyError):
            tree.key(pointer)
    else:
        span = tree.key(pointer)
        assert text[span.start : span.end] == key


def test_what_is_below_an_alias_is_where_its_anchor_is() -> None:
    text = "a: &a {b: 1}\nc: *a"
    tree = locate(source(text))
    assert tree.value("/c") == Span(16, 18)
    assert tree.value("/c/b") == tree.value("/a/b") == Span(10, 11)
    assert tree.find("/c/nothing") == Span(16, 18)


def pointers(value: object, at: Pointer = "") -> Iterator[tuple[Pointer, object]]:
    yield at, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from pointers(item, child(at, key))


data = st.recursive(
    st.none()
    | st.booleans()
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=6),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.text("ab:é #", min_size=1, max_size=3), below, max_size=3)
    ),
    max_leaves=10,
)


@both_parsers
@given(data, st.sampled_from([True, False, None]), st.booleans())
def test_what_yaml_writes_is_read_back_and_located(value: object, flow: bool | None, unicode: bool) -> None:
    """Values survive; the span of a scalar, read by itself, gives the value at its pointer."""
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=unicode, width=10_000)
    whole = source(text)
    # YAML 1.1, which PyYAML writes, has `yes` and dates for what needs quotes; it quotes those, so both agree.
    assert decode(whole) == value
    tree = locate(whole)
    for pointer, expected in pointers(value):
        span = tree.value(pointer)
        if not isinstance(expected, dict | list):
            assert decode(source(text[span.start : span.end])) == expected
        else:
            assert tree.find(pointer) == span
