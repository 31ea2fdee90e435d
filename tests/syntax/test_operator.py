"""Condition operators taken apart.

Source: IAM User Guide, reference_policies_elements_condition_operators and
reference_policies_condition-single-vs-multi-valued-context-keys.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.syntax.operator import BASE_OPERATORS, Operator, Qualifier, parse_operator

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
"""Each negated operator and what it negates (the tables of reference_policies_elements_condition_operators)."""

FAMILIES = {
    "StringEqualsIgnoreCase": "String",
    "StringNotLike": "String",
    "NumericGreaterThanEquals": "Numeric",
    "DateLessThan": "Date",
    "Bool": "Bool",
    "BinaryEquals": "Binary",
    "IpAddress": "IpAddress",
    "NotIpAddress": "IpAddress",
    "ArnNotLike": "Arn",
    "Null": "Null",
}


def parsed(text: str) -> Operator:
    operator = parse_operator(text)
    assert operator is not None, text
    return operator


def test_aws_has_twenty_seven_operators() -> None:
    """6 for text, 6 each for numbers and dates, Bool, BinaryEquals, 2 for addresses, 4 for ARNs, Null."""
    assert len(set(BASE_OPERATORS)) == len(BASE_OPERATORS) == 6 + 6 + 6 + 1 + 1 + 2 + 4 + 1


@pytest.mark.parametrize("base", BASE_OPERATORS)
def test_negation_is_known_of_every_operator(base: str) -> None:
    operator = parsed(base)
    assert operator.base == base
    assert operator.is_negated == (base in NEGATED)
    assert operator.positive == NEGATED.get(base, base)


@pytest.mark.parametrize(("base", "family"), FAMILIES.items())
def test_family(base: str, family: str) -> None:
    assert parsed(base).family == family


@given(
    base=st.sampled_from([base for base in BASE_OPERATORS if base != "Null"]),
    qualifier=st.sampled_from([None, *Qualifier]),
    if_exists=st.booleans(),
)
def test_prefix_and_suffix_go_with_every_operator(base: str, qualifier: Qualifier | None, if_exists: bool) -> None:
    """ "You can add IfExists to the end of any condition operator name except the Null condition"."""
    head = f"{qualifier.value}:" if qualifier else ""
    text = f"{head}{base}{'IfExists' if if_exists else ''}"
    operator = parsed(text)
    assert (operator.base, operator.qualifier, operator.if_exists) == (base, qualifier, if_exists)
    assert operator.canonical == operator.written == text


@given(st.sampled_from(BASE_OPERATORS), st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]), st.data())
def test_the_evaluator_takes_operators_in_any_case(base: str, head: str, data: st.DataObject) -> None:
    """Section 12, no. 14: accepted by the evaluator, a finding of the linter."""
    text = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in head + base)
    operator = parsed(text)
    assert operator.canonical == head + base
    assert operator.written == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "String",
        "StringEqual",
        "StringEquals ",
        " StringEquals",
        "StringEquals:ForAnyValue",
        "IfExists",
        "IfExistsStringEquals",
        "StringEqualsIfExistsIfExists",
        "ForAnyValue:",
        "ForAnyValue:ForAllValues:StringEquals",
        "ForSomeValue:StringEquals",
        "ForAllValues StringEquals",
        "NotStringEquals",
        "NumericLike",
        "BinaryNotEquals",
        "NotNull",
        "BoolNotEquals",
        "NullIfExists",
        "ForAllValues:NullIfExists",
    ],
)
def test_what_aws_does_not_have_is_no_operator(text: str) -> None:
    assert parse_operator(text) is None


@pytest.mark.parametrize(
    "text", ["StringLi\u212ae", "ForAllValue\u017f:StringEquals", "\u017ftringEquals", "Bool\u0130"]
)
def test_look_alikes_are_not_letters_of_an_operator(text: str) -> None:
    """U+017F and U+212A fold to `s` and `k` in regular expressions; an operator of a hostile document held one, and
    reading it failed."""
    assert parse_operator(text) is None


@given(st.text(max_size=40))
def test_any_text_is_an_operator_or_is_not(text: str) -> None:
    operator = parse_operator(text)
    assert operator is None or operator.canonical.lower() == text.lower()
