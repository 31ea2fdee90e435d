"""What a change of policies gives and what it takes: all of it, each part once, and no wider than it is.

`compare_policies` asks both ways. What is found is narrowed to what is new, merged where only the actions or the
places differ, and left out where another part holds it already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policyeval.policy.model import Policy
from policyeval.proof.exclusion import with_exclusions
from policyeval.proof.glob import STAR, matcher
from policyeval.proof.leftover import narrowed, shows
from policyeval.proof.outcome import Access, Outcome, Verdict
from policyeval.proof.question import no_new_access
from policyeval.proof.term import Term, action_contains, place_contains


@dataclass(frozen=True)
class Difference:
    """What the new policies allow beyond the old, and the reverse."""

    gained: Outcome
    lost: Outcome

    @property
    def is_equivalent(self) -> bool:
        """Whether both allow exactly the same requests; false when that is not known."""
        return self.gained.verdict is Verdict.PROVED and self.lost.verdict is Verdict.PROVED


def compare_policies(new: Sequence[Policy], old: Sequence[Policy]) -> Difference:
    """Both questions about policies of one kind; a policy that is not there is one without statements."""
    gained = no_new_access(new, old, every=True)
    lost = no_new_access(old, new, every=True)
    return Difference(tidied(gained), tidied(lost))


def tidied(outcome: Outcome) -> Outcome:
    """The outcome with accesses merged, and without those that others hold."""
    merged = map(with_exclusions, _merged(map(narrowed, _with_own_examples(outcome.accesses))))
    return replace(outcome, accesses=tuple(_without_held(list(merged))))


def _with_own_examples(accesses: Sequence[Access]) -> Iterator[Access]:
    """Accesses without those of which no request was found, where what was found instead is of another access."""
    for access in accesses:
        request = access.counterexample.request
        if shows(access, request) or not any(shows(other, request) for other in accesses):
            yield access


def _merged(accesses: Iterable[Access]) -> list[Access]:
    """Accesses of the same statements at the same spots become one."""
    merged: dict[object, Access] = {}
    for access in accesses:
        spots = frozenset((spot.place, spot.atoms) for spot in access.spots)
        key = (
            tuple(map(id, access.allowing)),
            id(access.lifted),
            spots,
            access.region.barred_actions,
            _limits_of(access),
        )
        before = merged.get(key)
        if before is None:
            merged[key] = access
        else:
            merged[key] = replace(before, actions=tuple(dict.fromkeys((*before.actions, *access.actions))))
    by_actions: dict[object, Access] = {}
    for access in merged.values():
        causes = (tuple(map(id, access.allowing)), id(access.lifted))
        same = (*causes, frozenset(access.actions), access.region.barred_places, _limits_of(access))
        before = by_actions.get(same)
        if before is None:
            by_actions[same] = access
        else:
            by_actions[same] = replace(before, spots=tuple(dict.fromkeys((*before.spots, *access.spots))))
    return list(by_actions.values())


def _limits_of(access: Access) -> object:
    return frozenset(access.limits), access.region.callers


def _without_held(accesses: list[Access]) -> Iterator[Access]:
    """Accesses that no other one holds: a Deny that is lifted says nothing where nothing was allowed either."""
    for access in accesses:
        others = (other for other in accesses if other is not access and other.lifted is None)
        if access.lifted is None or not any(_holds(other, access) for other in others):
            yield access


def _holds(cover: Access, access: Access) -> bool:
    return (
        cover.region.atoms <= access.region.atoms
        and not access.region.callers & ~cover.region.callers
        and not cover.region.barred_actions
        and not cover.region.barred_places
        and not cover.limits
        and not cover.exclusions
        and all(any(action_contains(own, one) for own in cover.actions) for one in access.actions)
        and all(
            any(own.atoms <= one.atoms and place_contains(own.place, one.place) for own in cover.spots)
            for one in access.spots
        )
    )


# ---- the actions that AWS has


def action_names(access: Access) -> list[str]:
    """The actions that AWS has among those of the access, less what the other side certainly allowed already."""
    from policyeval.catalog.catalog import catalog

    table = catalog().table
    strong = [term for term in access.covers if _holds_all_spots(term, access)]
    found: list[str] = []
    for prefix, name in access.actions:
        fits = matcher(name)
        prefixes: Iterable[str] = table.service_ranges if prefix == STAR else (prefix,)
        for service in prefixes:
            for at in table.service_ranges.get(service, range(0)):
                own = (service, table.lower[at].partition(":")[2])
                if (
                    fits(own[1])
                    and not any(action_contains(bar, own) for bar in access.region.barred_actions)
                    and not any(term.names_action(own) != term.negates_actions for term in strong)
                ):
                    found.append(table.names[at])
    return list(dict.fromkeys(found))


def _holds_all_spots(term: Term, access: Access) -> bool:
    """Whether a cover holds every request of the access whose action it names."""
    return (
        term.atoms <= access.region.atoms
        and not access.region.callers & ~term.callers
        and not term.negates_places
        and all(any(place_contains(own.place, spot.place) for own in term.spots) for spot in access.spots)
    )


def is_real_action(action: str) -> bool:
    from policyeval.catalog.catalog import catalog

    return catalog().action_exists(action)


def catalog_verdict(outcome: Outcome) -> Verdict:
    """The verdict for the actions that AWS has on the catalog's date, rather than for every text."""
    if outcome.verdict is not Verdict.REFUTED:
        return outcome.verdict
    if any(is_real_action(access.counterexample.request.action) for access in outcome.accesses):
        return Verdict.REFUTED
    if outcome.doubts or not outcome.is_whole or any(action_names(access) for access in outcome.accesses):
        return Verdict.UNKNOWN
    return Verdict.PROVED
