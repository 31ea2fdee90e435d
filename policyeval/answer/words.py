"""Parts of an answer in words: actions, places, callers and conditions as a policy would write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from policyeval.answer.conditions import can_be_reversed, condition_text, put_together
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, PrincipalEntry, Statement
from policyeval.proof.difference import action_names, catalog_verdict
from policyeval.proof.exclusion import speaker_of
from policyeval.proof.glob import LONG, ONE, STAR, Glob, Inexpressible
from policyeval.proof.leftover import resolving_condition
from policyeval.proof.outcome import Access, Exclusion, Limit, Outcome, Verdict
from policyeval.proof.region import intersect_actions, intersect_places
from policyeval.proof.side import EVERYTHING
from policyeval.proof.term import (
    ANYWHERE,
    NOWHERE,
    ActionGlob,
    Letters,
    Place,
    Spot,
    Term,
    action_contains,
    action_glob,
    in_order,
    place_contains,
)
from policyeval.syntax.arn import is_account_id, split_arn

T = TypeVar("T")
MOST_SHOWN = 12


def catalog_date() -> str:
    from policyeval.catalog.catalog import catalog

    return catalog().date.isoformat()


def catalog_note(outcome: Outcome) -> str | None:
    """What is so for the actions that AWS has, where it is not what is so for all that an action may be called."""
    if outcome.verdict is Verdict.REFUTED and catalog_verdict(outcome) is Verdict.PROVED:
        return f"it is about actions that AWS may add: it has none of them as of {catalog_date()}"
    return None


def causes_of(access: Access) -> tuple[Term, ...]:
    """The statements that allow it, those that grant before those that only let it pass.

    Without those that stand for a layer that is taken to allow everything.
    """
    found = [term for term in access.allowing if not _is_made_up(term)]
    return tuple(sorted(found, key=lambda term: term.policy.kind not in _GRANTING))


_GRANTING = (PolicyKind.IDENTITY, PolicyKind.RESOURCE, PolicyKind.TRUST)
"""The kinds of policy that give access; the others draw limits."""


def _is_made_up(term: Term) -> bool:
    return term.policy.name == EVERYTHING.name and term.policy.source is None


def _terms_of(access: Access) -> tuple[Term, ...]:
    return (*causes_of(access), *((access.lifted,) if access.lifted is not None else ()))


# ---- actions


def action_texts(access: Access) -> list[str]:
    """The patterns of the actions, each as the policies spell it, or as AWS does."""
    return _spelled(access, access.actions)


def _spelled(access: Access, actions: Sequence[ActionGlob]) -> list[str]:
    wanted = dict.fromkeys(actions, "")
    for term in (*_terms_of(access), *access.covers):
        statement = term.statement
        for entry in (*(statement.actions or ()), *(statement.not_actions or ())):
            pattern = action_glob(entry.text)
            if pattern is not None and wanted.get(pattern) == "":
                wanted[pattern] = entry.text
    return list(dict.fromkeys(_spelling(pattern, text) for pattern, text in wanted.items()))


def _spelling(action: ActionGlob, text: str) -> str:
    """AWS's own spelling where the pattern is one action; else that of the policies, else that of AWS's names."""
    prefix, name = (written(part) for part in action)
    if prefix == name == "*":
        return "*"
    pattern = f"{prefix}:{name}"
    from policyeval.catalog.catalog import catalog

    if "*" not in pattern and "?" not in pattern:
        known = catalog().action(pattern)
        return known.full_name if known is not None else text or pattern
    if text:
        return text
    head = min(pattern.find(sign) for sign in "*?" if sign in pattern)
    table = catalog().table
    for at in table.service_ranges.get(prefix, range(0)):
        if table.lower[at].startswith(pattern[:head]):
            return table.names[at][:head] + pattern[head:]
    return pattern


def actions_line(access: Access) -> str:
    """The actions as AWS names them where they are few, else the patterns and how many actions they stand for."""
    patterns = action_texts(access)
    names = action_names(access)
    if names and len(names) <= MOST_SHOWN and set(patterns) != set(names):
        return ", ".join(names)
    text = ", ".join(shortened(patterns))
    if set(patterns) <= set(names) or not names:
        return text
    asked = access.counterexample.request.action
    some = asked if asked in names else names[0]
    return f"{text} ({len(names):,} actions today, such as {some})"


def shortened(texts: Sequence[str]) -> list[str]:
    """At most a dozen texts, and how many more there are."""
    return [*texts] if len(texts) <= MOST_SHOWN else [*texts[:MOST_SHOWN], f"and {len(texts) - MOST_SHOWN:,} more"]


def except_texts(access: Access) -> list[str]:
    """All that is left out, by the statements themselves or because it was allowed already."""
    return [*left_out_texts(access), *exclusion_texts(access, whole=True)]


def left_out_texts(access: Access) -> list[str]:
    """The actions and the places that are left out whatever else is asked."""
    plain = [one for one in access.exclusions if _is_plain(one)]
    bars = [action for action in access.region.barred_actions if _meets(access, action)]
    bars += [action for one in plain for action in one.actions]
    found = _spelled(access, _widest(bars, action_contains))
    places = [
        place
        for place in access.region.barred_places
        if any(spot.place != place and _overlap(spot.place, place) for spot in access.spots)
    ]
    places += [spot.place for one in plain for spot in one.spots]
    texts = {spot.place: spot.text for term in (*_terms_of(access), *access.covers) for spot in term.spots if spot.text}
    letters = letters_of(access)
    found += [texts.get(place) or place_text(place, letters) for place in _widest(places, place_contains)]
    return list(dict.fromkeys(found))


def _is_plain(exclusion: Exclusion) -> bool:
    """Whether an exclusion is of some actions or some places alone."""
    if exclusion.has_callers or exclusion.conditions or bool(exclusion.actions) == bool(exclusion.spots):
        return False
    term = exclusion.term
    return not _is_negated(exclusion, term.negates_actions if exclusion.actions else term.negates_places)


def _is_negated(exclusion: Exclusion, is_negated: bool) -> bool:
    return is_negated is not exclusion.is_reversed


def exclusion_texts(access: Access, *, whole: bool = False) -> list[str]:
    """What else is left out: some actions on some places, for some callers, when conditions hold; long lists cut off
    unless the `whole` is asked for."""
    found = [_exclusion_text(one, access, whole=whole) for one in access.exclusions if not _is_plain(one)]
    callers = _known_texts(access)
    return list(dict.fromkeys([*found, *([f"for {', '.join(callers)}"] if callers else [])]))


def _exclusion_text(exclusion: Exclusion, access: Access, *, whole: bool) -> str:
    def listed(texts: Sequence[str], *, is_negated: bool, all_of: str = "everything") -> str:
        return _all_but(texts if whole else shortened(texts), is_negated=is_negated, all_of=all_of)

    term = exclusion.term
    said = []
    if exclusion.actions:
        actions = _spelled(access, _widest(exclusion.actions, action_contains))
        said.append(listed(actions, is_negated=_is_negated(exclusion, term.negates_actions)))
    if exclusion.spots:
        letters = letters_of(access)
        places = list(dict.fromkeys(spot_text(spot, letters) for spot in exclusion.spots))
        text = listed(places, is_negated=_is_negated(exclusion, term.negates_places))
        said.append(f"on {text}" if said else text)
    if exclusion.has_callers:
        names = [entry.text for entry in term.statement.not_principals or term.statement.principals or ()]
        is_negated = _is_negated(exclusion, term.statement.not_principals is not None)
        said.append(f"for {listed(names, is_negated=is_negated, all_of='everyone')}")
    if exclusion.conditions:
        said.append(f"when {' and '.join(map(condition_text, exclusion.conditions))}")
    return " ".join(said)


def _all_but(texts: Sequence[str], *, is_negated: bool, all_of: str = "everything") -> str:
    listed = ", ".join(texts)
    return f"{all_of} but {listed}" if is_negated else listed


def _widest(patterns: Sequence[T], contains: Callable[[T, T], bool]) -> list[T]:
    """The patterns without those that another one contains."""
    kept: list[T] = []
    for pattern in dict.fromkeys(patterns):
        if not any(contains(other, pattern) for other in kept):
            kept = [other for other in kept if not contains(pattern, other)] + [pattern]
    return kept


def _meets(access: Access, bar: ActionGlob) -> bool:
    return any(
        action_contains(action, bar) or action_contains(bar, action) or intersect_actions(action, bar)
        for action in access.actions
    )


def _overlap(place: Place, bar: Place) -> bool:
    try:
        return bool(intersect_places(place, bar))
    except Inexpressible:
        return True


# ---- places


def resource_texts(access: Access) -> list[str]:
    """The places as the policies have them; none where the kind of policy leaves the resource no choice."""
    if any(term.policy.kind is PolicyKind.TRUST for term in _terms_of(access)):
        return []
    letters = letters_of(access)
    return list(dict.fromkeys(spot_text(spot, letters) for spot in access.spots))


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


# ---- callers


def caller_texts(access: Access) -> list[str]:
    """Whom the statements name, less those whom the other side let do the same; none for policies that name nobody."""
    speaker = speaker_of(access)
    if speaker is not None:
        return list(dict.fromkeys(_named(speaker.statement, access.known)))
    is_asked = any(term.statement.principals is not None for term in causes_of(access))
    return ["anyone"] if is_asked else []


def _named(statement: Statement, known: Sequence[Term]) -> Iterator[str]:
    if statement.not_principals is not None:
        yield _all_but([entry.text for entry in statement.not_principals], is_negated=True, all_of="everyone")
        return
    yield from map(_principal_text, _new_entries(statement, known))


def _new_entries(statement: Statement, known: Sequence[Term]) -> Sequence[PrincipalEntry]:
    """The entries of `Principal` that the covers for other callers do not have themselves."""
    entries = statement.principals or ()
    before = {(one.type, one.text) for term in known for one in term.statement.principals or ()}
    return [entry for entry in entries if (entry.type, entry.text) not in before] or entries


def _known_texts(access: Access) -> list[str]:
    """Whom the other side let do the same, where they are among those of whom the access speaks."""
    speaker = speaker_of(access)
    own = _new_entries(speaker.statement, access.known) if speaker is not None else ()
    found: list[str] = []
    for term in access.known:
        statement = term.statement
        if statement.not_principals is not None:
            found.append(", ".join(_named(statement, ())))
            continue
        entries = statement.principals or ()
        if own and speaker is not None and speaker.statement.not_principals is None:
            entries = tuple(one for one in entries if any(_may_be_same(one, other) for other in own))
        found += [_principal_text(one) for one in entries]
    return list(dict.fromkeys(found))


def _may_be_same(one: PrincipalEntry, other: PrincipalEntry) -> bool:
    """Whether two entries of `Principal` may be of one caller."""
    if "*" in (one.text, other.text):
        return True
    if one.type != other.type or one.type in ("Service", "Federated"):
        return (one.type, one.text) == (other.type, other.text)
    accounts = [_account_of(entry.text) for entry in (one, other)]
    return None in accounts or accounts[0] == accounts[1]


def _account_of(text: str) -> str | None:
    """The account that an entry of `Principal` is of; nothing for a unique id."""
    account = split_arn(text)[4] if text.count(":") >= 5 else text
    return account if is_account_id(account) else None


def _principal_text(entry: PrincipalEntry) -> str:
    return "anyone" if entry.text == "*" else entry.text


# ---- conditions


def conditions_of(access: Access) -> list[Condition]:
    """The conditions under which the access is had, all of which hold: those of the statements that allow it, and the
    reverse of those under which it was had already."""
    own: dict[object, Condition] = {}
    for term in _terms_of(access):
        for condition in term.statement.conditions:
            words = (condition.operator.canonical, condition.key.lower(), frozenset(e.text for e in condition.values))
            own.setdefault(words, condition)
        for atom in in_order(term.atoms - term.condition_atoms):
            own.setdefault(atom, resolving_condition(atom.key))
    return put_together(list(own.values()), [one for limit in access.limits if (one := _single(limit)) is not None])


def unless_of(access: Access) -> list[tuple[Condition, ...]]:
    """When the access is none although the conditions hold: it was had already, or is denied."""
    return [limit.conditions for limit in access.limits if _single(limit) is None]


def _single(limit: Limit) -> Condition | None:
    """The one condition whose reverse says what a limit does."""
    if len(limit.conditions) != 1 or not can_be_reversed(limit.conditions[0]):
        return None
    return limit.conditions[0]


def condition_texts(access: Access) -> list[str]:
    return [condition_text(condition) for condition in conditions_of(access)]


def unless_texts(access: Access) -> list[str]:
    return [" and ".join(map(condition_text, conditions)) for conditions in unless_of(access)]


def keys_of(access: Access) -> list[str]:
    """The condition keys on which the access hangs, as the policies spell them."""
    conditions = [one for term in _terms_of(access) for one in term.statement.conditions]
    conditions += [one for limit in access.limits for one in limit.conditions]
    return list({condition.key.lower(): condition.key for condition in reversed(conditions)}.values())[::-1]
