"""Globs: `*` is any run of characters, `?` exactly one, nothing else is special.

Source: IAM User Guide, reference_policies_elements_resource.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.syntax.wildcard import (
    Wildcard,
    compile_pattern,
    compile_tokens,
    has_wildcard,
    literal_head,
    matches,
    matches_by_definition,
    tokenize,
)

TEXTS = ["".join(letters) for length in range(6) for letters in product("ab", repeat=length)]


def meaning(pattern: str, text: str) -> bool:
    """What a pattern means, by recursion: slow, and short enough to be seen to be right."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return meaning(pattern[1:], text) or (bool(text) and meaning(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and meaning(pattern[1:], text[1:])


@pytest.mark.parametrize("length", range(5))
def test_every_small_pattern_means_what_the_definition_says(length: int) -> None:
    """Every pattern over {a,b,*,?} up to length 4 against every text over {a,b} up to length 5."""
    for letters in product("ab*?", repeat=length):
        pattern = "".join(letters)
        expected = [meaning(pattern, text) for text in TEXTS]
        assert [matches(pattern, text) for text in TEXTS] == expected, pattern
        assert [matches_by_definition(tokenize(pattern), text) for text in TEXTS] == expected, pattern


@given(st.text("ab*?.\n", max_size=12), st.text("ab.\n", max_size=12))
def test_longer_patterns_mean_what_the_definition_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) is matches_by_definition(tokenize(pattern), text)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a.b", "axb", False),
        ("a[bc]", "ab", False),
        ("a[bc]", "a[bc]", True),
        ("a|b", "a", False),
        ("(a)\\", "(a)\\", True),
        ("^a$", "a", False),
        ("a*", "a\nb", True),
        ("a?c", "a\nc", True),
        ("a?c", "ac", False),
        ("a?c", "abbc", False),
        ("b1/*/x", "b1//x", True),
        ("*", "", True),
        ("**", "", True),
        ("?", "", False),
        ("", "", True),
        ("", "a", False),
        ("A", "a", False),
        ("é?", "é\U0001f600", True),
    ],
)
def test_only_stars_and_question_marks_are_special(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize("text", ["*", "a*b", "?"])
def test_a_wildcard_in_the_text_is_text(text: str) -> None:
    """An object's key may hold one, and does not match more than itself."""
    assert matches(text, text)
    assert not matches("b", text)
    assert not matches("a\\*b", "a*b")


@pytest.mark.parametrize("literal", ["*", "?", "${*}"])
def test_a_literal_token_is_never_a_wildcard(literal: str) -> None:
    """The value of a policy variable: a user named `*` owns `home/*` and nothing else."""
    fits = compile_tokens(("home/", literal, "/", Wildcard.MANY))
    assert fits(f"home/{literal}/k")
    assert not fits("home/bob/k")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a*a*a*a*a*a*b", "a" * 5_000),
        ("*a" * 100 + "b", "a" * 5_000),
        ("*?" * 50 + "b", "a" * 5_000),
        ("a*" * 60 + "c", "ab" * 3_000),
        ("*" * 500 + "b", "a" * 5_000),
        ("*ab*ba*" * 20 + "!", "abba" * 2_000),
        ("?" * 500 + "*" + "?" * 500, "a" * 999),
    ],
)
def test_no_pattern_backtracks_without_end(pattern: str, text: str) -> None:
    """Six stars cost one published evaluator 5 seconds, eight more than a minute: here the answer comes at once."""
    assert not compile_pattern(pattern)(text)


@pytest.mark.parametrize(
    ("pattern", "head"), [("s3:Get*", "s3:Get"), ("a?b*", "a"), ("abc", "abc"), ("*", ""), ("", "")]
)
def test_the_literal_head_ends_at_the_first_wildcard(pattern: str, head: str) -> None:
    assert literal_head(pattern) == head
    assert has_wildcard(pattern) is (head != pattern)


def test_a_run_of_stars_is_one_star() -> None:
    assert tokenize("a***b") == tokenize("a*b") == ("a", Wildcard.MANY, "b")


def test_no_token_is_empty() -> None:
    assert tokenize("") == ()
    assert tokenize("**") == (Wildcard.MANY,)
