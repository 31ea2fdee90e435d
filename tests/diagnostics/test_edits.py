"""Symbolic fixes as text edits: the document that comes out is the one that was meant, and nothing else moves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.diagnostics.edits import _layout, edited, text_edits
from policyeval.diagnostics.fix import Edit, Fix, InsertItem, InsertMember, Remove, ReplaceText, ReplaceValue
from policyeval.source import Source, child


def apply(text: str, *edits: Edit) -> str:
    source = Source("policy.json", text)
    return edited(text, text_edits(source, Fix("x", edits)))


LINES = '{\n    "a" : [\n        "x",\n        "y",\n        "z"\n    ],\n    "b" : {"c" : 1}\n}'
CASES: list[tuple[str, str, list[Edit], str]] = [
    ("a string", '{"a":  "x"}', [ReplaceText("/a", 'q"')], '{"a":  "q\\""}'),
    ("part of a string", '["a\\u0041>b"]', [ReplaceText("/0", ":", (2, 3))], '["a\\u0041:b"]'),
    ("part of a string, by nothing", '["iam: X"]', [ReplaceText("/0", "", (4, 5))], '["iam:X"]'),
    ("a key", '{"Effekt" : 1}', [ReplaceText("/Effekt", "Effect", on_key=True)], '{"Effect" : 1}'),
    ("part of a key", '{"a b": 1}', [ReplaceText("/a b", "", (1, 2), on_key=True)], '{"ab": 1}'),
    ("a value", '{"a": "x"}', [ReplaceValue("/a", ["x", "é"])], '{"a": ["x", "é"]}'),
    ("the first item", "[1, 2,3]", [Remove("/0")], "[2,3]"),
    ("an item between", "[1, 2,3]", [Remove("/1")], "[1, 3]"),
    ("the last item", "[1, 2 , 3 ]", [Remove("/2")], "[1, 2 ]"),
    ("the only item", "[ 1 ]", [Remove("/0")], "[]"),
    ("neighbours", "[1, 2, 3, 4]", [Remove("/2"), Remove("/1")], "[1, 4]"),
    ("neighbours at the end", "[1, 2, 3]", [Remove("/1"), Remove("/2")], "[1]"),
    ("every item", "[1, 2]", [Remove("/0"), Remove("/1")], "[]"),
    ("two apart", "[1, 2, 3]", [Remove("/0"), Remove("/2")], "[2]"),
    ("an item on its line", LINES, [Remove("/a/1")], LINES.replace('"y",\n        ', "")),
    ("the last item on its line", LINES, [Remove("/a/2")], LINES.replace(',\n        "z"', "")),
    ("a member", LINES, [Remove("/a")], '{\n    "b" : {"c" : 1}\n}'),
    ("the last member", LINES, [Remove("/b")], LINES.replace(',\n    "b" : {"c" : 1}', "")),
    ("an item more", "[1, 2]", [InsertItem("", 3)], "[1, 2, 3]"),
    ("an item more on its line", LINES, [InsertItem("/a", "w")], LINES.replace('"z"', '"z",\n        "w"')),
    ("the first item of a list", '{"a": []}', [InsertItem("/a", "w")], '{"a": ["w"]}'),
    ("an item beside a string", '{"a": "x"}', [InsertItem("/a", "w")], '{"a": ["x", "w"]}'),
    ("a member more", LINES, [InsertMember("/b", "d", 2)], LINES.replace('{"c" : 1}', '{"c" : 1, "d" : 2}')),
    (
        "a member before another",
        LINES,
        [InsertMember("", "Version", "1", before="a")],
        LINES.replace('"a" :', '"Version" : "1",\n    "a" :'),
    ),
    ("a member of an empty object", '{"a": {}}', [InsertMember("/a", "b", 1)], '{"a": {"b": 1}}'),
    ("a member before one that is not there", '{"a": 1}', [InsertMember("", "b", 2, before="z")], '{"a": 1, "b": 2}'),
    (
        "an object as the document writes them",
        LINES,
        [InsertMember("", "n", {"k": ["v"]})],
        LINES[:-2] + ',\n    "n" : {\n        "k": [\n            "v"\n        ]\n    }\n}',
    ),
    (
        "several at once",
        '{"a": ["x>y", 1, 2]}',
        [ReplaceText("/a/0", ":", (1, 2)), Remove("/a/2")],
        '{"a": ["x:y", 1]}',
    ),
]


@pytest.mark.parametrize(("before", "edits", "after"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_only_what_is_named_changes(before: str, edits: list[Edit], after: str) -> None:
    assert apply(before, *edits) == after
    json.loads(after)


def test_a_place_that_does_not_exist_is_a_fault_of_the_rule() -> None:
    for edit in (Remove("/a/9"), Remove("/z"), ReplaceText("/z", "x"), ReplaceValue("/a/9", 1)):
        with pytest.raises(KeyError):
            apply(LINES, edit)


scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=4)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(st.data(), st.lists(values, min_size=1, max_size=6), st.sampled_from([None, 2, "\t"]))
def test_items_that_are_removed_are_gone_and_the_others_stay(
    data: st.DataObject, items: list[Any], indent: Any
) -> None:
    gone = data.draw(st.sets(st.integers(0, len(items) - 1), min_size=1))
    text = json.dumps({"k/~": items}, indent=indent)
    after = apply(text, *(Remove(child("", "k/~", index)) for index in gone))
    assert json.loads(after) == {"k/~": [item for index, item in enumerate(items) if index not in gone]}


@given(
    st.data(), st.dictionaries(st.text(max_size=3), values, min_size=1, max_size=6), st.sampled_from([None, 2, "\t"])
)
def test_members_that_are_removed_are_gone_and_the_others_stay(
    data: st.DataObject, members: dict[str, Any], indent: Any
) -> None:
    gone = data.draw(st.sets(st.sampled_from(sorted(members)), min_size=1))
    after = apply(json.dumps(members, indent=indent), *(Remove(child("", key)) for key in gone))
    assert json.loads(after) == {key: value for key, value in members.items() if key not in gone}


@given(st.dictionaries(st.text(max_size=3), values, max_size=5), st.text(max_size=3), values, st.data())
def test_a_member_that_is_inserted_is_there_and_in_its_place(
    members: dict[str, Any], key: str, value: Any, data: st.DataObject
) -> None:
    members.pop(key, None)
    before = data.draw(st.sampled_from([None, *members]))
    after = json.loads(apply(json.dumps(members, indent=2), InsertMember("", key, value, before)))
    assert after == {**members, key: value}
    if before is not None:
        assert list(after).index(key) + 1 == list(after).index(before)


@given(st.text(), st.data(), st.text(max_size=4))
def test_characters_of_a_string_are_replaced_however_it_is_escaped(text: str, data: st.DataObject, new: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for ascii_only in (True, False):
        document = json.dumps([text], ensure_ascii=ascii_only)
        try:
            document.encode()
        except UnicodeEncodeError:
            return
        if "\\ud" in document.lower():
            return  # halves of a pair are refused before anything is fixed
        after = apply(document, ReplaceText("/0", new, (start, end)))
        assert json.loads(after) == [text[:start] + new + text[end:]]


def test_a_document_is_laid_out_once_for_all_of_its_fixes() -> None:
    """A list of 250 actions, each with a fix, took half a minute: each fix read the document and placed every item."""
    source = Source("p.json", json.dumps({"Action": [f"s3:Get{number}" for number in range(2_000)]}))
    _layout.cache_clear()
    for number in range(2_000):
        (edit,) = text_edits(source, Fix("", (Remove(f"/Action/{number}"),)))
        assert json.loads(edited(source.text, [edit]))["Action"][:1] == [f"s3:Get{int(number == 0)}"]
    assert _layout.cache_info().misses == 1
