"""Regions: what several statements together speak of, as a product of actions, places, callers and atoms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from policyeval.proof.glob import STAR, intersect, widen
from policyeval.proof.term import (
    ANYWHERE,
    EVERY_ACTION,
    NOWHERE,
    ActionGlob,
    Atom,
    Place,
    Spot,
    Term,
    action_contains,
    place_contains,
)


def intersect_actions(first: ActionGlob, second: ActionGlob) -> list[ActionGlob]:
    return [*product(intersect(first[0], second[0]), intersect(first[1], second[1]))]


def intersect_places(first: Place, second: Place) -> list[Place]:
    """Places whose union holds all that both have; more where a variable meets a wildcard."""
    if first is ANYWHERE:
        return [second]
    if second is ANYWHERE or first == second:
        return [first]
    if NOWHERE in (first, second):
        return []
    parts: list[tuple[str, ...]] = []
    for one, other in zip(first, second, strict=True):
        both = intersect(one, other)
        if not both:
            return []
        parts.append(both)
    return [*product(*parts)]


def widen_place(place: Place) -> Place:
    return place if len(place) != 5 else (*place[:4], widen(place[4]))


@dataclass(frozen=True)
class Region:
    """All requests of some actions but not the barred, at some spots but not the barred, of some callers, for which
    every atom holds. `terms` are the statements that it comes from."""

    actions: tuple[ActionGlob, ...]
    spots: tuple[Spot, ...]
    atoms: frozenset[Atom]
    callers: int
    barred_actions: tuple[ActionGlob, ...] = ()
    barred_places: tuple[Place, ...] = ()
    terms: tuple[Term, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.actions and self.spots and self.callers)

    def within(self, term: Term) -> Region:
        """The part of the region that a statement speaks of. Raises `Inexpressible`."""
        region = replace(
            self, atoms=self.atoms | term.atoms, callers=self.callers & term.callers, terms=(*self.terms, term)
        )
        if term.negates_actions:
            region = replace(region, barred_actions=(*region.barred_actions, *term.actions))
        else:
            region = replace(region, actions=_common_actions(region.actions, term.actions))
        if term.negates_places:
            return replace(region, barred_places=(*region.barred_places, *(spot.place for spot in term.spots)))
        return replace(region, spots=_common_spots(region.spots, term.spots))


def everything(callers: int) -> Region:
    """Every request."""
    return Region((EVERY_ACTION,), (Spot(ANYWHERE, frozenset(), "*"),), frozenset(), callers)


def region_of(terms: Iterable[Term], callers: int) -> Region:
    """What several statements all speak of. Raises `Inexpressible`."""
    region = everything(callers)
    for term in terms:
        region = region.within(term)
        if region.is_empty:
            break
    return region


def _common_actions(first: Sequence[ActionGlob], second: Sequence[ActionGlob]) -> tuple[ActionGlob, ...]:
    if EVERY_ACTION in first:
        return tuple(second)
    if EVERY_ACTION in second:
        return tuple(first)
    by_prefix: dict[str, list[ActionGlob]] = {}
    for pattern in second:
        by_prefix.setdefault(pattern[0], []).append(pattern)
    found: dict[ActionGlob, None] = {}
    for pattern in first:
        near = second if pattern[0] == STAR else (*by_prefix.get(pattern[0], ()), *by_prefix.get(STAR, ()))
        for other in near:
            found.update(dict.fromkeys(intersect_actions(pattern, other)))
    return _maximal_actions(tuple(found))


def _maximal_actions(actions: tuple[ActionGlob, ...]) -> tuple[ActionGlob, ...]:
    """The actions without those that another contains; long lists are left as they are."""
    if len(actions) > 100:
        return actions
    return tuple(a for a in actions if not any(b != a and action_contains(b, a) for b in actions))


def _common_spots(first: Sequence[Spot], second: Sequence[Spot]) -> tuple[Spot, ...]:
    found: dict[tuple[Place, frozenset[Atom]], Spot] = {}
    for one, other in product(first, second):
        atoms = one.atoms | other.atoms
        for place in intersect_places(one.place, other.place):
            text = one.text if place == one.place else other.text if place == other.place else ""
            found.setdefault((place, atoms), Spot(place, atoms, text))
    spots = tuple(found.values())
    if len(spots) > 100:
        return spots
    return tuple(s for s in spots if not any(o is not s and _holds(o, s) for o in spots))


def _holds(cover: Spot, spot: Spot) -> bool:
    if cover.place == spot.place:
        return cover.atoms < spot.atoms
    return cover.atoms <= spot.atoms and place_contains(cover.place, spot.place)
