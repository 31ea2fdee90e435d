"""What the checker of certificates reads: statements as rules, and boxes of requests, from the documents themselves.

Written apart from the prover's own compiler (`proof.term`), so that a mistake in either shows as a disagreement. A box
is one action pattern at one place, with the atoms (conditions) that hold in it and the patterns barred from it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from policyeval.proof.glob import STAR, contains, glob, intersect, normalise, plain, widen
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.variable import Escape, Variable, parse_template

Atom = tuple[str, str, frozenset[str], bool]
"""Operator, key in lower case, values, and whether variables in them are replaced."""
ANY, NONE, ARN = ("*",), ("",), (STAR,) * 5
EVERYONE = {'{"Principal": "*"}', '{"Principal": {"AWS": ["*"]}}'}


class Rule(NamedTuple):
    effect: str
    principal: str
    actions: tuple[tuple[str, str], ...]
    negates_actions: bool
    places: tuple[tuple[tuple[str, ...], frozenset[Atom]], ...]
    negates_places: bool
    atoms: frozenset[Atom]
    by_service: dict[str | None, Any]


class Box(NamedTuple):
    action: tuple[str, str]
    place: tuple[str, ...]
    atoms: frozenset[Atom]
    principals: frozenset[str]
    barred_actions: tuple[tuple[str, str], ...] = ()
    barred_places: tuple[tuple[str, ...], ...] = ()


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def read_action(text: str) -> tuple[str, str] | None:
    if (text and not text.strip("*")) or text == "*:*":
        return STAR, STAR
    prefix, _, name = text.lower().partition(":")
    return (plain(prefix), glob(name)) if is_well_formed(text) else None


def read_place(text: str, kind: str, letters: dict[Any, str] | None) -> tuple[tuple[str, ...], frozenset[Atom]] | None:
    if text and not text.strip("*"):
        return ANY, frozenset()
    segments = text.split(":", 5)
    if len(segments) < 6:
        if kind in ("resource", "vpcEndpoint") and "*" not in text and "?" not in text:
            return None
        return tuple(glob(s) for s in [*segments, *["*"] * (6 - len(segments))][1:]), frozenset()
    if letters is None or "${" not in segments[5]:
        return tuple(map(glob, segments[1:])), frozenset()
    tail, atoms = "", []
    for part in parse_template(segments[5]):
        if isinstance(part, Variable):
            tail += letters[part.key.lower(), part.default]
            atoms += [("Resolves", part.key.lower(), frozenset[str](), False)] if part.default is None else []
        else:
            tail += part.character if isinstance(part, Escape) else glob(part)
    return (*map(glob, segments[1:5]), normalise(tail)), frozenset(atoms)


def read_rules(document: Any, kind: str, letters: dict[Any, str]) -> list[Rule]:
    found = []
    current = document.get("Version") == "2012-10-17"
    for one in as_list(document["Statement"]):
        atoms = frozenset(
            _atom(operator, key, as_list(values), current)
            for operator, keys in one.get("Condition", {}).items()
            for key, values in keys.items()
        )
        entries = one.get("Resource", one.get("NotResource", "*"))
        spots = [read_place(text, kind, letters if current else None) for text in as_list(entries)]
        places = tuple(spot for spot in spots if spot is not None)
        negates = "NotResource" in one
        if negates:
            atoms = atoms.union(*(own for _, own in places))
        read = [read_action(text) for text in as_list(one.get("Action", one.get("NotAction")))]
        actions = tuple(dict.fromkeys(action for action in read if action is not None))
        principal = {n: _sorted(one[n]) for n in ("Principal", "NotPrincipal") if n in one}
        found.append(
            Rule(
                one["Effect"],
                json.dumps(principal, sort_keys=True),
                actions,
                "NotAction" in one,
                tuple(dict.fromkeys(places)),
                negates,
                atoms,
                index_of(actions),
            )
        )
    return found


def _atom(operator: str, key: str, values: list[Any], current: bool) -> Atom:
    texts = frozenset(str(value).lower() if isinstance(value, bool) else str(value) for value in values)
    return operator, key.lower(), texts, current and any("${" in text for text in texts)


def _sorted(principal: Any) -> Any:
    if not isinstance(principal, dict):
        return principal
    return {kind: sorted(as_list(texts)) for kind, texts in principal.items()}


def place_in(cover: tuple[str, ...], place: tuple[str, ...]) -> bool:
    if cover in (ANY, place):
        return True
    return len(cover) == len(place) == 5 and all(map(contains, cover, place))


def action_in(cover: tuple[str, str], action: tuple[str, str]) -> bool:
    return contains(cover[0], action[0]) and contains(cover[1], action[1])


def names(rule: Rule, action: tuple[str, str]) -> bool:
    """Whether one of the rule's patterns contains the action; those of other services are not looked at."""
    if action in rule.by_service[None]:
        return True
    near = (*rule.by_service.get(action[0], ()), *rule.by_service.get(STAR, ()))
    return any(action_in(own, action) for own in near)


