"""An error, drawn: what is wrong, where, and what to do."""

from __future__ import annotations

from policyeval.diagnostics.failure import draw_failure, labelled
from policyeval.diagnostics.style import Style
from policyeval.errors import PolicyError, ReadError, RequestError
from policyeval.source import Source, Span

PLAIN = Style()


def test_with_a_place() -> None:
    source = Source("p.json", '{\n  "effect": 1\n}')
    error = PolicyError(
        "`effect` is no element of a statement",
        rule="invalid-policy-element",
        source=source,
        span=Span(4, 12),
        help="did you mean `Effect`?",
    )
    assert draw_failure(error, PLAIN) == [
        "error[invalid-policy-element]: `effect` is no element of a statement",
        " --> p.json:2:3",
        "  |",
        '2 |   "effect": 1',
        "  |   ^^^^^^^^",
        "  |",
        "  = help: did you mean `Effect`?",
    ]


def test_with_a_file_alone() -> None:
    assert draw_failure(ReadError("no such file", name="p.json"), PLAIN) == ["error: no such file", " --> p.json"]


def test_without_a_place() -> None:
    assert draw_failure(RequestError("no user `x`"), PLAIN) == ["error: no user `x`"]


def test_a_hostile_name_does_not_reach_the_terminal() -> None:
    lines = draw_failure(RequestError("no user `\x1b[2J\u202e`", name="a\nb"), PLAIN)
    assert lines == ["error: no user `\\x1b[2J\\u202e`", " --> a\\nb"]


def test_a_long_help_is_wrapped_under_its_beginning() -> None:
    lines = labelled("help", "word " * 40, "  ", PLAIN)
    assert all(len(line) <= 80 for line in lines)
    assert lines[0].startswith("  = help: word")
    assert all(line.startswith(" " * len("  = help: ") + "word") for line in lines[1:])


def test_colour_adds_nothing_but_colour() -> None:
    import re

    error = ReadError("no such file", name="p.json", help="look again")
    painted = draw_failure(error, Style(color=True))
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in painted] == draw_failure(error, PLAIN)
    assert painted[0].startswith("\x1b[1;31merror\x1b[0m: ")
