"""What is no part of an access, told in full, so that what is said of it holds no request that is not new.

An access is a region of requests less all covers. What `leftover` could not say by a narrower access is an exclusion:
a cover, told by those of its elements in which it does not hold the access. Where a region is wider than what its
statements have in common (a variable meets a wildcard, callers are named by several), the statement is told as one
outside of which the access does not reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from policyeval.policy.kind import PolicyKind
from policyeval.proof.domain import domain_of
from policyeval.proof.glob import STAR, Glob, Inexpressible
from policyeval.proof.leftover import beyond, conditions_for, held_under
from policyeval.proof.outcome import Access, Exclusion, Limit
from policyeval.proof.region import intersect_actions, intersect_places, widen_place
from policyeval.proof.side import EVERYTHING
from policyeval.proof.term import ActionGlob, Atom, Place, Spot, Term, action_contains, place_contains


def with_exclusions(access: Access) -> Access:
    """The access with all that its covers exclude, but for what it is narrowed by already."""
    told = {limit.cover for limit in access.limits} | set(access.known)
    covers = [cover for cover in access.covers if cover not in told and cover.policy is not EVERYTHING]
    found = [one for cover in _without_repeated(covers) if (one := _exclusion(cover, access)) is not None]
    limits = [Limit(one.term, one.conditions) for one in found if one.is_conditional and one.conditions]
    exclusions = [one for one in found if not one.is_conditional]
    return replace(
        access,
        limits=tuple(dict.fromkeys((*access.limits, *limits))),
        exclusions=(*_without_contained(exclusions), *_outside(access)),
    )


def _without_repeated(terms: Sequence[Term]) -> list[Term]:
    return list({term.words: term for term in reversed(terms)}.values())[::-1]


def _exclusion(cover: Term, access: Access) -> Exclusion | None:
    """What a cover excludes of an access; nothing where they have no request in common."""
    callers = access.region.callers
    if not cover.callers & callers:
        return None
    own = frozenset[Atom]().union(*(term.atoms for term in access.region.terms))
    if len(access.spots) == 1:
        own |= access.spots[0].atoms
    if exclude_each_other(cover.atoms, own):
        return None
    actions = _actions_told(cover, access)
    if actions is None:
        return None
    spots = _spots_told(cover, access)
    if spots is None:
        return None
    conditions = tuple(conditions_for(cover, beyond(cover.atoms, access.region.atoms | own)))
    return Exclusion(cover, actions, spots, bool(callers & ~cover.callers), conditions)


def exclude_each_other(some: frozenset[Atom], others: frozenset[Atom]) -> bool:
    """Whether it is sure that no request has atoms of both: keys are looked at one by one."""
    for key in {atom.key for atom in some}:
        atoms = frozenset(one for one in some | others if one.key == key and not one.linked_keys)
        if not atoms or atoms <= some:
            continue
        try:
            domain = domain_of(key, atoms, held_under(key, atoms))
        except Inexpressible:
            continue
        held = domain.everything
        for one in atoms:
            held &= domain.masks[one]
        if not held:
            return True
    return False


# ---- the elements in which a cover does not hold an access; nothing for one that is apart from it there


def _actions_told(cover: Term, access: Access) -> tuple[ActionGlob, ...] | None:
    """The entries of `Action` or `NotAction` that the access meets; none of them where the cover holds it all."""
    bars = access.region.barred_actions
    entries = [one for one in cover.actions if not any(action_contains(bar, one) for bar in bars)]
    meeting = tuple(_meeting_actions(entries, access.actions))
    is_named = all(map(cover.names_action, access.actions))
    if cover.negates_actions:
        return None if is_named else meeting
    return () if is_named else meeting or None


def _meeting_actions(entries: Sequence[ActionGlob], actions: Sequence[ActionGlob]) -> Iterator[ActionGlob]:
    by_prefix: dict[Glob, list[ActionGlob]] = {}
    for action in actions:
        by_prefix.setdefault(action[0], []).append(action)
    for entry in entries:
        near = actions if STAR in entry[0] else _near(by_prefix, entry[0])
        if any(_actions_meet(entry, action) for action in near):
            yield entry


def _near(by_prefix: Mapping[Glob, list[ActionGlob]], prefix: Glob) -> Iterator[ActionGlob]:
    for own, actions in by_prefix.items():
        if own == prefix or STAR in own:
            yield from actions


def _actions_meet(one: ActionGlob, other: ActionGlob) -> bool:
    try:
        return bool(intersect_actions(one, other))
    except Inexpressible:
        return True


def _spots_told(cover: Term, access: Access) -> tuple[Spot, ...] | None:
    """The entries of `Resource` or `NotResource` that the access meets; none of them where the cover holds it all."""
    bars = access.region.barred_places
    meeting = tuple(
        own
        for own in cover.spots
        if not any(place_contains(bar, own.place) for bar in bars)
        and any(places_meet(own.place, spot.place) for spot in access.spots)
    )
    if cover.negates_places:
        is_apart = all(any(place_contains(own.place, spot.place) for own in cover.spots) for spot in access.spots)
        return None if is_apart else meeting
    return () if holds_spots(cover.spots, access.spots) else meeting or None


def holds_spots(covers: Sequence[Spot], spots: Sequence[Spot]) -> bool:
    """Whether each spot is inside one of the covers."""
    return all(
        any(own.atoms <= spot.atoms and place_contains(own.place, spot.place) for own in covers) for spot in spots
    )


def places_meet(one: Place, other: Place) -> bool:
    """Whether two places may have a resource in common, whatever their variables stand for."""
    try:
        return bool(intersect_places(widen_place(one), widen_place(other)))
    except Inexpressible:
        return True


# ---- exclusions that say the same


def _without_contained(exclusions: Sequence[Exclusion]) -> Iterator[Exclusion]:
    for at, one in enumerate(exclusions):
        others = (other for place, other in enumerate(exclusions) if place != at)
        if not any(_contains(other.term, one.term) for other in others):
            yield one


def _contains(cover: Term, term: Term) -> bool:
    """Whether the first statement certainly matches every request that the second does, and not the reverse."""
    if cover.negates_actions or cover.negates_places or term.negates_actions or term.negates_places:
        return False
    return (
        cover.atoms <= term.atoms
        and not term.callers & ~cover.callers
        and all(map(cover.names_action, term.actions))
        and holds_spots(cover.spots, term.spots)
        and not (_as_wide(term, cover))
    )


def _as_wide(term: Term, cover: Term) -> bool:
    return (
        term.atoms == cover.atoms
        and term.callers == cover.callers
        and all(map(term.names_action, cover.actions))
        and holds_spots(term.spots, cover.spots)
    )


# ---- a region that is wider than what its statements have in common


def _outside(access: Access) -> Iterator[Exclusion]:
    """Its statements outside of which the access does not reach, as far as its actions and spots do not say so."""
    for term in access.region.terms:
        if not term.negates_actions and not all(map(term.names_action, access.actions)):
            yield Exclusion(term, actions=term.actions, is_reversed=True)
        if not term.negates_places and not holds_spots(term.spots, access.spots):
            yield Exclusion(term, spots=term.spots, is_reversed=True)
    speaker = speaker_of(access)
    for term in access.region.terms:
        if speaker is not None and names_callers(term) and speaker.callers & ~term.callers:
            yield Exclusion(term, has_callers=True, is_reversed=True)


def speaker_of(access: Access) -> Term | None:
    """The statement whose `Principal` says whom the access is for: the one that names fewest."""
    terms = [term for term in access.region.terms if names_callers(term)]
    return min(terms, key=lambda term: term.callers.bit_count(), default=None)


def names_callers(term: Term) -> bool:
    """Whether a statement's `Principal` or `NotPrincipal` says anything; an RCP's cannot."""
    statement = term.statement
    is_open = statement.not_principals is None and all(one.text == "*" for one in statement.principals or ())
    return term.policy.kind.elements.principal and term.policy.kind is not PolicyKind.RCP and not is_open
