"""Sentences broken into lines that fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policyeval.diagnostics.style import Style, clean, text_width
from policyeval.diagnostics.wrapping import wrap, wrapped

TEXTS = st.text(st.sampled_from("ab`: ,/é表\u0301*"), max_size=200).map(clean)


@given(TEXTS, st.integers(8, 60), st.integers(0, 60))
def test_every_line_fits_and_nothing_is_lost(text: str, room: int, first: int) -> None:
    lines = wrap(text, room, first=min(first, room))
    assert text_width(lines[0]) <= first
    assert all(text_width(line) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert any(text_width(word) > room for word in text.split()) or " ".join(lines).split() == text.split()
    assert all(lines[1:])


@given(TEXTS, st.sampled_from(["", "  ", "    for "]), st.integers(20, 60))
def test_an_indented_text_fits_but_for_words_that_are_too_wide(text: str, indent: str, width: int) -> None:
    lines = wrapped(text, indent, Style(width=width), hanging="  ")
    assert lines[0].startswith(indent.rstrip())
    assert all(line.startswith("  ") for line in lines[1:])
    assert " ".join([lines[0][len(indent) :], *lines[1:]]).split() == text.split()
    assert all(text_width(line) <= width or len(line[len(indent) :].split()) == 1 for line in lines)


def test_wide_characters_count_for_two_columns() -> None:
    assert wrapped("表" * 4 + " " + "表" * 4, "  ", Style(width=12)) == ["  表表表表", "  表表表表"]


def test_what_stands_between_backticks_stays_together() -> None:
    assert wrap("`a`/`b`", 20) == ["`a`/`b`"]
    assert wrap('so write `"Resource": "*"` instead', 20) == ["so write", '`"Resource": "*"`', "instead"]


def test_what_is_wider_than_a_line_is_broken_after_a_joint() -> None:
    assert wrap("`arn:aws:iam::123456789012:role/worker`", 30) == ["`arn:aws:iam::123456789012:", "role/worker`"]
    assert wrap("a" * 20, 8) == ["a" * 8, "a" * 8, "a" * 4]


def test_a_text_of_many_words_takes_no_time_of_its_square() -> None:
    assert len(wrap("` word" * 100_000, 80)) > 1
    assert len(wrap("a" * 300_000, 80)) > 1
