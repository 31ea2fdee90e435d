"""The search for a request inside a region and outside every cover: box splitting over finitely many boxes.

Each step either shows a box covered, for one of the reasons that `node` spells out, or finds a point that no cover
holds; whether the point is a request of flesh and blood is for `confirm` to say. What cannot be confirmed is split
further, and in the end reported as unknown: never as covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar

from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.evaluation.request import Principal
from policyeval.policy.model import Statement
from policyeval.proof.cover import CALLER, Budget, Dimension, Masks, uncovered
from policyeval.proof.domain import FREE, Domain, domain_of
from policyeval.proof.glob import ONE, STAR, Inexpressible, has_variable, is_text, lengths, normalise, plain
from policyeval.proof.linked import follows, needed
from policyeval.proof.region import Region, intersect_actions, intersect_places, widen_place
from policyeval.proof.term import (
    ANYWHERE,
    EVERY_ACTION,
    EVERY_ARN,
    NOWHERE,
    RESOLVES,
    ActionGlob,
    ActionIndex,
    Atom,
    Known,
    Letters,
    Place,
    Spot,
    Term,
    action_contains,
    in_order,
    place_contains,
)
from policyeval.syntax.operator import parse_operator
from policyeval.syntax.variable import Variable

T = TypeVar("T")
Limits = Mapping[Dimension, Callable[[Domain], int]]
"""For a dimension, the values that a question speaks of, as bits; all of them when it is not named."""
Measures = Mapping[str, Callable[[Domain, int], bool]]
"""For a key, whether some of its values, as bits, are so many that a request that chooses none is to be reckoned with.
May raise `Inexpressible`."""


class Problem:
    """What all searches of one question share: letters, callers, the keys that hold lists, and the budget."""

    def __init__(
        self,
        callers: tuple[Principal, ...],
        budget: int = 200_000,
        known: Known | None = None,
        limits: Limits | None = None,
        measures: Measures | None = None,
    ) -> None:
        self.letters = Letters(known)
        self.callers = callers
        self.budget = Budget(budget)
        self.set_keys: set[str] = set()
        self.indexes: dict[tuple[Term, ...], ActionIndex] = {}
        self.limits: Limits = limits or {}
        self.measures: Measures = measures or {}
        self.tried: set[str] = set()
        """The requests that were no counterexample, as text."""

    @property
    def every_caller(self) -> int:
        """All callers, as bits; a question that does not tell callers apart has one that stands for all."""
        return (1 << (len(self.callers) or 1)) - 1

    def afresh(self) -> Problem:
        """Another problem about the same policies, with nothing spent."""
        found = Problem(self.callers, self.budget.steps, self.letters.known, self.limits, self.measures)
        found.set_keys |= self.set_keys
        return found

    def note_set_operators(self, statements: Iterable[Statement]) -> None:
        """Remember the keys under set operators: a policy that asks for lists is taken at its word."""
        for statement in statements:
            for condition in statement.conditions:
                if condition.operator.qualifier is not None:
                    self.set_keys.add(condition.key.lower())

    def held_under(self, key: str) -> Cardinality:
        known = cardinality(key)
        return Cardinality.EITHER if known is Cardinality.ONE and key in self.set_keys else known

    def action_index(self, terms: tuple[Term, ...]) -> ActionIndex:
        found = self.indexes.get(terms)
        if found is None:
            found = self.indexes[terms] = ActionIndex(terms)
        return found

    def domain(self, key: str, atoms: frozenset[Atom]) -> Domain:
        """Raises `Inexpressible`."""
        return domain_of(key, atoms, self.held_under(key))


@dataclass(frozen=True)
class Box:
    """One action glob at one place, for some callers, where every atom holds; less what is barred."""

    action: ActionGlob
    place: Place
    atoms: frozenset[Atom]
    callers: int
    barred_actions: tuple[ActionGlob, ...]
    barred_places: tuple[Place, ...]
    settled: frozenset[str] = frozenset()
    """The variables, by letter, that were already split by their value."""
    pinned: tuple[tuple[str, str], ...] = ()
    """The variables that have one value in the box: letter and text."""

    def pin(self, place: Place) -> Place:
        """A place with the values of the pinned variables."""
        if not self.pinned or len(place) != 5 or not has_variable(place[-1]):
            return place
        tail = place[-1]
        for letter, text in self.pinned:
            tail = tail.replace(letter, text)
        return (*place[:4], normalise(tail))


@dataclass(frozen=True)
class Point:
    """A box of requests outside all covers, as far as the search can tell: its condition values as bits."""

    box: Box
    values: Mapping[Dimension, int]
    domains: Mapping[Dimension, Domain]
    covers: tuple[Term, ...]
    """All covers of the search, also those that do not speak of the box."""


def has_no_name(place: Place) -> bool:
    """Whether a place is of an empty partition, service or resource: no request has one."""
    return len(place) == 5 and not (place[0] and place[1] and place[4])


Node = tuple[object, ...]
"""Why a box is covered: a step of a proof.

    ("cover", term)                        the term holds the whole box, and its atoms are among the box's
    ("conditions", terms)                  the terms hold the box's actions and place; one's condition always holds
    ("barred",)                            what is barred holds the whole box
    ("nothing",)                           an empty name, partition, service or resource: no request has one
    ("places", node, node)                 no particular resource, and every ARN
    ("except", term, nodes, nodes, node)   what a negated element leaves out: by action, by place; and the rest
    ("lengths", counted, nodes)            split by the length of a `*`
    ("variable", letter, texts, nodes)     split by the value of a variable
    ("loosened", nodes)                    any text in place of a variable
