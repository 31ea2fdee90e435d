"""Whether a condition holds.

Source: IAM User Guide, reference_policies_condition-logic-multiple-context-keys-or-values,
reference_policies_condition-single-vs-multi-valued-context-keys; semantics section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policyeval.evaluation.comparison import COMPARISONS, Comparison, Unresolved, fits_ignoring_case
from policyeval.evaluation.context import Context, Value
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.trace import Clause
from policyeval.policy.model import Condition
from policyeval.syntax.operator import Operator, Qualifier
from policyeval.syntax.variable import Lookup, Variable, parse_template


def judge_condition(
    condition: Condition, context: Context, reading: Reading, *, has_variables: bool, is_allow: bool
) -> Clause:
    """Judge one operator and key of a statement.

    The keys of a block and its operators are ANDed by the caller; the values are ORed here, or NORed under a negated
    operator. `has_variables` says whether the document's version knows them.
    """
    value = context.get(condition.key)
    if value is None:
        reading.ask(condition.key, context)
        if reading.assumes(condition.key, context):
            return _clause(condition, reading.assumed_truth(is_allow), None, "the key is missing")
    elif condition.operator.base != "Null" and has_variables and _is_open(condition, context, reading):
        return _clause(condition, reading.assumed_truth(is_allow), value, "a variable cannot be resolved")
    if condition.operator.base == "Null":
        return _judge_null(condition, value)
    if value is None:
        return _clause(condition, _holds_without_key(condition.operator, reading), None, "the key is missing")
    if condition.operator.qualifier is None:
        if value.multivalued:
            # "confirmed at re:Inforce 2025 IAM431": not even a negated operator matches (semantics 5.3).
            return _clause(condition, False, value, "the key holds a list, and the operator has no set operator")
        texts: tuple[str, ...] = value.texts
    else:
        texts = () if value.texts == ("",) else value.texts
    lookup = _lookup(condition, context, reading, has_variables)
    test = _Test(condition, lookup, reading)
    # Judged to the end rather than to the first that tells, so that every dispute and missing key comes up.
    answers = [test(text) for text in texts]
    held = any(answers) if condition.operator.qualifier is Qualifier.FOR_ANY_VALUE else all(answers)
    return _clause(condition, held, value, test.reason, test.fitting)


def _is_open(condition: Condition, context: Context, reading: Reading) -> bool:
    """Whether the values hold a variable whose missing key is to be assumed."""
    if not COMPARISONS[condition.operator.positive].takes_variables:
        return False
    missing = missing_variables(tuple(entry.text for entry in condition.values), context)
    return any(reading.assumes(key, context) for key in missing)


def _holds_without_key(operator: Operator, reading: Reading) -> bool:
    """What a missing key means (semantics 5.2 and 5.3): negated operators, `IfExists` and `ForAllValues` hold."""
    if operator.qualifier is Qualifier.FOR_ANY_VALUE:
        return operator.if_exists and not reading.takes_other(Dispute.ANY_VALUE_IF_EXISTS)
    return operator.qualifier is Qualifier.FOR_ALL_VALUES or operator.if_exists or operator.is_negated


def _judge_null(condition: Condition, value: Value | None) -> Clause:
    """`Null`: `true` asks for the key's absence, `false` for its presence.

    `ForAllValues:Null` is always true and `ForAnyValue:Null` always false (Access Analyzer, NULL_WITH_QUALIFIER).
    """
    qualifier = condition.operator.qualifier
    if qualifier is not None:
        return _clause(condition, qualifier is Qualifier.FOR_ALL_VALUES, value, "`Null` compares no values")
    wanted = "true" if value is None else "false"
    held = any(entry.text.lower() == wanted for entry in condition.values)
    return _clause(condition, held, value, "the key is missing" if value is None else "the key is present")


class _Test:
    """One condition, prepared: called with a request value, it says whether the operator holds for it."""

    def __init__(self, condition: Condition, lookup: Lookup | None, reading: Reading) -> None:
        self.condition = condition
        self.comparison: Comparison = COMPARISONS[condition.operator.positive]
        self.lookup = lookup
        self.reading = reading
        self.reason: str | None = None
        self.fitting: str | None = None
        """The pointer of a policy value that the request value fits: what made it true, or false when negated."""

    def __call__(self, text: str) -> bool:
        negated = self.condition.operator.is_negated
        if not self.condition.values:
            flipped = self.reading.takes_other(Dispute.EMPTY_VALUE_LIST)
            self.reason = "the list of values is empty"
            return negated != flipped
        actual = self.comparison.read_request(text)
        if actual is None:
            self.reason = f"`{text}` is no {_NOUNS[self.condition.operator.family]}"
            return negated and not self.reading.takes_other(Dispute.MALFORMED_VALUE_NEGATED)
        fits, veto = self.fits_any(actual)
        return not fits and not veto if negated else fits

    def fits_any(self, actual: object) -> tuple[bool, bool]:
        """Whether a policy value fits; and whether, under a negated operator, one that cannot be read forbids."""
        fits, veto = False, False
        negated = self.condition.operator.is_negated
        for entry in self.condition.values:
            try:
                operand: Any = self.comparison.read_policy(entry.text, self.lookup)
            except Unresolved:
                self.reason = "a variable cannot be resolved"
                veto |= negated and self.reading.takes_other(Dispute.MISSING_VARIABLE_NEGATED)
                continue
            if operand is None:
                self.reason = f"`{entry.text}` is no {_NOUNS[self.condition.operator.family]}"
                veto |= negated and self.reading.takes_other(Dispute.MALFORMED_VALUE_NEGATED)
            elif not fits and (self.comparison.fits(actual, operand) or self.fits_but_for_case(entry.text, actual)):
                fits = True
                self.fitting = entry.pointer
        return fits, veto

    def fits_but_for_case(self, text: str, actual: object) -> bool:
        """Whether a tag's value differs from a policy value in case alone, and that is to be passed over."""
        if "tag/" not in self.condition.key.lower() or not isinstance(actual, str):
            return False
        like = fits_ignoring_case(self.condition.operator.positive, text, self.lookup, actual)
        return like and self.reading.takes_other(Dispute.TAG_VALUE_CASE)


