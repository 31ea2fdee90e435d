"""Policies and their statements, compiled once, and bound to a caller and a set of given keys.

Compiling depends on the policy alone and is kept for as long as the policy lives, so simulators that share policies
share the work. Binding resolves what the caller fixes and drops a statement that can then match no request.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from policyeval.evaluation.action_sets import action_sets
from policyeval.evaluation.arn_patterns import (
    EVERYTHING,
    BoundPattern,
    Everything,
    ResourceEntry,
    Test,
    compile_resource,
)
from policyeval.evaluation.compiled import compile_condition
from policyeval.evaluation.index import ActionIndex, HeadIndex
from policyeval.evaluation.keys import GivenContext, KeySources, Slot
from policyeval.evaluation.plan import hold
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.syntax.variable import variable_keys

_MEMO_LIMIT = 32768
_INDEX_FROM = 12
"""How many patterns are looked up rather than tried one by one: below it an index costs more than it saves."""


class BoundStatement(NamedTuple):
    """A statement for one caller: `conditions` are the tests that are left, all to hold, and `patterns` the resources
    of which one must fit; `None` when any resource does."""

    conditions: tuple[Test, ...]
    patterns: tuple[BoundPattern, ...] | None


class CompiledStatement:
    """A statement with its resources read. `keys` are the lower-cased context keys that it asks for."""

    def __init__(self, policy: Policy, statement: Statement) -> None:
        self.statement = statement
        self.has_variables = policy.has_variables
        self._resources: tuple[ResourceEntry, ...] | None = None
        self._not_resources: tuple[ResourceEntry, ...] | None = None
        if statement.resources is not None:
            self._resources = _compile_entries(policy, (entry.text for entry in statement.resources))
        elif statement.not_resources is not None:
            self._not_resources = _compile_entries(policy, (entry.text for entry in statement.not_resources))
        elif policy.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
            # A statement that names no resource covers the one that the policy is attached to.
            self._resources = (EVERYTHING,)
        self.keys = frozenset(_asked_keys(statement, has_variables=policy.has_variables))

    @cached_property
    def action_set(self) -> int:
        """The catalog's actions that the statement matches."""
        return action_sets().of_statement(self.statement)

    def bind(self, keys: KeySources) -> BoundStatement | None:
        """The statement for one caller; nothing when it can match no request."""
        conditions: list[Test] = []
        for condition in self.statement.conditions:
            test = compile_condition(condition, keys, has_variables=self.has_variables)
            if test is False:
                return None
            if not isinstance(test, bool):
                conditions.append(test)
        if self._resources is not None:
            patterns: list[BoundPattern] = []
            for entry in self._resources:
                if isinstance(entry, Everything):
                    return BoundStatement(tuple(conditions), None)
                bound = entry.bind(keys) if entry is not None else None
                if bound is not None:
                    patterns.append(bound)
            return BoundStatement(tuple(conditions), tuple(patterns)) if patterns else None
        if self._not_resources is None:
            return None
        excluded = _bind_excluded(self._not_resources, keys)
        return None if excluded is None else BoundStatement((*excluded, *conditions), None)


def _compile_entries(policy: Policy, texts: Iterable[str]) -> tuple[ResourceEntry, ...]:
    return tuple(compile_resource(text, policy.kind, has_variables=policy.has_variables) for text in texts)


def _asked_keys(statement: Statement, *, has_variables: bool) -> Iterable[str]:
    for condition in statement.conditions:
        yield from asked_by(condition, has_variables=has_variables)
    if has_variables:
        yield from _variables_of(*(statement.resources or ()), *(statement.not_resources or ()))


def asked_by(condition: Condition, *, has_variables: bool) -> Iterator[str]:
    """The lower-cased keys that a condition asks for: its own, and those of the variables in its values."""
    yield condition.key.lower()
    if has_variables:
        yield from _variables_of(*condition.values)


def _variables_of(*entries: Entry) -> Iterator[str]:
    for entry in entries:
        if "${" in entry.text:
            yield from (key.lower() for key in variable_keys(entry.text))


def _bind_excluded(entries: tuple[ResourceEntry, ...], keys: KeySources) -> tuple[Test, ...] | None:
    """`NotResource` as tests; nothing when it excludes everything, or a variable in it cannot be resolved.

    With an unresolvable variable the statement does not match (semantics section 12, no. 17).
    """
    patterns: list[BoundPattern] = []
    slots: list[Slot] = []
    for entry in entries:
        if isinstance(entry, Everything):
            return None
        if entry is None:
            continue
        bound = entry.bind(keys)
        if bound is None:
            return None
        patterns.append(bound)
        slots += entry.slots(keys)
    covered = any_statement([BoundStatement((), tuple(patterns))])
    tests: list[Test] = [] if covered is None else [_negation(covered)]
    if slots:
        tests.append(lambda arn, context: all(slot.fill(context) is not None for slot in slots))
    return tuple(tests)


