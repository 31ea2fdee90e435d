"""Policy variables where they stand, well-formed or not.

Source: IAM User Guide, reference_policies_variables.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.rules.variable_faults import Fault, faulty_variables
from policyeval.syntax.variable import parse_template

FAULTS = [
    ("${}", [(Fault.EMPTY, "${}", None)]),
    ("a${ }b", [(Fault.EMPTY, "${ }", None)]),
    ("${aws:username", [(Fault.BRACE, "${aws:username", "${aws:username}")]),
    ("home/${aws:username/x", [(Fault.BRACE, "${aws:username", "${aws:username}")]),
    ("${aws:PrincipalTag/team", [(Fault.BRACE, "${aws:PrincipalTag/team", "${aws:PrincipalTag/team}")]),
    ("${a:b/${aws:userid}", [(Fault.BRACE, "${a:b", "${a:b}")]),
    ("${", [(Fault.BRACE, "${", None)]),
    ("${aws: username}", [(Fault.SPACE, "${aws: username}", "${aws:username}")]),
    ("${ * }", [(Fault.SPACE, "${ * }", "${*}")]),
    ("${a:b, c}", [(Fault.QUOTE, "${a:b, c}", "${a:b, 'c'}")]),
    ("${a:b,'c'}", [(Fault.QUOTE, "${a:b,'c'}", "${a:b, 'c'}")]),
    ('${a:b, "c"}', [(Fault.QUOTE, '${a:b, "c"}', "${a:b, 'c'}")]),
    ("${a:b , 'c'}", [(Fault.SPACE, "${a:b , 'c'}", "${a:b, 'c'}")]),
    ("${a*b}", [(Fault.OTHER, "${a*b}", None)]),
    ("${aws:username} ${} ${aws:userid}", [(Fault.EMPTY, "${}", None)]),
    ("${*}${?}${$}", []),
    ("${aws:PrincipalTag/team, 'all of us'}", []),
    ("$ {x} $x {y}", []),
]


@pytest.mark.parametrize(("text", "faults"), FAULTS)
def test_what_is_wrong_with_a_variable(text: str, faults: list[tuple[Fault, str, str | None]]) -> None:
    assert [(found.fault, found.text, found.meant) for found in faulty_variables(text)] == faults


PIECES = st.sampled_from(
    ["${", "}", "aws:username", "aws:PrincipalTag/x", " ", ",", "'", "*", "/", "a", "$", '"', "${*}"]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_fault_for_each_opening_that_begins_no_variable(text: str) -> None:
    """AWS replaces `${...}` only when it is well-formed; every other `${` is a fault, at its place."""
    plain = sum(part.count("${") for part in parse_template(text) if isinstance(part, str))
    found = list(faulty_variables(text))
    assert len(found) == plain
    for each in found:
        assert text[slice(*each.within)] == each.text
        assert each.text.startswith("${")


@given(st.lists(PIECES, max_size=8).map("".join))
def test_what_was_meant_is_well_formed(text: str) -> None:
    for each in faulty_variables(text):
        if each.meant is not None:
            assert list(faulty_variables(each.meant)) == []
            assert not isinstance(parse_template(each.meant)[0], str)
