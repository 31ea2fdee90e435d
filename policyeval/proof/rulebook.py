"""What the checker of certificates works on: statements as rules, and boxes of requests.

Written apart from the prover's own compiler (`proof.term`), so that a mistake in either shows as a disagreement. A box
is one action pattern at one place for some callers, with the conditions (atoms) that hold and fail in it, and the
patterns barred from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from policyeval.catalog.catalog import catalog
from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.evaluation.comparison import COMPARISONS
from policyeval.evaluation.scope import ALWAYS_ALLOWED
from policyeval.policy.kind import TRUST_ACTIONS, PolicyKind
from policyeval.policy.model import Condition, Policy, PrincipalEntry, Statement
from policyeval.proof.glob import STAR, contains, glob, has_variable, intersect, normalise, plain, widen
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.variable import Escape, Variable, parse_template

Atom = tuple[str, str, frozenset[str], bool]
"""Operator, key in lower case, values, and whether variables in them are replaced. `Resolves`: `${key}` has a value."""
Action = tuple[str, str]
Place = tuple[str, ...]
Letters = dict[tuple[str, str | None], str]
ANY, NONE, ARN = ("*",), ("",), (STAR,) * 5
Who = tuple[bool, frozenset[tuple[str, str]]]
"""Whether it is a `NotPrincipal`, and its entries."""
EVERYONE: Who = (False, frozenset({("AWS", "*")}))


class Rule(NamedTuple):
    effect: str
    who: Who = EVERYONE
    actions: tuple[Action, ...] = ((STAR, STAR),)
    negates_actions: bool = False
    places: tuple[tuple[Place, frozenset[Atom]], ...] = ((ANY, frozenset()),)
    negates_places: bool = False
    atoms: frozenset[Atom] = frozenset()
    exact: frozenset[Action] = frozenset()
    """The actions once more, to be found in one step."""
    wild: tuple[Action, ...] = ((STAR, STAR),)
    """Those of them that may hold others."""

    def names(self, action: Action) -> bool:
        return action in self.exact or any(action_in(own, action) for own in self.wild)


class Box(NamedTuple):
    action: Action
    place: Place
    who: frozenset[Who]
    true: frozenset[Atom]
    false: frozenset[Atom] = frozenset()
    barred_actions: tuple[Action, ...] = ()
    barred_places: tuple[Place, ...] = ()


# ---- statements as rules


def read_rule(statement: Statement, policy: Policy, letters: Letters) -> Rule:
    entries = statement.actions if statement.actions is not None else statement.not_actions or ()
    actions = [read_action(entry.text) for entry in entries if policy.kind is not PolicyKind.RCP or is_rcp(entry.text)]
    named = statement.resources if statement.resources is not None else statement.not_resources
    if named is None:
        has_own = policy.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST)
        places: list[Any] = [(ANY, frozenset())] if has_own else []
    else:
        places = [read_place(entry.text, policy, letters) for entry in named]
    found = tuple(dict.fromkeys(place for place in places if place is not None))
    atoms = frozenset(read_atom(one, policy) for one in statement.conditions)
    negates = statement.not_resources is not None
    named_actions = tuple(dict.fromkeys(action for action in actions if action is not None))
    return Rule(
        statement.effect,
        read_who(statement.principals, statement.not_principals) if policy.kind.elements.principal else EVERYONE,
        named_actions,
        statement.actions is None,
        found,
        negates,
        atoms.union(*(own for _, own in found)) if negates else atoms,
        frozenset(named_actions),
        tuple(own for own in named_actions if not own[1].isascii()),
    )


def read_who(listed: tuple[PrincipalEntry, ...] | None, spared: tuple[PrincipalEntry, ...] | None) -> Who:
    entries = frozenset((entry.type, entry.text) for entry in (listed or spared or ()))
    return EVERYONE if listed and EVERYONE[1] <= entries else (listed is None and spared is not None, entries)


def read_action(text: str) -> Action | None:
    if (text and not text.strip("*")) or text == "*:*":
        return STAR, STAR
    prefix, _, name = text.lower().partition(":")
    return (plain(prefix), glob(name)) if is_well_formed(text) else None


def is_rcp(action: str) -> bool:
    return action.partition(":")[0].lower() in catalog().rcp_services


def read_place(text: str, policy: Policy, letters: Letters) -> tuple[Place, frozenset[Atom]] | None:
    if text and not text.strip("*"):
        return ANY, frozenset()
    arn, *segments = text.split(":", 5)
    if not contains(glob(arn), "arn"):
        return None
    if len(segments) < 5:
        is_exact = policy.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT)
        if is_exact and "*" not in text and "?" not in text:
            return None
        return tuple(map(glob, [*segments, *["*"] * (5 - len(segments))])), frozenset()
    tail, atoms = "", []
    for part in parse_template(segments[4]) if policy.has_variables else (segments[4],):
        if isinstance(part, Variable):
            tail += letters[part.key.lower(), part.default]
            atoms += [("Resolves", part.key.lower(), frozenset[str](), False)] if part.default is None else []
        else:
            tail += part.character if isinstance(part, Escape) else glob(part)
    return (*map(glob, segments[:4]), normalise(tail)), frozenset(atoms)


def read_atom(condition: Condition, policy: Policy) -> Atom:
    operator, values = condition.operator, frozenset(entry.text for entry in condition.values)
    takes = operator.base != "Null" and COMPARISONS[operator.positive].takes_variables
    has_variables = takes and policy.has_variables and any("${" in value for value in values)
    return operator.canonical, condition.key.lower(), values, has_variables


# ---- two policies as a question


class Question(NamedTuple):
    """What is to be shown: rules of both policies, and how their variables and keys are to be read."""

    kind: PolicyKind
    opened: list[Rule]
    """The new Allows that are no old ones: new Denies and old Allows have to hold them."""
    lifted: list[Rule]
    """The old Denies that are no new ones: the new Denies have to hold them, by themselves or with each new Allow."""
    allows: list[Rule]
    covers: list[Rule]
    """The new Denies and what needs no permission, then the old Allows."""
    kept_out: int
    """How many covers are no old Allows."""
    single: frozenset[str]


def read_question(new: Policy, old: Policy, letters: Letters) -> Question:
    sides = [[read_rule(one, policy, letters) for one in policy] for policy in (new, old)]
    allows, denies, old_allows, old_denies = ([r for r in s if r.effect == e] for s in sides for e in ("Allow", "Deny"))
    if new.kind is PolicyKind.RCP:
        allows = old_allows = [Rule("Allow")]
    if new.kind is PolicyKind.RCP or not new.kind.elements.principal:
        free = [action for action in map(read_action, sorted(ALWAYS_ALLOWED)) if action is not None]
        denies = [*denies, Rule("Allow", actions=tuple(free), exact=frozenset(free), wild=())]
    conditions = [condition for policy in (new, old) for statement in policy for condition in statement.conditions]
    lists = {one.key.lower() for one in conditions if one.operator.qualifier is not None}
    single = {one.key.lower() for one in conditions if cardinality(one.key.lower()) is Cardinality.ONE} - lists
    opened = [rule for rule in allows if rule not in old_allows]
    lifted = [rule for rule in old_denies if rule not in denies]
    return Question(new.kind, opened, lifted, allows, [*denies, *old_allows], len(denies), frozenset(single))


# ---- what rules and boxes have in common


def action_in(cover: Action, action: Action) -> bool:
    return contains(cover[0], action[0]) and contains(cover[1], action[1])


def place_in(cover: Place, place: Place) -> bool:
    return cover in (ANY, place) or (len(cover) == len(place) == 5 and all(map(contains, cover, place)))


def meet_actions(first: Action, second: Action) -> list[Action]:
    return [*product(intersect(first[0], second[0]), intersect(first[1], second[1]))]


def meet_places(first: Place, second: Place) -> list[Place]:
    if first == ANY or second in (ANY, first):
        return [second if first == ANY else first]
    return [] if NONE in (first, second) else [*product(*map(intersect, first, second))]


def widened(place: Place) -> Place:
    return (*place[:-1], widen(place[-1]))


def pinned(place: Place, atoms: frozenset[Atom], letters: Letters) -> Place:
    """A place where the variables have their values that some atoms let have one value only."""
    if not has_variable(place[-1]):
        return place
    tail = place[-1]
    for (key, default), letter in letters.items():
        for operator, of, values, is_open in atoms:
            if of == key and operator == "StringEquals" and len(values) == 1 and not is_open and "" not in values:
                tail = tail.replace(letter, plain(*values))
            elif of == key and operator == "Null" and values == {"true"} and default is not None:
                tail = tail.replace(letter, plain(default))
    return (*place[:-1], normalise(tail))


def boxes(rule: Rule, kind: PolicyKind) -> Iterator[Box]:
    """What a rule speaks of, as boxes: one for each of its callers, actions and places."""
    named = ((STAR, STAR),) if rule.negates_actions else rule.actions
    assuming = [("sts", name.partition(":")[2]) for name in sorted(TRUST_ACTIONS)]
    is_trust = kind is PolicyKind.TRUST
    actions = [p for pair in product(named, assuming) for p in meet_actions(*pair)] if is_trust else named
    places = ((ANY, frozenset[Atom]()),) if rule.negates_places else rule.places
    bars = rule.actions if rule.negates_actions else ()
    bars_of_places = tuple(own for own, _ in rule.places) if rule.negates_places else ()
    is_split = not rule.who[0] and rule.who != EVERYONE
    callers = [(False, frozenset({one})) for one in sorted(rule.who[1])] if is_split else [rule.who]
    for who, action, (place, atoms) in product(callers, actions, places):
        yield Box(action, place, frozenset({who}), rule.atoms | atoms, frozenset(), bars, bars_of_places)


def meetings(denied: Sequence[Box], allow: Rule, kind: PolicyKind) -> Iterator[Box]:
    """What some boxes have in common with a rule, as boxes."""
    for first, second in product(denied, boxes(allow, kind)):
        pairs = product(meet_actions(first.action, second.action), meet_places(first.place, second.place))
        bars = (first.barred_actions + second.barred_actions, first.barred_places + second.barred_places)
        for action, place in pairs:
            yield Box(action, place, first.who | second.who, first.true | second.true, frozenset(), *bars)