_NOUNS = {  # of a String operator every text is a value
    "Numeric": "number",
    "Date": "date",
    "Bool": "boolean",
    "Binary": "base64 text",
    "IpAddress": "address",
    "Arn": "ARN",
}


def _lookup(condition: Condition, context: Context, reading: Reading, has_variables: bool) -> Lookup | None:
    """How `${...}` in the values is replaced; not at all under an operator or a version without variables."""
    if not any("${" in entry.text for entry in condition.values):
        return None
    takes_variables = COMPARISONS[condition.operator.positive].takes_variables
    if condition.operator.base == "Bool":
        takes_variables = has_variables and reading.takes_other(Dispute.VARIABLE_IN_BOOL)
    if not takes_variables:
        return None
    if not has_variables and not reading.takes_other(Dispute.VARIABLE_IN_OLD_VERSION):
        return None
    return variable_lookup(context, reading)


def variable_lookup(context: Context, reading: Reading) -> Lookup:
    """Look a variable up in the context, remembering the missing ones."""

    def lookup(key: str) -> str | None:
        value = context.variable(key)
        if value is None and key not in context:
            reading.ask(key, context)
        return value

    return lookup


def unresolved_keys(texts: tuple[str, ...], context: Context) -> list[str]:
    """The variables of some texts that have no value in the context and no default, as they are written."""
    return [part.key for part in _variables(texts) if part.default is None and context.variable(part.key) is None]


def missing_variables(texts: tuple[str, ...], context: Context) -> list[str]:
    """The variables of some texts whose keys are not in the context, those with a default among them."""
    return [part.key for part in _variables(texts) if part.key not in context]


def _variables(texts: tuple[str, ...]) -> Iterator[Variable]:
    for text in texts:
        if "${" in text:
            yield from (part for part in parse_template(text) if isinstance(part, Variable))


def _clause(
    condition: Condition, held: bool, value: Value | None, reason: str | None, fitting: str | None = None
) -> Clause:
    actual = None if value is None else ", ".join(value.texts)
    pointer, entry = condition.pointer, None
    only = condition.values[0] if len(condition.values) == 1 else None
    chosen = next((member for member in condition.values if member.pointer == fitting), only)
    if chosen is not None:
        pointer, entry = chosen.pointer, chosen.text
    return Clause("Condition", held, pointer, entry, actual, reason, condition.key)
