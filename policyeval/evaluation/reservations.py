"""Under what reservation every action was decided: missing context keys, and rules about which AWS's texts disagree.

Actions of which the same statements speak are decided alike, so one of each such class is explained by the reference,
with these statements alone. Classes that no statement with a missing key or a dispute speaks of are left out, which of
most policies leaves none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from policyeval.evaluation.context import Context
from policyeval.evaluation.decide import decide
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.doubts import caller_is_disputed, doubts_of, is_spelled_otherwise
from policyeval.evaluation.explain import missing_context, uncertainties
from policyeval.evaluation.permissions import Permissions, sets_that_rules_name
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Request
from policyeval.evaluation.statements import CompiledPolicy, CompiledStatement, compile_policy
from policyeval.evaluation.trace import Layer
from policyeval.policy.model import Entry


class Reservations(NamedTuple):
    """The actions whose decision some values of a missing key could turn round, and those that hang on a dispute.

    By the key as the policies spell it, and by the dispute.
    """

    missing: dict[str, int]
    uncertain: dict[Dispute, int]


def reservations(policies: PolicySet, request: Request, found: Permissions) -> Reservations:
    """The reservations about permissions; `request` has their caller, resource, context and time."""
    told = Reservations({}, {})
    for actions in _classes(policies, request, found):
        name = next(found.sets.names(actions & -actions))
        asked = Request(request.principal, name, request.resource, request.context, request.time)
        speaking = _speaking(policies, actions)
        reading = Reading()
        decision = decide(speaking, asked, reading).decision
        for missing in missing_context(speaking, asked, decision, reading.asked):
            if missing.could_change:
                told.missing[missing.key] = told.missing.get(missing.key, 0) | actions
        for each in uncertainties(speaking, asked, decision, tuple(reading.touched)):
            told.uncertain[each.dispute] = told.uncertain.get(each.dispute, 0) | actions
    return told


def _classes(policies: PolicySet, request: Request, found: Permissions) -> Iterator[int]:
    """Sets of actions that are decided alike, those that are decided without reservation left out."""
    applicable = found.sets.everything & ~found.not_applicable_bits & ~found.without_resource_bits
    compiled = {id(attached): compile_policy(attached.policy) for attached in policies}
    known = frozenset(Context.of(request)) | Context.of(request).impossible
    concerned = applicable if caller_is_disputed(policies, request.principal) else 0
    told_apart = list(sets_that_rules_name())
    for layer in Layer:
        for _, attached in policies.layer(layer):
            held = compiled[id(attached)]
            for statement in held.statements:
                told_apart.append(statement.action_set)
                if statement.keys - known or doubts_of(statement, held.kind, request.principal) is not None:
                    concerned |= statement.action_set
            if layer is Layer.SCP:
                otherwise = list(_spelled_otherwise(held, found))
                told_apart += otherwise
                for actions in otherwise:
                    concerned |= actions
    concerned &= applicable
    return _apart(concerned, told_apart) if concerned else iter(())


def _apart(actions: int, sets: Iterable[int]) -> Iterator[int]:
    """The parts into which some sets divide the actions."""
    parts = [actions]
    for one in dict.fromkeys(sets):
        divided = []
        for part in parts:
            divided += [piece for piece in (part & one, part & ~one) if piece]
        parts = divided
    return iter(parts)


def _spelled_otherwise(policy: CompiledPolicy, found: Permissions) -> Iterator[int]:
    """For each statement of an SCP, the actions that it names in other capitals than AWS does."""
    for statement in policy.statements:
        if all(_is_caseless(entry.text) for entry in _entries(statement)):
            continue
        named = found.sets.of_patterns(entry.text for entry in _entries(statement))
        names = [name for name in found.sets.names(named) if is_spelled_otherwise(statement.statement, name)]
        if names:
            yield found.sets.of_names(names)


def _entries(statement: CompiledStatement) -> tuple[Entry, ...]:
    return statement.statement.actions or statement.statement.not_actions or ()


def _is_caseless(text: str) -> bool:
    """Whether a pattern stands for whole services, whose prefix has no capitals."""
    prefix, _, name = text.partition(":")
    return not name.strip("*") and prefix == prefix.lower()


def _speaking(policies: PolicySet, actions: int) -> PolicySet:
    """The policies with the statements alone that speak of some actions; SCPs whole, for what they misspell."""

    def narrow(attached: Attached) -> Attached:
        held = compile_policy(attached.policy)
        kept = tuple(each.statement for each in held.statements if each.action_set & actions)
        return replace(attached, policy=replace(attached.policy, statements=kept))

    return replace(policies.mapped(narrow), scp=policies.scp)
