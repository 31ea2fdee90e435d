"""What the other side leaves over of an access: the part of it that is new, as narrowly as one statement can tell.

An access is a region of requests less all covers. Where a cover holds the region but for one dimension, the access lies
outside the cover in that dimension alone, so that it can be said without the cover: the actions that `NotAction` of the
cover leaves out, the callers that it does not speak of, the conditions that it asks for beyond.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.evaluation.context import Context
from policyeval.evaluation.matching import StatementMatcher
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Layer
from policyeval.policy.model import Condition, Entry
from policyeval.proof.domain import domain_of
from policyeval.proof.glob import LONG, STAR, Inexpressible, normalise
from policyeval.proof.outcome import Access, Limit
from policyeval.proof.region import intersect_actions, intersect_places, widen_place
from policyeval.proof.side import EVERYTHING
from policyeval.proof.term import (
    ANYWHERE,
    NOWHERE,
    RESOLVES,
    ActionGlob,
    Atom,
    Letters,
    Place,
    Spot,
    Term,
    action_contains,
    atom_of,
    in_order,
    place_contains,
)
from policyeval.syntax.arn import split_arn
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
            limit = Limit(cover, tuple(conditions_for(cover, gap.atoms)))
            access = replace(access, limits=tuple(dict.fromkeys((*access.limits, limit))))
    return access


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
    gap.atoms = beyond(cover.atoms, access.region.atoms if given is None else given)
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


def beyond(wanted: frozenset[Atom], given: frozenset[Atom]) -> frozenset[Atom]:
    """The atoms that are wanted beyond those given, and that do not follow from these."""
    return frozenset(atom for atom in wanted - given if not _follows(atom, given))


def _follows(atom: Atom, given: Iterable[Atom]) -> bool:
    same = frozenset(one for one in given if one.key == atom.key and not one.linked_keys)
    if not same or atom.linked_keys:
        return False
    atoms = same | {atom}
    try:
        domain = domain_of(atom.key, atoms, held_under(atom.key, atoms))
    except Inexpressible:
        return False
    held = domain.everything
    for one in same:
        held &= domain.masks[one]
    return not held & ~domain.masks[atom]


def held_under(key: str, atoms: Iterable[Atom]) -> Cardinality:
    """How many values a request has under a key, a policy that asks for lists being taken at its word."""
    known = cardinality(key)
    has_set = any(atom.operator.startswith("For") for atom in atoms)
    return Cardinality.EITHER if known is Cardinality.ONE and has_set else known


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
        for part in _common_places(spot.place, own.place)
        if not any(place_contains(bar, part) for bar in bars)
    }
    return tuple(found.values()) or None


def _common_places(place: Place, own: Place) -> list[Place]:
    return [own] if place_contains(place, own) else intersect_places(place, widen_place(own))


def conditions_for(cover: Term, atoms: frozenset[Atom]) -> list[Condition]:
    """The conditions of a cover that its atoms came from, in its own words."""
    has_variables = cover.policy.has_variables
    found = []
    for atom in in_order(atoms):
        if atom.operator == RESOLVES:
            found.append(resolving_condition(atom.key))
            continue
        own = (one for one in cover.statement.conditions if _is_of(atom, atom_of(one, has_variables=has_variables)))
        found.append(next(own, atom.condition()))
    return found


def _is_of(atom: Atom, other: Atom) -> bool:
    return atom == other or ((atom.operator, atom.key) == (other.operator, other.key) and other.variables)


def is_within(request: Request, terms: Iterable[Term], covers: Iterable[Term]) -> bool:
    """Whether all of the terms match a request and none of the covers does, by the evaluator's own rules."""
    matcher = StatementMatcher(request, Context.of(request), Reading(), has_boundary=False)

    def matches(term: Term) -> bool:
        return matcher.judge(term.policy, term.statement, Layer.IDENTITY).matched

    return all(map(matches, terms)) and not any(map(matches, covers))


def shows(access: Access, request: Request) -> bool:
    """Whether a request is one of the access, rather than new for another reason."""
    letters = access.region.terms[0].letters
    return any(is_at(spot.place, request, letters) for spot in access.spots) and is_within(
        request, access.region.terms, access.covers
    )


def is_at(place: Place, request: Request, letters: Letters) -> bool:
    """Whether a request's resource is of a place, its variables having the request's values."""
    arn = request.resource.arn
    if len(place) != 5 or arn == "*":
        return place is ANYWHERE or (place == NOWHERE and arn == "*")
    context = Context.of(request)
    tail = place[-1].replace(LONG, STAR)
    for letter in set(tail) & letters.variables.keys():
        variable = letters.variables[letter]
        value = context.variable(variable.key) or variable.default
        if value is None:
            return False
        tail = tail.replace(letter, value)
    own = (*(segment.replace(LONG, STAR) for segment in place[:4]), normalise(tail))
    return place_contains(own, tuple(split_arn(arn)[1:]))


def null_condition(key: str, *, is_missing: bool) -> Condition:
    """The condition that a key is missing, or that it is there."""
    operator = parse_operator("Null")
    assert operator is not None
    return Condition(operator, key, (Entry("true" if is_missing else "false", ""),), "")


_NEVER_EMPTY = ("aws:username", "aws:userid")


def resolving_condition(key: str) -> Condition:
    """The condition that a variable has a value: one that is not empty."""
    if key in _NEVER_EMPTY:
        return null_condition(key, is_missing=False)
    operator = parse_operator("StringLike")
    assert operator is not None
    return Condition(operator, key, (Entry("?*", ""),), "")