def index_of(actions: tuple[tuple[str, str], ...]) -> dict[str | None, Any]:
    """Patterns by service prefix: those with wildcards, and under no prefix all of them as a set."""
    found: dict[str | None, Any] = {None: frozenset(actions)}
    for prefix, name in actions:
        if not name.isascii() or prefix == STAR:
            found.setdefault(prefix, []).append((prefix, name))
    return found


def meet_actions(first: tuple[str, str], second: tuple[str, str]) -> list[Any]:
    return list(itertools.product(intersect(first[0], second[0]), intersect(first[1], second[1])))


def meet_places(first: tuple[str, ...], second: tuple[str, ...]) -> list[Any]:
    if first == ANY or second in (ANY, first):
        return [second if first == ANY else first]
    return [] if NONE in (first, second) else list(itertools.product(*map(intersect, first, second)))


def missed(rule: Rule, box: Box) -> tuple[list[Any], list[Any]] | None:
    """The parts of a box that a rule's negated elements leave out; nothing when it does not speak of the box at all."""
    actions: list[Any] = []
    places: list[Any] = []
    if rule.principal not in EVERYONE | box.principals:
        return None
    if names(rule, box.action) == rule.negates_actions:
        return None
    if any(place_in(own, box.place) for own, _ in rule.places) == rule.negates_places:
        return None
    if rule.negates_actions:
        parts = [p for own in rule.actions if own not in box.barred_actions for p in meet_actions(box.action, own)]
        actions = [p for p in parts if not any(action_in(bar, p) for bar in box.barred_actions)]
    if rule.negates_places and box.place != NONE:
        if box.place == ANY and rule.places:
            return None
        wide = [(own, (*own[:-1], widen(own[-1]))) for own, _ in rule.places]
        left = [w for own, w in wide if own not in box.barred_places and w not in box.barred_places]
        parts = [p for own in left for p in meet_places(box.place, own)]
        places = [p for p in parts if not any(place_in(bar, p) for bar in box.barred_places)]
    return actions, places


def boxes(rule: Rule) -> Iterator[Box]:
    """What a rule speaks of, as boxes."""
    actions = ((STAR, STAR),) if rule.negates_actions else rule.actions
    places = ((ANY, frozenset[Atom]()),) if rule.negates_places else rule.places
    bars = rule.actions if rule.negates_actions else ()
    places_out = tuple(own for own, _ in rule.places) if rule.negates_places else ()
    for action, (place, atoms) in itertools.product(actions, places):
        yield Box(action, place, rule.atoms | atoms, frozenset({rule.principal}), bars, places_out)


def both(first: Box, second: Box) -> Iterator[Box]:
    """What two boxes have in common."""
    actions, places = meet_actions(first.action, second.action), meet_places(first.place, second.place)
    for action, place in itertools.product(actions, places):
        yield Box(
            action,
            place,
            first.atoms | second.atoms,
            first.principals | second.principals,
            (*first.barred_actions, *second.barred_actions),
            (*first.barred_places, *second.barred_places),
        )


def implies(x: Atom, y: Atom) -> bool:
    """Whether one condition on a key holds whenever another does: more values, or fewer under a negated operator."""
    if x[1] != y[1] or x[3] != y[3] or y[0] not in (x[0], x[0] + "IfExists"):
        return is_presence(x) and y[:2] == ("Null", x[1]) and y[2] == {"false"}
    return x[2] >= y[2] if "Not" in x[0] else x[2] <= y[2]


def excludes(x: Atom, y: Atom) -> bool:
    """Whether two conditions on a key can never both hold."""
    if x[1] != y[1] or x[3] or y[3]:
        return False
    if x[0] == "Null" and x[2] == {"true"}:
        return is_presence(y) or (y[0] == "Null" and y[2] == {"false"})
    return x[0] == "StringEquals" and (
        (y[0] == "StringEquals" and not x[2] & y[2]) or (y[0] == "StringNotEquals" and x[2] <= y[2])
    )


def is_presence(x: Atom) -> bool:
    """Whether a condition fails for a missing key."""
    forgiving = x[0].startswith("ForAllValues") or x[0].endswith("IfExists") or "Not" in x[0]
    return not forgiving and x[0] not in ("Null", "Resolves")


_FREE_ACTIONS = (("sts", "getcalleridentity"), ("sts", "getsessiontoken"))
FREE = Rule(
    "Allow",
    "{}",
    _FREE_ACTIONS,
    False,
    ((ANY, frozenset()),),
    False,
    frozenset(),
    index_of(_FREE_ACTIONS),
)
"""What needs no permission and cannot be denied (STS API Reference, GetCallerIdentity, GetSessionToken)."""
