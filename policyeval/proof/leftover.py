"""What the other side leaves over of an access: the part of it that is new, as narrowly as one statement can tell.

An access is a region of requests less all covers. Where a cover holds the region but for one dimension, the access lies
outside the cover in that dimension alone, so that it can be said without the cover: the actions that `NotAction` of the
cover leaves out, the callers that it does not speak of, the conditions that it asks for beyond.

The example of an access may be none of that: what the search found outside all Allows may be denied on the other side
as well. A narrowing that leaves the example out is left undone, so that what is said and what is shown agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from policyeval.evaluation.cardinality import cardinality
from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.matching import StatementMatcher
from policyeval.evaluation.reading import Reading
from policyeval.policy.model import Condition, Entry, Statement
from policyeval.proof.domain import domain_of
from policyeval.proof.glob import Inexpressible
from policyeval.proof.outcome import Access, Limit
from policyeval.proof.region import intersect_actions, intersect_places, widen_place
from policyeval.proof.side import EVERYTHING
from policyeval.proof.term import (
    RESOLVES,
    ActionGlob,
    Atom,
    Place,
    Spot,
    Term,
    action_contains,
    action_glob,
    atom_of,
    in_order,
    place_contains,
)
from policyeval.syntax.operator import parse_operator

_MOST_PAIRS = 4_000
"""The most patterns of two statements that are laid over one another for the sake of a narrower wording."""


def narrowed(access: Access) -> Access:
    """The access without what single covers hold by their `NotAction`, `NotResource`, callers or conditions."""
    for cover in access.covers:
        if cover.policy is EVERYTHING:
            continue
        gap = _gap(cover, access)
        if gap is None:
            continue
        region = access.region
        if gap.actions is not None and cover.negates_actions:
            access = replace(access, actions=gap.actions)
        elif gap.spots is not None and cover.negates_places:
            access = replace(access, spots=gap.spots)
        elif gap.callers:
            access = replace(access, region=replace(region, callers=gap.callers), known=(*access.known, cover))
        elif gap.atoms:
            limit = Limit(cover, tuple(_conditions(cover, gap.atoms)))
            if not _holds_example(limit.conditions, access):
                access = replace(access, limits=tuple(dict.fromkeys((*access.limits, limit))))
    return access


def less_what_is_named(access: Access) -> Access:
    """The access with the actions and places barred that single covers name and hold."""
    actions: list[ActionGlob] = []
    places: list[Place] = []
    for cover in access.covers:
        if cover.policy is EVERYTHING:
            continue
        gap = _gap(cover, access)
        if gap is None:
            continue
        if gap.actions is not None and not cover.negates_actions:
            asked = action_glob(access.counterexample.request.action)
            named = _inside_actions(cover.actions, access.actions)
            actions += [one for one in named if asked is None or not action_contains(one, asked)]
        elif gap.spots is not None and not cover.negates_places:
            places += [one.place for one in _inside_places(cover.spots, access.spots) if not _fits(one, cover, access)]
    region = access.region
    return replace(
        access,
        region=replace(
            region,
            barred_actions=tuple(dict.fromkeys((*region.barred_actions, *actions))),
            barred_places=tuple(dict.fromkeys((*region.barred_places, *places))),
        ),
    )


@dataclass
class _Gap:
    """In which single dimension a cover fails to hold an access, and what of it lies there.

    `actions` and `spots` are what a negated element of the cover leaves out; empty for one that names what it holds.
    """

    actions: tuple[ActionGlob, ...] | None = None
    spots: tuple[Spot, ...] | None = None
    callers: int = 0
    atoms: frozenset[Atom] = frozenset()


def _gap(cover: Term, access: Access) -> _Gap | None:
    """Nothing when the cover fails in several dimensions, or nothing can be said of it."""
    gap = _Gap()
    gap.callers = access.region.callers & ~cover.callers
    if gap.callers == access.region.callers:
        return None
    given = access.region.atoms.union(*(spot.atoms for spot in access.spots)) if len(access.spots) == 1 else None
    gap.atoms = _beyond(cover.atoms, access.region.atoms if given is None else given)
    if gap.atoms and gap.callers:
        return None
    try:
        gap.spots = _spots_left(cover, access)
        if gap.spots is not None and (gap.atoms or gap.callers):
            return None
        gap.actions = _actions_left(cover, access)
    except (Inexpressible, _TooMany):
        return None
    if gap.actions is not None and (gap.atoms or gap.callers or gap.spots is not None):
        return None
    return gap


class _TooMany(Exception):
    """Two statements with more patterns than are worth laying over one another."""


def _beyond(wanted: frozenset[Atom], given: frozenset[Atom]) -> frozenset[Atom]:
    """The atoms that are wanted beyond those given, and that do not follow from these."""
    return frozenset(atom for atom in wanted - given if not _follows(atom, given))


def _follows(atom: Atom, given: Iterable[Atom]) -> bool:
    same = frozenset(one for one in given if one.key == atom.key and not one.linked_keys)
    if not same or atom.linked_keys:
        return False
    try:
        domain = domain_of(atom.key, same | {atom}, cardinality(atom.key))
    except Inexpressible:
        return False
    held = domain.everything
    for one in same:
        held &= domain.masks[one]
    return not held & ~domain.masks[atom]


def _actions_left(cover: Term, access: Access) -> tuple[ActionGlob, ...] | None:
    """The actions of an access that a cover leaves out; nothing when it holds them all."""
    if not cover.negates_actions:
        return None if all(map(cover.names_action, access.actions)) else ()
    if len(access.actions) * len(cover.actions) > _MOST_PAIRS:
        raise _TooMany
    bars = access.region.barred_actions
    found = [
        part
        for action in access.actions
        for pattern in cover.actions
        for part in intersect_actions(action, pattern)
        if not any(action_contains(bar, part) for bar in bars)
    ]
    return tuple(dict.fromkeys(found)) or None


def _spots_left(cover: Term, access: Access) -> tuple[Spot, ...] | None:
    """The spots of an access that a cover leaves out; nothing when it holds them all."""
    if len(access.spots) * len(cover.spots) > _MOST_PAIRS:
        raise _TooMany
    if not cover.negates_places:
        is_held = all(
            any(own.atoms <= spot.atoms and place_contains(own.place, spot.place) for own in cover.spots)
            for spot in access.spots
        )
        return None if is_held else ()
    bars = access.region.barred_places
    found = {
        part: Spot(part, spot.atoms, own.text if part == own.place else "")
        for spot in access.spots
        for own in cover.spots
        for part in intersect_places(spot.place, widen_place(own.place))
        if not any(place_contains(bar, part) for bar in bars)
    }
    return tuple(found.values()) or None


def _inside_actions(patterns: tuple[ActionGlob, ...], actions: tuple[ActionGlob, ...]) -> list[ActionGlob]:
    if len(patterns) * len(actions) > _MOST_PAIRS:
        return []
    return [one for one in patterns if one not in actions and any(action_contains(wide, one) for wide in actions)]


def _inside_places(own: tuple[Spot, ...], spots: tuple[Spot, ...]) -> list[Spot]:
    held = {spot.place for spot in spots}
    return [
        one for one in own if one.place not in held and any(place_contains(spot.place, one.place) for spot in spots)
    ]


def _conditions(cover: Term, atoms: frozenset[Atom]) -> list[Condition]:
    """The conditions of a cover that its atoms came from, in its own words."""
    has_variables = cover.policy.has_variables
    found = []
    for atom in in_order(atoms):
        if atom.operator == RESOLVES:
            found.append(null_condition(atom.key, is_missing=False))
            continue
        own = (one for one in cover.statement.conditions if _is_of(atom, atom_of(one, has_variables=has_variables)))
        found.append(next(own, atom.condition()))
    return found


def _is_of(atom: Atom, other: Atom) -> bool:
    return atom == other or ((atom.operator, atom.key) == (other.operator, other.key) and other.variables)


def _fits(spot: Spot, cover: Term, access: Access) -> bool:
    """Whether the example's resource fits an entry of a cover."""
    request = access.counterexample.request
    alone = Statement(0, "", "Allow", actions=(), resources=(Entry(spot.text, ""),))
    matcher = StatementMatcher(request, Context.of(request), Reading(), has_boundary=False)
    clause = matcher.judge_resource(cover.policy, alone)
    return clause is not None and clause.matched


def _holds_example(conditions: tuple[Condition, ...], access: Access) -> bool:
    context = Context.of(access.counterexample.request)
    return all(
        judge_condition(one, context, Reading(), has_variables=True, is_allow=True).matched for one in conditions
    )


def null_condition(key: str, *, is_missing: bool) -> Condition:
    """The condition that a key is missing, or that it is there."""
    operator = parse_operator("Null")
    assert operator is not None
    return Condition(operator, key, (Entry("true" if is_missing else "false", ""),), "")
