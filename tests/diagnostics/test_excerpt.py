"""A place in a file, drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.diagnostics.excerpt import Mark, _measured, draw
from policyeval.diagnostics.style import Style, text_width
from policyeval.source import Source, Span

PLAIN = Style()


def mark(source: Source, text: str, said: str = "", *, primary: bool = True) -> Mark:
    start = source.text.index(text)
    return Mark(Span(start, start + len(text)), said, primary)


def drawn(text: str, *marks: tuple[str, str, bool]) -> str:
    source = Source("policy.json", text)
    return "\n".join(draw(source, [mark(source, *m[:2], primary=m[2]) for m in marks], PLAIN))


def test_the_exact_text_is_underlined() -> None:
    text = '{\n  "Effect": "Deny",\n  "Action": "iam:*"\n}'
    assert drawn(text, ('"iam:*"', "matches `iam:CreateUser`", True), ('"Deny"', "so it is denied", False)) == (
        " --> policy.json:3:13\n"
        "  |\n"
        '2 |   "Effect": "Deny",\n'
        "  |             ------ so it is denied\n"
        '3 |   "Action": "iam:*"\n'
        "  |             ^^^^^^^ matches `iam:CreateUser`\n"
        "  |"
    )


def test_one_line_between_is_shown_and_more_are_left_out() -> None:
    text = "a\nb\nc\nd\ne\nf\n"
    lines = drawn(text, ("a", "", True), ("c", "", True), ("f", "", True)).splitlines()
    assert lines[2:] == ["1 | a", "  | ^", "2 | b", "3 | c", "  | ^", "...", "6 | f", "  | ^", "  |"]


def test_tabs_and_control_characters_take_the_room_that_they_show() -> None:
    lines = drawn('\t"\x1b[31m" x', ("x", "here", True)).splitlines()
    assert lines[2] == '1 |     "\\x1b[31m" x'
    assert lines[3].index("^") == lines[2].index(" x") + 1


def test_wide_characters_take_two_columns() -> None:
    lines = drawn("表é x", ("x", "", True)).splitlines()
    assert lines[3].index("^") - len("  | ") == text_width("表é ")


def test_a_span_over_several_lines_is_marked_on_its_first() -> None:
    lines = drawn("[\n  1\n]", ("[\n  1\n]", "all of it", True)).splitlines()
    assert lines[2:4] == ["1 | [", "  | ^ all of it"]


def test_a_place_past_the_end_of_a_line_has_a_caret() -> None:
    source = Source("p", "ab\n")
    assert draw(source, [Mark(Span(2, 2))], PLAIN)[3] == "  |   ^"


LONG = '{"Action": ["s3:GetObject", ' + ", ".join(f'"x{n}"' for n in range(60)) + '], "Resource": "arn:aws:s3:::b/*"}'


def test_marks_too_far_apart_are_drawn_one_after_the_other() -> None:
    """Of a policy on one line every mark but the first was drawn past the edge, under nothing."""
    lines = drawn(
        LONG, ('"s3:GetObject"', "matches", False), ('"arn:aws:s3:::b/*"', "does not match", True)
    ).splitlines()
    shown = [line for line in lines if line.startswith("1 |")]
    assert ['"s3:GetObject"' in line for line in shown] == [True, False]
    assert ['"arn:aws:s3:::b/*"' in line for line in shown] == [False, True]
    below = lines[lines.index(shown[1]) + 1]
    assert below.index("^") == shown[1].index('"arn')


def test_marks_close_together_on_a_long_line_share_it() -> None:
    lines = drawn(LONG, ('"s3:GetObject"', "", False), ('"x0"', "", True)).splitlines()
    assert len([line for line in lines if line.startswith("1 |")]) == 1


TEXTS = st.text(st.sampled_from('ab" \t\n\x1b表é\u202e'), max_size=200)


@given(
    TEXTS,
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40), st.text("ab `", max_size=60)), min_size=1, max_size=4),
)
def test_whatever_is_marked_fits_the_width(text: str, places: list[tuple[int, int, str]]) -> None:
    source = Source("p.json", text)
    marks = [
        Mark(Span(min(start, len(text)), min(start + length, len(text))), said, primary=bool(start % 2))
        for start, length, said in places
    ]
    for line in draw(source, marks, PLAIN)[1:]:
        assert text_width(line) <= PLAIN.width
        assert line.isprintable()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_narrow_terminals_are_kept_to(width: int) -> None:
    source = Source("p.json", LONG)
    marks = [mark(source, '"s3:GetObject"', "matches `s3:GetObject`"), mark(source, '"x59"', "and " * 30)]
    for line in draw(source, marks, Style(width=width)):
        assert len(line) <= width


def test_a_long_line_with_many_findings_is_measured_once() -> None:
    """A policy of 12 kB in one line took half a minute: each of its findings measured the line anew."""
    source = Source("p.json", '{"Action": "s3:Get*"}, ' * 5_000)
    _measured.cache_clear()
    for start in range(0, 500 * 23, 23):
        draw(source, [Mark(Span(start + 1, start + 9)), Mark(Span(start + 11, start + 20), primary=False)], Style())
    assert _measured.cache_info().misses == 1
