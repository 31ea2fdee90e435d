"""One cause gives one finding."""

from __future__ import annotations

import pytest

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.linter.silence import Raised, unsilenced
from policyeval.rules.contract import Reach, Remark, Rule

NARROW = Rule("narrow", Severity.WARNING)


def raised(rule: Rule, pointer: str, statement: str | None = "/Statement/0", *, by_reader: bool = False) -> Raised:
    return Raised(rule, Remark(rule.name, Where(pointer)), statement, by_reader)


def names(*each: Raised) -> list[str]:
    return [one.rule.name for one in unsilenced(each)]


@pytest.mark.parametrize(
    ("reach", "pointer", "statement", "silenced"),
    [
        (Reach.PLACE, "/Statement/0/Action/0", "/Statement/0", True),
        (Reach.PLACE, "/Statement/0/Action/0/x", "/Statement/0", True),
        (Reach.PLACE, "/Statement/0/Action/00", "/Statement/0", False),
        (Reach.PLACE, "/Statement/0/Action", "/Statement/0", False),
        (Reach.PLACE, "/Statement/0/Action/1", "/Statement/0", False),
        (Reach.STATEMENT, "/Statement/0/Resource", "/Statement/0", True),
        (Reach.STATEMENT, "/Statement/1/Resource", "/Statement/1", False),
        (Reach.POLICY, "/Statement/1/Resource", "/Statement/1", True),
    ],
)
def test_a_cause_reaches_as_far_as_it_says(reach: Reach, pointer: str, statement: str, silenced: bool) -> None:
    cause = raised(Rule("cause", Severity.ERROR, silences={"narrow": reach}), "/Statement/0/Action/0")
    other = raised(NARROW, pointer, statement)
    expected = ["cause"] if silenced else ["cause", "narrow"]
    assert names(cause, other) == expected
    assert sorted(names(other, cause)) == sorted(expected)


def test_what_is_silenced_still_silences() -> None:
    first = Rule("first", Severity.ERROR, silences={"second": Reach.PLACE})
    second = Rule("second", Severity.ERROR, silences={"narrow": Reach.STATEMENT})
    assert names(raised(NARROW, "/Statement/0/Sid"), raised(second, "/a"), raised(first, "/a")) == ["first"]


def test_a_remark_that_is_made_twice_is_reported_once() -> None:
    assert names(raised(NARROW, "/a"), raised(NARROW, "/a"), raised(NARROW, "/b")) == ["narrow", "narrow"]


def test_what_the_reader_refuses_the_rule_need_not_say_again() -> None:
    found = unsilenced([raised(NARROW, "/a", by_reader=True), raised(NARROW, "/a"), raised(NARROW, "/b")])
    assert [(each.by_reader, each.remark.where.pointer) for each in found] == [(True, "/a"), (False, "/b")]