"""


@dataclass
class Found(Generic[T]):
    """What a search came to: the counterexample, or else what could not be decided, or else the proof."""

    witness: T | None = None
    point: Point | None = None
    doubts: list[str] = field(default_factory=list)
    node: Node = ()

    @property
    def is_covered(self) -> bool:
        return self.witness is None and not self.doubts


Confirm = Callable[[Point], T | None]


class Search(Generic[T]):
    """One search: is every request of a region among the covers?"""

    def __init__(self, problem: Problem, covers: Sequence[Term], confirm: Confirm[T]) -> None:
        self.problem = problem
        self.covers = tuple(dict.fromkeys(covers))
        self.bits = {term: 1 << at for at, term in enumerate(self.covers)}
        self.index = problem.action_index(self.covers)
        self.confirm = confirm

    def check(self, region: Region) -> Iterator[tuple[tuple[ActionGlob, ...], tuple[Spot, ...], Found[T]]]:
        """The boxes of a region in groups that the covers treat alike, each with what became of it.

        Groups that a single cover holds are left out. Raises `Inexpressible` and `OutOfBudget`.
        """
        if region.is_empty:
            return
        plain = [t.atoms <= region.atoms and not region.callers & ~t.callers for t in self.covers]
        simple = sum(1 << at for at, is_plain in enumerate(plain) if is_plain)
        whole = Box(EVERY_ACTION, ANYWHERE, region.atoms, region.callers, region.barred_actions, region.barred_places)
        places = self.place_groups(region, self.pinned(whole))
        everywhere = simple
        for full, _, _ in places:
            everywhere &= full
        for (action_full, _), actions in self.action_groups(region, everywhere).items():
            for (place_full, atoms, _), spots in places.items():
                if action_full & place_full & simple:
                    continue
                box = replace(whole, action=actions[0], place=spots[0].place, atoms=region.atoms | atoms)
                yield tuple(actions), tuple(spots), self.find(box, self.covers)

    def action_groups(self, region: Region, strong: int) -> dict[tuple[int, object], list[ActionGlob]]:
        """The actions by the covers that hold them; those that one of the `strong` holds are left out."""
        groups: dict[tuple[int, object], list[ActionGlob]] = {}
        counted = any(ONE in name for own in self.index.wild.values() for name in own)
        negated = [(term, self.bits[term]) for term in self.covers if term.negates_actions]
        positive = ~sum(bit for _, bit in negated)
        for action in region.actions:
            if "" in action or any(action_contains(bar, action) for bar in region.barred_actions):
                continue
            named = self.index.naming(action)
            if named & positive & strong:
                continue
            full, partial = named & positive, False
            for term, bit in negated:
                parts = self.missed_actions(term, action, region.barred_actions, is_named=bool(named & bit))
                if parts is not None:
                    full |= 0 if parts else bit
                    partial |= bool(parts)
            if full & strong:
                continue
            alone = partial or counted or self.meets_bar(action, region)
            groups.setdefault((full, action if alone else None), []).append(action)
        return groups

    def meets_bar(self, action: ActionGlob, region: Region) -> bool:
        return any(intersect_actions(action, bar) for bar in region.barred_actions)

    def place_groups(self, region: Region, whole: Box) -> dict[tuple[int, frozenset[Atom], object], list[Spot]]:
        """The spots by the covers that hold them, read with the variables that the whole region pins."""
        groups: dict[tuple[int, frozenset[Atom], object], list[Spot]] = {}
        negated = bool(region.barred_places) or any(term.negates_places for term in self.covers)
        counted = any(ONE in cover for term in self.covers for spot in term.spots for cover in spot.place)
        for spot in region.spots:
            if has_no_name(spot.place):
                continue
            full = 0
            for at, term in enumerate(self.covers):
                parts = self.missed_places(term, whole.pin(spot.place), whole)
                if parts is not None and not parts:
                    full |= 1 << at
            alone = negated or counted or spot.place is ANYWHERE or has_variable(spot.place[-1])
            groups.setdefault((full, spot.atoms, spot.place if alone else None), []).append(spot)
        return groups

    # ---- what a cover holds of a box: nothing (`None`), all but some parts (a list), or all (an empty list)

    def missed_actions(
        self, term: Term, action: ActionGlob, barred: Sequence[ActionGlob], *, is_named: bool
    ) -> list[ActionGlob] | None:
        if is_named:
            return None if term.negates_actions else []
        if not term.negates_actions:
            return None
        return [
            part
            for pattern in term.actions
            if pattern not in barred
            for part in intersect_actions(action, pattern)
            if not any(action_contains(bar, part) for bar in barred)
        ]

    def missed_places(self, term: Term, place: Place, box: Box) -> list[Place] | None:
        barred = box.barred_places
        own = [box.pin(spot.place) for spot in term.spots] if box.pinned else [spot.place for spot in term.spots]
        if any(place_contains(cover, place) for cover in own):
            return None if term.negates_places else []
        if not term.negates_places:
            return None
        if place == NOWHERE:
            return []
        if place is ANYWHERE:
            return None if term.spots else []
        return [
            part
            for cover in own
            if cover not in barred and widen_place(cover) not in barred
            for part in intersect_places(place, widen_place(cover))
            if not any(place_contains(bar, part) for bar in barred)
        ]

    # ---- the search

    def find(self, box: Box, covers: Sequence[Term]) -> Found[T]:
        """Raises `OutOfBudget` and `Inexpressible`."""
        self.problem.budget.look_at(len(covers))
        if any(action_contains(bar, box.action) for bar in box.barred_actions):
            return Found(node=("barred",))
        if any(place_contains(box.pin(bar), box.place) for bar in box.barred_places):
            return Found(node=("barred",))
        if "" in box.action or has_no_name(box.place):
            return Found(node=("nothing",))
        box = self.pinned(box)
        full: list[Term] = []
        pending: list[tuple[Term, list[ActionGlob], list[Place]]] = []
        named = self.index.naming(box.action)
        for term in covers:
            if not term.callers & box.callers:
                continue
            is_named = bool(named & self.bits[term])
            actions = self.missed_actions(term, box.action, box.barred_actions, is_named=is_named)
            if actions is None:
                continue
            places = self.missed_places(term, box.place, box)
            if places is None:
                continue
            if actions or places:
                pending.append((term, actions, places))
            elif term.atoms <= box.atoms and not box.callers & ~term.callers:
                return Found(node=("cover", term))
            else:
                full.append(term)
        if box.place is ANYWHERE:
            return self.both(box, covers, "places", [replace(box, place=EVERY_ARN), replace(box, place=NOWHERE)])
        gap = self.gap(box, full)
        if gap is None:
            return Found(node=("conditions", tuple(full)))
        if pending:
            held = self.gap(box, [*full, *(term for term, _, _ in pending)])
            if held is None:
                return self.split_by(box, covers, *pending[0])
            gap = held
        return self.examine(gap, covers)

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """The variables of the covers and of the problem so far: one has a letter once its entry is compiled."""
        own = {letter: one for term in self.covers for letter, one in term.variables()}
        return own | self.problem.letters.variables

    def pinned(self, box: Box) -> Box:
        """The box with the variables pinned whose key its atoms let have one value only."""
        one = {
            atom.key: text
            for atom in in_order(box.atoms)
            if atom.operator == "StringEquals"
            for text in _only_text(atom)
        }
        if not one:
            return box
        pins = {letter: plain(one[variable.key]) for letter, variable in self.variables.items() if variable.key in one}
        if not pins:
            return box
        box = replace(box, pinned=tuple({**pins, **dict(box.pinned)}.items()))
        return replace(box, place=box.pin(box.place))

    def both(self, box: Box, covers: Sequence[Term], kind: str, parts: Sequence[Box], *rest: object) -> Found[T]:
        """Search every part; a witness in any is a witness, and a doubt in any is a doubt."""
        doubts: list[str] = []
        nodes: list[Node] = []
        for part in parts:
            found = self.find(part, covers)
            if found.witness is not None:
                return found
            doubts.extend(found.doubts)
            nodes.append(found.node)
        return Found(doubts=doubts, node=(kind, *rest, tuple(nodes)))

    def split_by(
        self, box: Box, covers: Sequence[Term], term: Term, actions: list[ActionGlob], places: list[Place]
    ) -> Found[T]:
        """Split off what the negated elements of a cover leave out; of the rest the cover holds everything."""
        others = [cover for cover in covers if cover is not term]
        by_action = self.both(box, others, "parts", [replace(box, action=part) for part in actions])
        if by_action.witness is not None:
            return by_action
        rest = replace(box, barred_actions=(*box.barred_actions, *(term.actions if term.negates_actions else ())))
        by_place = self.both(rest, others, "parts", [replace(rest, place=part) for part in places])
        if by_place.witness is not None:
            return by_place
        if term.negates_places:
            bars = tuple(widen_place(box.pin(spot.place)) for spot in term.spots)
            rest = replace(rest, barred_places=(*rest.barred_places, *bars))
        inside = self.find(rest, covers)
        if inside.witness is not None:
            return inside
        doubts = [*by_action.doubts, *by_place.doubts, *inside.doubts]
        return Found(doubts=doubts, node=("except", term, by_action.node, by_place.node, inside.node))

    # ---- conditions

    def gap(self, box: Box, covers: Sequence[Term]) -> Point | None:
        """Condition values and callers of a box that no cover holds; values that a request can have come first."""
        given = box.atoms.union(*(needed(atom) for atom in box.atoms if atom.linked_keys))
        relevant = given.union(*(term.atoms for term in covers))
        domains, dimension_of = self.dimensions(relevant)
        whole = {dimension: domain.everything for dimension, domain in domains.items()}
        whole[CALLER] = self.problem.every_caller
        wanted = self.masks(given, box.callers, domains, dimension_of)
        for dimension, limit in self.problem.limits.items():
            if dimension in domains:
                wanted[dimension] = wanted.get(dimension, whole[dimension]) & limit(domains[dimension])
        for dimension in domains:
            if isinstance(dimension, Atom) and self.is_implied(dimension, box.atoms):
                wanted[dimension] = 0b10
        if not all(wanted.values()):
            return None
        held = [self.masks(term.atoms, term.callers, domains, dimension_of) for term in covers]
        valued = dict(wanted)
        for dimension, domain in domains.items():
            if isinstance(dimension, str):
                valued[dimension] = valued.get(dimension, domain.everything) & domain.valued
        found = None
        if all(valued.values()):
            found = self.hole(valued, held, whole, domains)
        if found is None:
            found = self.hole(wanted, held, whole, domains)
        return None if found is None else Point(box, found, domains, tuple(covers))

    def hole(
        self, wanted: Masks, held: Sequence[Masks], whole: Masks, domains: Mapping[Dimension, Domain]
    ) -> dict[Dimension, int] | None:
        """Points outside what the covers hold; where a key is measured, such that enough of its values are open beside
        some values of the others. Raises `OutOfBudget` and `Inexpressible`."""
        key = next((key for key in self.problem.measures if key in domains), None)
        held = list(held)
        while True:
            found = uncovered(wanted, held, whole, self.problem.budget)
            if found is None or key is None:
                return found
            beside = {at: mask & -mask for at, mask in {**whole, **found}.items() if at != key}
            open_values = wanted.get(key, whole[key])
            for cover in held:
                if all(mask & cover.get(at, mask) for at, mask in beside.items()):
                    open_values &= ~cover.get(key, whole[key])
            if self.problem.measures[key](domains[key], open_values):
                return found
            held.append(beside)

    def is_implied(self, atom: Atom, given: frozenset[Atom]) -> bool:
        """Whether an atom that compares with variables holds because another does."""
        return bool(atom.linked_keys) and any(
            one.variables and follows(atom, one, self.problem.letters) for one in given
        )

    def dimensions(self, atoms: frozenset[Atom]) -> tuple[dict[Dimension, Domain], dict[Atom, Dimension]]:
        """The dimension of each atom: its key; or itself, where it hangs on several keys or goes beyond the bounds."""
        by_key: dict[str, set[Atom]] = {}
        domains: dict[Dimension, Domain] = {}
        dimension_of: dict[Atom, Dimension] = {}
        for atom in in_order(atoms):
            if atom.linked_keys:
                domains[atom] = FREE
                dimension_of[atom] = atom
            else:
                by_key.setdefault(atom.key, set()).add(atom)
        for key, own in by_key.items():
            try:
                domains[key] = self.problem.domain(key, frozenset(own))
                dimension_of.update(dict.fromkeys(own, key))
            except Inexpressible:
                for atom in own:
                    domains[atom] = FREE
                    dimension_of[atom] = atom
        return domains, dimension_of

    def masks(
        self,
        atoms: frozenset[Atom],
        callers: int,
        domains: Mapping[Dimension, Domain],
        dimension_of: Mapping[Atom, Dimension],
    ) -> dict[Dimension, int]:
        masks: dict[Dimension, int] = {}
        for atom in in_order(atoms):
            dimension = dimension_of[atom]
            mask = 0b10 if isinstance(dimension, Atom) else domains[dimension].masks[atom]
            masks[dimension] = masks.get(dimension, domains[dimension].everything) & mask
        if callers != self.problem.every_caller:
            masks[CALLER] = callers
        return masks

    # ---- points that may be no requests

    def examine(self, point: Point, covers: Sequence[Term]) -> Found[T]:
        """Confirm a point, or split its box further, or give up."""
        witness = self.confirm(replace(point, covers=tuple(covers)))
        if witness is not None:
            return Found(witness, point)
        box = point.box
        letter = next((c for c in (box.place[-1] if len(box.place) == 5 else "") if self.is_open(box, c)), None)
        if letter is not None:
            return self.split_variable(box, covers, letter)
        counted = self.most_counted(box, covers)
        if counted and len(box.place) == 5 and has_variable(box.place[-1]):
            return self.both(box, covers, "loosened", [self.loosen(box)])
        if counted:
            parts = self.split_lengths(box, counted)
            if parts:
                return self.both(box, covers, "lengths", parts, counted)
        free = [dimension for dimension in point.domains if isinstance(dimension, Atom)]
        if free:
            return Found(doubts=[f"the condition on `{free[0].key}` hangs on more than one key"])
        return Found(doubts=["no request could be made of what seems to be left over"])

    def loosen(self, box: Box) -> Box:
        """A box that holds this one: any text where its variables stand."""
        return replace(box, place=widen_place(box.place))

    def is_open(self, box: Box, character: str) -> bool:
        return character in self.problem.letters.variables and character not in box.settled

    def split_variable(self, box: Box, covers: Sequence[Term], letter: str) -> Found[T]:
        """Split a box by the value of a variable: each text that an atom singles out, and any other.

        A variable with a default has one more way to be, besides lists and empty values that come to the default too:
        its last part is the whole box again, which loses nothing.
        """
        variable = self.problem.letters.variables[letter]
        atoms = box.atoms.union(*(term.atoms for term in covers))
        texts = sorted({text for atom in atoms for text in singled_out(atom, variable.key)})
        texts += sorted({text for text in self.named_parts(box, covers, letter) if text not in texts})
        parts = [
            self.substitute(box, letter, text, Atom("StringEquals", variable.key, frozenset({text}))) for text in texts
        ]
        rest = replace(box, settled=box.settled | {letter})
        if variable.default is not None:
            missing = Atom("Null", variable.key, frozenset({"true"}))
            parts.append(self.substitute(box, letter, variable.default, missing))
        elif texts:
            rest = replace(rest, atoms=box.atoms | {Atom("StringNotEquals", variable.key, frozenset(texts))})
        return self.both(box, covers, "variable", [*parts, rest], letter, tuple(texts))

    def named_parts(self, box: Box, covers: Sequence[Term], letter: str) -> Iterator[str]:
        """Texts that stand in a cover where the variable stands in the box."""
        head, _, tail = box.place[-1].partition(letter)
        if not is_text(head) or not is_text(tail):
            return
        for term in covers:
            for spot in term.spots:
                own = spot.place[-1] if len(spot.place) == 5 else ""
                text = own[len(head) : len(own) - len(tail)]
                if text and own == head + text + tail and is_text(text) and "${" not in text:
                    yield text

    def substitute(self, box: Box, letter: str, text: str, atom: Atom) -> Box:
        tail = normalise(box.place[-1].replace(letter, plain(text)))
        pinned = (*box.pinned, (letter, text))
        return replace(box, place=(*box.place[:-1], tail), atoms=box.atoms | {atom}, pinned=pinned)

    def most_counted(self, box: Box, covers: Sequence[Term]) -> int:
        """The most single characters that any pattern in play counts, or 0 when none counts any."""
        patterns = [p for term in covers for pair in term.actions for p in pair]
        patterns += [p for term in covers for spot in term.spots for p in spot.place]
        patterns += [p for bar in (*box.barred_actions, *box.barred_places) for p in bar]
        return max((p.count(ONE) for p in patterns), default=0)

    def split_lengths(self, box: Box, counted: int) -> list[Box]:
        """The box split by the length of its first `*`."""
        prefix, name = box.action
        if STAR in name:
            return [replace(box, action=(prefix, piece)) for piece in lengths(name, counted)]
        for at, segment in enumerate(box.place):
            if STAR in segment:
                return [
                    replace(box, place=(*box.place[:at], piece, *box.place[at + 1 :]))
                    for piece in lengths(segment, counted)
                ]
        return []


def _only_text(atom: Atom) -> Iterator[str]:
    """The text that a positive atom asks for, when there is only one."""
    if len(atom.values) == 1 and not atom.variables and "" not in atom.values:
        yield from atom.values


def singled_out(atom: Atom, key: str) -> Iterator[str]:
    """The texts that an atom about a key tells apart from all others."""
    if atom.key != key or atom.operator in (RESOLVES, "Null") or atom.variables:
        return
    operator = parse_operator(atom.operator)
    if operator is None or operator.family not in ("String", "Arn"):
        return
    for text in atom.values:
        if text and "*" not in text and "?" not in text and "${" not in text:
            yield text