def _negation(test: Test) -> Test:
    return lambda arn, context: not test(arn, context)


# ---- does any of some statements match?


def any_statement(statements: Sequence[BoundStatement]) -> Test | None:
    """Whether any statement matches, as one function; nothing when none can.

    Statements without conditions and on all resources make it `hold`, whatever else there is.
    """
    if any(statement.patterns is None and not statement.conditions for statement in statements):
        return hold
    if sum(len(statement.patterns or ()) for statement in statements) >= _INDEX_FROM:
        return _indexed(statements)
    alternatives: list[tuple[Test, ...]] = []
    for statement in statements:
        if statement.patterns is None:
            alternatives.append(statement.conditions)
        else:
            alternatives += ((test, *statement.conditions) for test in _resource_tests(statement.patterns))
    return _any_alternative(alternatives) if alternatives else None


def _resource_tests(patterns: Sequence[BoundPattern]) -> Iterator[Test]:
    """Tests of which one must hold for a resource to fit one of the patterns; as few as there can be."""
    exact = frozenset(pattern.head for pattern in patterns if pattern.exact)
    heads = tuple(pattern.head for pattern in patterns if pattern.is_head)
    if exact:
        yield lambda arn, context: arn in exact
    if heads:
        yield lambda arn, context: arn.startswith(heads)
    for pattern in patterns:
        if pattern.test is not None:
            yield pattern.test


def _any_alternative(alternatives: Sequence[tuple[Test, ...]]) -> Test:
    """Whether all tests of some alternative hold."""
    if len(alternatives) == 1:
        return _all_tests(alternatives[0])
    several = tuple(alternatives)

    def any_holds(arn: str, context: GivenContext) -> bool:
        for tests in several:
            for test in tests:
                if not test(arn, context):
                    break
            else:
                return True
        return False

    return any_holds


def _all_tests(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda arn, context: first(arn, context) and second(arn, context)

    def all_hold(arn: str, context: GivenContext) -> bool:
        for test in tests:  # noqa: SIM110  # half the cost of `all` over a generator
            if not test(arn, context):
                return False
        return True

    return all_hold


def _indexed(statements: Sequence[BoundStatement]) -> Test:
    """The same by dictionary and literal heads, for many patterns."""
    exact: dict[str, list[tuple[Test, ...]]] = {}
    heads: list[tuple[str, tuple[Test, ...]]] = []
    anywhere: list[tuple[Test, ...]] = []
    for statement in statements:
        tests = statement.conditions
        if statement.patterns is None:
            anywhere.append(tests)
        for pattern in statement.patterns or ():
            if pattern.exact:
                exact.setdefault(pattern.head, []).append(tests)
            else:
                heads.append((pattern.head, tests if pattern.test is None else (pattern.test, *tests)))
    by_head = HeadIndex(heads)
    nowhere: Sequence[tuple[Test, ...]] = ()

    def any_holds(arn: str, context: GivenContext) -> bool:
        for alternatives in (exact.get(arn, nowhere), by_head.find(arn), anywhere):
            for tests in alternatives:
                for test in tests:
                    if not test(arn, context):
                        break
                else:
                    return True
        return False

    return any_holds


# ---- policies


class CompiledPolicy:
    """A policy, indexed by action. `find` gives the positions of the statements that match a lower-cased action."""

    def __init__(self, policy: Policy) -> None:
        self.kind = policy.kind
        self.statements = tuple(CompiledStatement(policy, statement) for statement in policy)
        self.keys = frozenset(key for statement in self.statements for key in statement.keys)
        self._statements = policy.statements
        self._found: dict[str, tuple[int, ...]] = {}

    @cached_property
    def _index(self) -> ActionIndex:
        return ActionIndex(self._statements)

    def find(self, action: str) -> tuple[int, ...]:
        found = self._found.get(action)
        if found is None:
            if len(self._found) >= _MEMO_LIMIT:
                self._found.clear()
            found = self._found[action] = self._index.find(action)
        return found


_compiled: dict[int, tuple[weakref.ref[Policy], CompiledPolicy]] = {}


def compile_policy(policy: Policy) -> CompiledPolicy:
    """The compiled form of a policy, made once for as long as the policy object lives."""
    identity = id(policy)
    known = _compiled.get(identity)
    if known is not None and known[0]() is policy:
        return known[1]
    compiled = CompiledPolicy(policy)
    # The compiled form holds statements and never the policy, which would then live for ever.
    _compiled[identity] = (weakref.ref(policy, lambda _gone: _compiled.pop(identity, None)), compiled)
    return compiled
