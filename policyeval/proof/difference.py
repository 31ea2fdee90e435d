"""What a change of policies gives and what it takes: all of it, each part once, in words.

`compare_policies` asks both ways. What is found is merged where only the actions differ, and left out where another
part holds it already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policyeval.policy.model import Condition, Policy
from policyeval.proof.glob import LONG, ONE, STAR, Glob, matcher
from policyeval.proof.outcome import Access, Outcome, Verdict
from policyeval.proof.question import BUDGET, no_new_access
from policyeval.proof.term import (
    ANYWHERE,
    NOWHERE,
    ActionGlob,
    Letters,
    Place,
    Spot,
    Term,
    action_contains,
    place_contains,
)


@dataclass(frozen=True)
class Difference:
    """What the new policies allow beyond the old, and the reverse."""

    gained: Outcome
    lost: Outcome

    @property
    def is_equivalent(self) -> bool:
        """Whether both allow exactly the same requests; false when that is not known."""
        return self.gained.verdict is Verdict.PROVED and self.lost.verdict is Verdict.PROVED


def compare_policies(new: Sequence[Policy], old: Sequence[Policy], *, budget: int = BUDGET) -> Difference:
    """Both questions about policies of one kind; a policy that is not there is one without statements."""
    gained = no_new_access(new, old, every=True, budget=budget)
    lost = no_new_access(old, new, every=True, budget=budget)
    return Difference(tidied(gained), tidied(lost))


def tidied(outcome: Outcome) -> Outcome:
    """The outcome with accesses merged, and without those that others hold."""
    return replace(outcome, accesses=tuple(_without_held(_merged(outcome.accesses))))


def _merged(accesses: Iterable[Access]) -> list[Access]:
    """Accesses of the same statements at the same spots become one."""
    merged: dict[object, Access] = {}
    for access in accesses:
        spots = frozenset((spot.place, spot.atoms) for spot in access.spots)
        key = (tuple(map(id, access.allowing)), id(access.lifted), spots, access.region.barred_actions)
        before = merged.get(key)
        if before is None:
            merged[key] = access
        else:
            merged[key] = replace(before, actions=tuple(dict.fromkeys((*before.actions, *access.actions))))
    by_actions: dict[object, Access] = {}
    for access in merged.values():
        causes = (tuple(map(id, access.allowing)), id(access.lifted))
        same = (*causes, frozenset(access.actions), access.region.barred_places)
        before = by_actions.get(same)
        if before is None:
            by_actions[same] = access
        else:
            by_actions[same] = replace(before, spots=tuple(dict.fromkeys((*before.spots, *access.spots))))
    return list(by_actions.values())


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
        and all(any(action_contains(own, one) for own in cover.actions) for one in access.actions)
        and all(
            any(own.atoms <= one.atoms and place_contains(own.place, one.place) for own in cover.spots)
            for one in access.spots
        )
    )


# ---- in words


def action_text(action: ActionGlob) -> str:
    """The pattern of an action: `s3:Get*`; AWS's own spelling where the pattern is one action."""
    prefix, name = (written(part) for part in action)
    if prefix == name == "*":
        return "*"
    text = f"{prefix}:{name}"
    if "*" in text or "?" in text:
        return text
    from policyeval.catalog.catalog import catalog

    known = catalog().action(text)
    return known.full_name if known is not None else text


def place_text(place: Place, letters: Letters) -> str:
    """The pattern of a place: an ARN, or `*`."""
    if place in (ANYWHERE, NOWHERE):
        return "*"
    return ":".join(["arn", *(written(segment, letters) for segment in place)])


def letters_of(access: Access) -> Letters:
    """The variables that the places of an access are written with."""
    return access.region.terms[0].letters


def spot_text(spot: Spot, letters: Letters) -> str:
    """The entry as the policy has it, where there is one, else the pattern."""
    return spot.text or place_text(spot.place, letters)


def written(pattern: Glob, letters: Letters | None = None) -> str:
    """A glob as a policy would write it."""
    pieces = []
    for character in pattern:
        variable = letters.variables.get(character) if letters is not None else None
        if variable is not None:
            default = "" if variable.default is None else f", '{variable.default}'"
            pieces.append(f"${{{variable.key}{default}}}")
        elif character in (STAR, LONG):
            pieces.append("*")
        elif character == ONE:
            pieces.append("?")
        else:
            pieces.append(f"${{{character}}}" if character in "*?" else character)
    return "".join(pieces)


def condition_text(condition: Condition) -> str:
    """`aws:RequestedRegion StringEquals eu-west-1, eu-north-1`."""
    values = ", ".join(entry.text for entry in condition.values) or "(nothing)"
    return f"{condition.key} {condition.operator.written} {values}"


def conditions_of(access: Access) -> list[str]:
    """The conditions under which the access is had: those of the statements that allow it."""
    terms = (*access.allowing, *((access.lifted,) if access.lifted is not None else ()))
    return list(dict.fromkeys(condition_text(one) for term in terms for one in term.statement.conditions))


def except_texts(access: Access) -> list[str]:
    """What the statements leave out of the actions and places, by `NotAction` and `NotResource`."""
    found = [action_text(action) for action in access.region.barred_actions if _meets(access, action)]
    found += [place_text(place, letters_of(access)) for place in access.region.barred_places]
    return list(dict.fromkeys(found))


def _meets(access: Access, bar: ActionGlob) -> bool:
    return any(action_contains(action, bar) or action_contains(bar, action) for action in access.actions)


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
