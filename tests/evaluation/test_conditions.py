"""When a condition holds, by the rules that AWS states of all operators.

Source: IAM User Guide, reference_policies_condition-logic-multiple-context-keys-or-values and
reference_policies_condition-single-vs-multi-valued-context-keys; semantics section 5.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.reading import Assumption, Reading
from policyeval.evaluation.request import ContextValue
from policyeval.evaluation.trace import Clause
from policyeval.policy.model import Condition, Entry
from policyeval.syntax.operator import BASE_OPERATORS, Qualifier, parse_operator

KEY = "s3:x"
COMPARING = tuple(base for base in BASE_OPERATORS if base != "Null")
NEGATIONS = [
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
    ("IpAddress", "NotIpAddress"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
]
WORDS = {
    "String": ("a", "A", "b", "a*", "?", "", "ab"),
    "Numeric": ("1", "2", "1.0", "-1", "3"),
    "Date": ("2026", "2026-01-01", "2025-06-01T00:00:00Z", "86400"),
    "Bool": ("true", "false", "True"),
    "Binary": ("QQ==", "Qg==", "QUI="),
    "IpAddress": ("203.0.113.1", "203.0.113.2", "2001:db8::1"),
    "Arn": ("arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:sqs:us-east-1:111122223333:a"),
}
MISSING: Any = object()


def family(base: str) -> tuple[str, ...]:
    operator = parse_operator(base)
    assert operator is not None
    return WORDS[operator.family]


def condition(written: str, values: list[str]) -> Condition:
    operator = parse_operator(written)
    assert operator is not None
    return Condition(operator, KEY, tuple(Entry(value, f"/{index}") for index, value in enumerate(values)), "")


def clause(written: str, values: list[str], actual: Any = MISSING) -> Clause:
    context: dict[str, ContextValue] = {} if actual is MISSING else {KEY: actual}
    return judge_condition(condition(written, values), Context(context), Reading(), has_variables=True, is_allow=True)


def holds(written: str, values: list[str], actual: Any = MISSING) -> bool:
    return clause(written, values, actual).matched


# ---- missing keys: every operator, with and without IfExists, under each qualifier


@pytest.mark.parametrize("qualifier", [None, *Qualifier], ids=str)
@pytest.mark.parametrize("if_exists", [False, True])
@pytest.mark.parametrize("base", COMPARING)
def test_missing_key(base: str, if_exists: bool, qualifier: Qualifier | None) -> None:
    """Positive operators fail, negated ones hold; IfExists holds; ForAllValues holds; ForAnyValue fails unless
    IfExists says otherwise (section 12, no. 12)."""
    written = f"{f'{qualifier.value}:' if qualifier else ''}{base}{'IfExists' if if_exists else ''}"
    if if_exists or qualifier is Qualifier.FOR_ALL_VALUES:
        expected = True
    elif qualifier is Qualifier.FOR_ANY_VALUE:
        expected = False
    else:
        expected = base in {negated for _, negated in NEGATIONS}
    values = list(family(base)[:1])
    assert holds(written, values) is expected
    assert holds(written, values, []) is expected  # an empty list is an absent key


@pytest.mark.parametrize(
    ("written", "value", "missing", "present"),
    [
        ("Null", "true", True, False),
        ("Null", "false", False, True),
        ("Null", "TRUE", True, False),
        ("Null", "yes", False, False),
        ("ForAllValues:Null", "true", True, True),
        ("ForAllValues:Null", "false", True, True),
        ("ForAnyValue:Null", "true", False, False),
        ("ForAnyValue:Null", "false", False, False),
    ],
)
def test_null(written: str, value: str, missing: bool, present: bool) -> None:
    assert holds(written, [value]) is missing
    assert holds(written, [value], "a") is present
    assert holds(written, [value], ["a"]) is present


# ---- rules over all operators


@st.composite
def cases(draw: st.DrawFn, bases: tuple[str, ...] = COMPARING) -> tuple[str, list[str], str]:
    """An operator, some policy values and one request value of its family."""
    base = draw(st.sampled_from(bases))
    words = st.sampled_from(family(base))
    return base, draw(st.lists(words, min_size=1, max_size=3)), draw(words)


@given(cases())
def test_if_exists_changes_nothing_about_a_key_that_is_there(case: tuple[str, list[str], str]) -> None:
    base, values, actual = case
    assert holds(f"{base}IfExists", values, actual) is holds(base, values, actual)


@given(cases(tuple(positive for positive, _ in NEGATIONS)))
def test_several_values_under_a_negated_operator_mean_none_of_them(case: tuple[str, list[str], str]) -> None:
    """NOR, not "any differs"."""
    base, values, actual = case
    negated = dict(NEGATIONS)[base]
    assert holds(negated, values, actual) is not holds(base, values, actual)
    assert holds(negated, values, actual) is all(holds(negated, [value], actual) for value in values)


@given(cases(tuple(base for base in COMPARING if base not in dict(NEGATIONS).values())))
def test_several_values_mean_any_of_them(case: tuple[str, list[str], str]) -> None:
    base, values, actual = case
    assert holds(base, values, actual) is any(holds(base, [value], actual) for value in values)


@given(cases(), st.sampled_from(list(Qualifier)))
def test_a_set_operator_takes_a_single_value_for_a_list_of_one(
    case: tuple[str, list[str], str], qualifier: Qualifier
) -> None:
    base, values, actual = case
    if actual == "":
        return  # the empty text is the empty set
    alone = holds(f"{qualifier.value}:{base}", values, actual)
    assert alone is holds(f"{qualifier.value}:{base}", values, [actual])
    assert alone is holds(base, values, actual)


@settings(max_examples=200)
@given(cases(), st.data())
def test_set_operators_are_all_and_any(case: tuple[str, list[str], str], data: st.DataObject) -> None:
    """`ForAllValues`: every value of the request satisfies the operator; `ForAnyValue`: some does."""
    base, values, _ = case
    actual = data.draw(st.lists(st.sampled_from([word for word in family(base) if word]), min_size=1, max_size=3))
    each = [holds(base, values, text) for text in actual]
    assert holds(f"ForAllValues:{base}", values, actual) is all(each)
    assert holds(f"ForAnyValue:{base}", values, actual) is any(each)


@given(cases(), st.booleans())
def test_a_list_without_a_set_operator_never_matches(case: tuple[str, list[str], str], if_exists: bool) -> None:
    """Negated or not, IfExists or not ("confirmed at re:Inforce 2025 IAM431")."""
    base, values, actual = case
    judged = clause(f"{base}{'IfExists' if if_exists else ''}", values, [actual, actual])
    assert not judged.matched
    assert judged.reason == "the key holds a list, and the operator has no set operator"


@given(cases(), st.randoms())
def test_the_order_of_values_does_not_matter(case: tuple[str, list[str], str], shuffle: Any) -> None:
    base, values, actual = case
    shuffled = list(values)
    shuffle.shuffle(shuffled)
    assert holds(base, shuffled, actual) is holds(base, values, actual)


@given(st.sampled_from(["Numeric", "Date"]), st.data())
def test_orderings_are_those_of_the_line(kind: str, data: st.DataObject) -> None:
    """Exactly one of less, equal, greater; the others follow."""
    words = st.sampled_from(WORDS[kind])
    policy, request = [data.draw(words)], data.draw(words)

    def is_(ordering: str) -> bool:
        return holds(f"{kind}{ordering}", policy, request)

    assert [is_("LessThan"), is_("Equals"), is_("GreaterThan")].count(True) == 1
    assert is_("LessThanEquals") is (is_("LessThan") or is_("Equals"))
    assert is_("GreaterThanEquals") is (is_("GreaterThan") or is_("Equals"))
    assert is_("NotEquals") is not is_("Equals")


MALFORMED = {"Numeric": "10abc", "Date": "Jan 5, 2020", "IpAddress": "203.0.113.*", "Arn": "arn:aws:s3", "Bool": "yes"}


@pytest.mark.parametrize("base", [base for base in COMPARING if not base.startswith(("String", "Binary"))])
def test_a_value_that_cannot_be_read_matches_nothing(base: str) -> None:
    operator = parse_operator(base)
    assert operator is not None
    bad, good = MALFORMED[operator.family], family(base)[0]
    assert holds(base, [bad], good) is operator.is_negated
    assert holds(base, [good], bad) is operator.is_negated
    # A bad value beside a good one changes nothing.
    assert holds(base, [bad, good], good) is holds(base, [good], good)


# ---- what the clause says


@pytest.mark.parametrize(
    ("written", "values", "actual", "matched", "pointer", "reason"),
    [
        ("StringEquals", ["a", "b"], "b", True, "/1", None),
        ("StringEquals", ["a", "b"], "c", False, "", None),
        ("StringEquals", ["a"], "c", False, "/0", None),
        ("StringNotEquals", ["a", "b"], "b", False, "/1", None),
        ("StringEquals", ["a"], MISSING, False, "/0", "the key is missing"),
        ("StringNotEquals", ["a"], MISSING, True, "/0", "the key is missing"),
        ("StringEquals", [], "a", False, "", "the list of values is empty"),
        ("NumericEquals", ["ten"], "5", False, "/0", "`ten` is no number"),
        ("NumericEquals", ["5"], "five", False, "/0", "`five` is no number"),
        ("ArnLike", ["*"], "arn:aws:s3:::b", False, "/0", "`*` is no ARN"),
        ("StringEquals", ["${aws:x}"], "a", False, "/0", "a variable cannot be resolved"),
        ("DateEquals", ["now"], "2026", False, "/0", "`now` is no date"),
        ("Bool", ["yes"], "true", False, "/0", "`yes` is no boolean"),
        ("BinaryEquals", ["?"], "QQ==", False, "/0", "`?` is no base64 text"),
        ("IpAddress", ["here"], "203.0.113.1", False, "/0", "`here` is no address"),
        ("Null", ["true"], MISSING, True, "/0", "the key is missing"),
        ("Null", ["true"], "a", False, "/0", "the key is present"),
    ],
)
def test_a_clause_names_the_value_that_decided_and_why(
    written: str, values: list[str], actual: Any, matched: bool, pointer: str, reason: str | None
) -> None:
    judged = clause(written, values, actual)
    assert (judged.matched, judged.pointer, judged.reason) == (matched, pointer, reason)
    assert (judged.key, judged.actual) == (KEY, None if actual is MISSING else actual)


# ---- assumptions about missing keys


@pytest.mark.parametrize(
    ("written", "value", "held"),
    [
        ("StringEquals", "${aws:PrincipalTag/team}", True),
        ("StringEquals", "${aws:PrincipalTag/team, 'core'}", True),
        ("StringEquals", "${aws:username}", False),  # which is there
        ("StringEquals", "${aws:TagKeys}", False),  # there as well, and no value of a variable
        ("NumericEquals", "${aws:PrincipalTag/team}", False),  # text
    ],
)
def test_only_a_variable_of_a_missing_key_may_have_any_value(written: str, value: str, held: bool) -> None:
    context = Context({KEY: "5", "aws:username": "alice", "aws:TagKeys": ["5"]})
    reading = Reading(assumption=Assumption.HELPFUL)
    judged = judge_condition(condition(written, [value]), context, reading, has_variables=True, is_allow=True)
    assert judged.matched is held
    plain = Reading()
    judge_condition(condition(written, [value]), context, plain, has_variables=True, is_allow=True)
    assert list(plain.asked) == ["aws:principaltag/team"] * (held)
