"""Conditions compiled to closures: the twin of `judge_condition`, without a trace and in AWS's taken readings only.

A condition becomes a constant where its key is missing or fixed by the caller, and otherwise a function of the given
context. Constants of the policy are read once. Whatever a closure here says, `conditions.judge_condition` says too; a
property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from policyeval.evaluation.arn_patterns import Test, compile_arn_value
from policyeval.evaluation.comparison import COMPARISONS, Comparison, Network, read_address
from policyeval.evaluation.globs import compile_glob, has_slots, literal_text, pattern_tokens, plain_text
from policyeval.evaluation.keys import BoundPart, FromRequest, GivenContext, KeySources, Texts
from policyeval.policy.model import Condition
from policyeval.syntax.operator import Operator, Qualifier
from policyeval.syntax.variable import parse_template
from policyeval.syntax.wildcard import Matcher, Wildcard

Fits = Callable[[str, GivenContext], bool]
"""Whether a text of the request fits one of a condition's values, some of which wait for the request."""


def compile_condition(condition: Condition, keys: KeySources, *, has_variables: bool) -> Test | bool:
    """One operator and key of a statement, for one caller and one set of given keys (semantics section 5)."""
    operator = condition.operator
    source = keys.source(condition.key)
    if operator.base == "Null":
        return _compile_null(condition, is_missing=source is None)
    if source is None:
        return _holds_without_key(operator)
    is_list = source.multivalued if isinstance(source, FromRequest) else isinstance(source, tuple)
    if is_list and operator.qualifier is None:
        # A list without a set operator never matches, not even negated (semantics 5.3).
        return False
    values = _Values(condition, keys, has_variables=has_variables)
    if not isinstance(source, FromRequest):
        if values.waiting is None:
            return _holds(operator, source, values.fits)
        return _with_fixed_key(operator, source, values.fits_either)
    if values.waiting is not None:
        return _with_waiting_values(operator, source.name, values.fits_either)
    if operator.qualifier is not None:
        return _with_set(operator, source.name, values.fits)
    return _with_text(operator, source.name, values)


def _compile_null(condition: Condition, *, is_missing: bool) -> bool:
    qualifier = condition.operator.qualifier
    if qualifier is not None:
        return qualifier is Qualifier.FOR_ALL_VALUES
    wanted = "true" if is_missing else "false"
    return any(entry.text.lower() == wanted for entry in condition.values)


def _holds_without_key(operator: Operator) -> bool:
    if operator.qualifier is Qualifier.FOR_ANY_VALUE:
        return operator.if_exists
    return operator.qualifier is Qualifier.FOR_ALL_VALUES or operator.if_exists or operator.is_negated


def _holds(operator: Operator, value: Texts, fits: Matcher) -> bool:
    """The operator over the texts of a present key: ORed or NORed for each, and these joined by the set operator."""
    texts = value if isinstance(value, tuple) else (value,)
    negated = operator.is_negated
    if operator.qualifier is None:
        return fits(texts[0]) != negated
    if texts == ("",):
        texts = ()  # the empty string under a set operator is the empty set
    judged = (fits(text) != negated for text in texts)
    return any(judged) if operator.qualifier is Qualifier.FOR_ANY_VALUE else all(judged)


def _with_fixed_key(operator: Operator, value: Texts, fits: Fits) -> Test:
    return lambda arn, context: _holds(operator, value, lambda text: fits(text, context))


def _with_waiting_values(operator: Operator, name: str, fits: Fits) -> Test:
    return lambda arn, context: _holds(operator, context[name], lambda text: fits(text, context))


def _with_set(operator: Operator, name: str, fits: Matcher) -> Test:
    return lambda arn, context: _holds(operator, context[name], fits)


def _with_text(operator: Operator, name: str, values: _Values) -> Test:
    """The common case, one call deep where it can be: a single value against constants."""
    exact, fits = values.exact, values.fits
    if exact is not None:
        if operator.is_negated:
            return lambda arn, context: context[name] not in exact
        return lambda arn, context: context[name] in exact
    if operator.is_negated:
        return lambda arn, context: not fits(context[name])  # type: ignore[arg-type]  # not a list: seen above
    return lambda arn, context: fits(context[name])  # type: ignore[arg-type]  # not a list: seen above


class _Values:
    """The values of a condition. `fits` judges a text by the constant ones; `exact` holds them when it compares whole
    texts; `waiting`, when not `None`, judges by those that hold a variable of the request."""

    __slots__ = ("exact", "fits", "waiting")

    def __init__(self, condition: Condition, keys: KeySources, *, has_variables: bool) -> None:
        comparison = COMPARISONS[condition.operator.positive]
        constants: list[tuple[BoundPart, ...]] = []
        waiting: list[tuple[BoundPart, ...]] = []
        replaced = has_variables and comparison.takes_variables
        for entry in condition.values:
            if replaced and "${" in entry.text:
                parts = keys.bind(parse_template(entry.text))
                if parts is None:
                    continue  # a value whose variable cannot be resolved fits nothing
                (waiting if has_slots(parts) else constants).append(parts)
            else:
                constants.append((entry.text,) if entry.text else ())
        self.exact: frozenset[str] | None = None
        base = condition.operator.positive
        if base == "StringEquals":
            self.exact = frozenset(plain_text(parts, {}) or "" for parts in constants)
            self.fits: Matcher = self.exact.__contains__
        else:
            self.fits = _COMPILERS[condition.operator.family](base, comparison, constants)
        self.waiting = _compile_waiting(base, waiting) if waiting else None

    def fits_either(self, text: str, context: GivenContext) -> bool:
        return self.fits(text) or (self.waiting is not None and self.waiting(text, context))


