"""Colour, width, and text that must not act on a terminal."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.diagnostics.style import DEFAULT_WIDTH, ColorChoice, Style, clean, text_width


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


COLOURS: list[tuple[ColorChoice, dict[str, str], bool, bool]] = [
    # --color, the environment, whether it is a terminal; whether there is colour
    ("auto", {}, False, False),
    ("auto", {}, True, True),
    ("auto", {"TERM": "dumb"}, True, False),
    ("auto", {"NO_COLOR": "1"}, True, False),
    ("auto", {"NO_COLOR": ""}, True, True),  # no-color.org: when set and not empty
    ("auto", {"FORCE_COLOR": "1"}, False, True),
    ("auto", {"FORCE_COLOR": ""}, False, False),
    ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    ("always", {"NO_COLOR": "1"}, False, True),
    ("never", {"FORCE_COLOR": "1"}, True, False),
]


@pytest.mark.parametrize(("choice", "environment", "terminal", "expected"), COLOURS)
def test_when_there_is_colour(choice: ColorChoice, environment: dict[str, str], terminal: bool, expected: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    assert Style.of(stream, choice, environment).color is expected


def test_what_is_no_terminal_is_eighty_columns_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert Style.of(io.StringIO()).width == DEFAULT_WIDTH == 80
    assert Style.of(Terminal()).width == 120
    monkeypatch.setenv("COLUMNS", "10")
    assert Style.of(Terminal()).width == 40


def test_painting() -> None:
    assert Style(color=True).paint("no", "error") == "\x1b[1;31mno\x1b[0m"
    assert Style(color=True).paint("", "error") == ""
    assert Style(color=False).paint("no", "error") == "no"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("é 表", "é 表"),
        ("a\tb\nc\r", "a\\tb\\nc\\r"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x7f\x9b", "\\x7f\\x9b"),
        ("\u202eevil", "\\u202eevil"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("\ue000", "\\ue000"),
        ("\U000e0001", "\\U000e0001"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
    ],
)
def test_what_would_act_on_a_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text())
def test_clean_text_prints_as_itself_and_stays_so(text: str) -> None:
    shown = clean(text)
    assert shown.isprintable()
    assert clean(shown) == shown
    shown.encode()


@pytest.mark.parametrize(("text", "width"), [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("表", 2), ("ａ", 2)])
def test_width_in_columns(text: str, width: int) -> None:
    assert text_width(text) == width


@pytest.mark.parametrize(
    ("environment", "follows"),
    [
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM": "xterm-kitty"}, True),
        ({"VTE_VERSION": "7600"}, True),
        ({"VTE_VERSION": "4600"}, False),
        ({"VTE_VERSION": "\u00b2"}, False),
        ({"WT_SESSION": "x"}, True),
        ({"WT_SESSION": "x", "NO_COLOR": "1"}, False),
    ],
)
def test_links_are_for_terminals_that_are_known_to_follow_them(environment: dict[str, str], follows: bool) -> None:
    assert Style.of(Terminal(), environment=environment).hyperlinks is follows
    assert not Style.of(io.StringIO(), "always", environment).hyperlinks
