"""Pointers, positions and lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from policyeval.source import Position, Source, child, pointer_tokens


@given(st.lists(st.text(alphabet="a/~01", max_size=4)))
def test_a_pointer_has_the_tokens_that_it_was_made_of(tokens: list[str]) -> None:
    """`~` is written `~0` and `/` is written `~1` (RFC 6901 section 3); `~01` is `~1`, not `/` (section 4)."""
    assert pointer_tokens(child("", *tokens)) == tokens


def test_list_indexes_are_tokens() -> None:
    assert child("/Statement", 0, "Action") == "/Statement/0/Action"


@given(st.text(alphabet="ab\r\né"))
def test_every_offset_is_where_counting_says(text: str) -> None:
    source = Source("s", text)
    line, column = 1, 1
    for offset, character in enumerate(text):
        assert source.position(offset) == Position(line, column, offset)
        line, column = (line + 1, 1) if character == "\n" else (line, column + 1)
    assert source.position(len(text)) == Position(line, column, len(text))


@given(st.lists(st.text(alphabet="ab é\u2028\x0b", max_size=5), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_a_line_is_its_text_without_its_end(lines: list[str], line_end: str) -> None:
    """Only LF ends a line: U+2028 and the vertical tab are characters like others, as editors have it."""
    source = Source("s", line_end.join(lines))
    assert [source.line(number) for number in range(1, len(lines) + 1)] == lines


def test_columns_count_characters_not_bytes() -> None:
    assert Source("s", '"é😀x"').position(3) == Position(1, 4, 3)


def test_a_source_does_not_print_its_text() -> None:
    assert repr(Source("policy.json", "secret")) == "Source(name='policy.json')"
