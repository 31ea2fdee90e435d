"""Policy variables.

Source: IAM User Guide, reference_policies_variables; semantics section 4.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.syntax.variable import (
    ANGLE_BRACKET_VARIABLE,
    Escape,
    Part,
    Variable,
    parse_template,
    resolve_pattern,
    resolve_text,
    variable_keys,
    with_keys_renamed,
)
from policyeval.syntax.wildcard import Wildcard, compile_tokens, matches

TEMPLATES: list[tuple[str, tuple[Part, ...]]] = [
    ("", ()),
    ("plain $ { } text", ("plain $ { } text",)),
    ("${aws:username}", (Variable("aws:username"),)),
    ("${AWS:UserName}", (Variable("AWS:UserName"),)),
    ("a${aws:username}b", ("a", Variable("aws:username"), "b")),
    ("${aws:a}${aws:b}", (Variable("aws:a"), Variable("aws:b"))),
    ("${aws:PrincipalTag/team}", (Variable("aws:PrincipalTag/team"),)),
    ("${aws:PrincipalTag/team, 'company-wide'}", (Variable("aws:PrincipalTag/team", "company-wide"),)),
    ("${aws:username, ''}", (Variable("aws:username", ""),)),
    ("${aws:username, '*'}", (Variable("aws:username", "*"),)),
    ("${aws:username, 'a}b'}", (Variable("aws:username", "a}b"),)),
    ("${*}", (Escape("*"),)),
    ("${?}", (Escape("?"),)),
    ("${$}", (Escape("$"),)),
    ("${$}{aws:username}", (Escape("$"), "{aws:username}")),
    ("$${aws:username}", ("$", Variable("aws:username"))),
    # What Access Analyzer calls an error is plain text.
    ("${}", ("${}",)),
    ("${aws:username", ("${aws:username",)),
    ("${ aws:username}", ("${ aws:username}",)),
    ("${aws:user name}", ("${aws:user name}",)),
    ("${aws:username,'x'}", ("${aws:username,'x'}",)),
    ("${aws:username, x}", ("${aws:username, x}",)),
    ("${aws:username, 'x}", ("${aws:username, 'x}",)),
    ("${**}", ("${**}",)),
    ("$<aws:username>", ("$<aws:username>",)),
    ("{aws:username}", ("{aws:username}",)),
    ("$ {aws:username}", ("$ {aws:username}",)),
    ("${${aws:username}}", ("${", Variable("aws:username"), "}")),
]


@pytest.mark.parametrize(("text", "parts"), TEMPLATES)
def test_templates(text: str, parts: tuple[Part, ...]) -> None:
    assert parse_template(text) == parts


@given(st.text("${}*?aws:/, 'x<>", max_size=20))
def test_no_character_is_lost(text: str) -> None:
    assert "".join(map(written, parse_template(text))) == text


def written(part: Part) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Escape):
        return f"${{{part.character}}}"
    return f"${{{part.key}}}" if part.default is None else f"${{{part.key}, '{part.default}'}}"


def test_keys_in_order() -> None:
    assert variable_keys("${s3:prefix}/${*}/${aws:username, 'x'}") == ["s3:prefix", "aws:username"]


# ---- replacement


@given(value=st.text("*?${}aws:username,'/b", max_size=12), text=st.text("*?${}aws:username,'/b", max_size=16))
def test_the_value_of_a_variable_is_literal(value: str, text: str) -> None:
    """No wildcard, no second round of variables: a user named `*` does not own everything."""
    tokens = resolve_pattern(parse_template("home/${aws:username}"), lambda key: value)
    assert tokens is not None
    assert compile_tokens(tokens)(f"home/{value}")
    assert compile_tokens(tokens)(f"home/{text}") is (text == value)
    assert resolve_text(parse_template("home/${aws:username}"), lambda key: value) == f"home/{value}"


@given(st.text("ab*?", max_size=6), st.text("ab*?", max_size=6))
def test_escapes_are_plain_characters(text: str, other: str) -> None:
    """`${*}`, `${?}` and `${$}` give the plain character, in patterns and in plain values."""
    escaped = "".join(f"${{{c}}}" if c in "*?" else c for c in text)
    tokens = resolve_pattern(parse_template(escaped), lambda key: None)
    assert tokens is not None
    assert compile_tokens(tokens)(other) is (text == other)
    assert resolve_text(parse_template(escaped), lambda key: None) == text


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=6))
def test_without_variables_a_template_is_a_pattern(pattern: str, text: str) -> None:
    tokens = resolve_pattern(parse_template(pattern), lambda key: None)
    assert tokens is not None
    assert compile_tokens(tokens)(text) is matches(pattern, text)


def test_a_variable_beside_text_and_wildcards() -> None:
    tokens = resolve_pattern(parse_template("a${k}b*${k}*?"), {"k": "x"}.get)
    assert tokens == ("axb", Wildcard.MANY, "x", Wildcard.MANY, Wildcard.ONE)


def test_nothing_of_an_empty_default_is_left() -> None:
    """Equal patterns have equal tokens, whatever stood between the wildcards."""
    assert resolve_pattern(parse_template("a*${a:b, ''}*"), lambda key: None) == ("a", Wildcard.MANY)
    assert resolve_pattern(parse_template("${a:b, ''}"), lambda key: None) == ()


def test_a_key_is_renamed_and_no_default_is() -> None:
    text = "${aws:username, 'aws:username'}/aws:username"
    assert with_keys_renamed(text, lambda key: "aws:userid") == "${aws:userid, 'aws:username'}/aws:username"


@pytest.mark.parametrize("text", ["${a:b}", "x${a:b}", "${k:k}${a:b}"])
def test_nothing_comes_of_a_variable_that_cannot_be_resolved(text: str) -> None:
    known = {"k:k": "v"}.get
    assert resolve_pattern(parse_template(text), known) is None
    assert resolve_text(parse_template(text), known) is None


def test_a_default_stands_in_for_a_missing_key_and_for_no_other() -> None:
    template = parse_template("${a:b, 'else'}")
    assert resolve_text(template, lambda key: None) == "else"
    assert resolve_text(template, {"a:b": "value"}.get) == "value"


def test_a_default_is_literal_too() -> None:
    tokens = resolve_pattern(parse_template("${a:b, '*'}"), lambda key: None)
    assert tokens == ("*",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$<aws:username>", ["aws:username"]),
        ("a/$<aws:PrincipalTag/team>/*", ["aws:PrincipalTag/team"]),
        ("$<username>", []),
        ("<aws:username>", []),
        ("$ <aws:username>", []),
        ("$<aws: username>", []),
    ],
)
def test_the_spelling_in_angle_brackets(text: str, found: list[str]) -> None:
    assert ANGLE_BRACKET_VARIABLE.findall(text) == found