def _never(_text: str) -> bool:
    return False


# ---- constants, by the family of the operator

Constants = Sequence[tuple[BoundPart, ...]]


def _compile_text(base: str, _comparison: Comparison, constants: Constants) -> Matcher:
    if base == "StringEqualsIgnoreCase":
        lowered = frozenset((plain_text(parts, {}) or "").lower() for parts in constants)
        return lambda text: text.lower() in lowered
    exact: set[str] = set()
    heads: list[str] = []
    globs: list[Matcher] = []
    for parts in constants:
        tokens = pattern_tokens(parts, {}) or ()
        wildcards = [token for token in tokens if isinstance(token, Wildcard)]
        if not wildcards:
            exact.add(literal_text(tokens))
        elif wildcards == [Wildcard.MANY] and tokens[-1] is Wildcard.MANY:
            heads.append(literal_text(tokens))
        else:
            globs.append(compile_glob(tokens))
    alternatives: list[Matcher] = []
    if exact:
        alternatives.append(frozenset(exact).__contains__)
    if heads:
        leads = tuple(heads)
        alternatives.append(lambda text: text.startswith(leads))
    return _any_of([*alternatives, *globs])


def _compile_arns(_base: str, _comparison: Comparison, constants: Constants) -> Matcher:
    compiled = (compile_arn_value(pattern_tokens(parts, {}) or ()) for parts in constants)
    return _any_of([fits for fits in compiled if fits is not None])


def _any_of(matchers: Sequence[Matcher]) -> Matcher:
    if not matchers:
        return _never
    if len(matchers) == 1:
        return matchers[0]
    several = tuple(matchers)

    def fits(text: str) -> bool:
        for one in several:  # noqa: SIM110  # half the cost of `any` over a generator
            if one(text):
                return True
        return False

    return fits


def _compile_booleans(_base: str, comparison: Comparison, constants: Constants) -> Matcher:
    operands = _operands(comparison, constants)
    accepted = frozenset(text for text in ("true", "false") if comparison.read_request(text) in operands)
    return lambda text: text.lower() in accepted


def _compile_ordered(_base: str, comparison: Comparison, constants: Constants) -> Matcher:
    """Numbers, dates and bytes: read the request's text, then compare it with each operand."""
    read, compare = comparison.read_request, comparison.fits
    operands = _operands(comparison, constants)

    def fits(text: str) -> bool:
        actual = read(text)
        return actual is not None and any(compare(actual, operand) for operand in operands)

    return fits


def _operands(comparison: Comparison, constants: Constants) -> tuple[Any, ...]:
    """The constants that can be read; a malformed one fits nothing."""
    read = (comparison.read_policy(plain_text(parts, {}) or "", None) for parts in constants)
    return tuple(operand for operand in read if operand is not None)


_OCTETS = {str(number): number for number in range(256)}


@lru_cache(maxsize=65536)
def _read_ipv4(text: str) -> int | None:
    """The value of an IPv4 address, at a fifth of what `read_address` costs; nothing for any other text."""
    try:
        first, second, third, fourth = text.split(".")
        return _OCTETS[first] << 24 | _OCTETS[second] << 16 | _OCTETS[third] << 8 | _OCTETS[fourth]
    except (ValueError, KeyError):
        return None


def _compile_addresses(_base: str, comparison: Comparison, constants: Constants) -> Matcher:
    networks: tuple[Network, ...] = _operands(comparison, constants)
    narrow = tuple((first, last) for version, first, last in networks if version == 4)

    def fits(text: str) -> bool:
        value = _read_ipv4(text)
        if value is None:
            return fits_other(text)
        for low, high in narrow:  # noqa: SIM110  # half the cost of `any` over a generator
            if low <= value <= high:
                return True
        return False

    def fits_other(text: str) -> bool:
        """An IPv6 address, or none at all."""
        actual = read_address(text)
        return actual is not None and any(comparison.fits(actual, network) for network in networks)

    return fits


_COMPILERS: dict[str, Callable[[str, Comparison, Constants], Matcher]] = {
    "String": _compile_text,
    "Arn": _compile_arns,
    "Bool": _compile_booleans,
    "Numeric": _compile_ordered,
    "Date": _compile_ordered,
    "Binary": _compile_ordered,
    "IpAddress": _compile_addresses,
}


# ---- values that wait for the request


def _compile_waiting(base: str, waiting: Constants) -> Fits:
    """Values with variables of the request, put together for each; only text and ARN operators have them."""
    if base in ("StringEquals", "StringEqualsIgnoreCase"):
        lowered = base == "StringEqualsIgnoreCase"

        def equals(text: str, context: GivenContext) -> bool:
            wanted = text.lower() if lowered else text
            texts = (plain_text(parts, context) for parts in waiting)
            return any(found is not None and (found.lower() if lowered else found) == wanted for found in texts)

        return equals
    compile_value = compile_glob if base == "StringLike" else compile_arn_value

    def like(text: str, context: GivenContext) -> bool:
        for parts in waiting:
            tokens = pattern_tokens(parts, context)
            fits = compile_value(tokens) if tokens is not None else None
            if fits is not None and fits(text):
                return True
        return False

    return like
