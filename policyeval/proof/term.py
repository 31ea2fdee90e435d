"""Statements compiled for proofs: each a product of actions, places, callers and condition atoms.

Source: the rules are those of `evaluation.matching`; IAM User Guide, reference_policies_elements_action, _notaction,
_resource, _notresource; semantics sections 2 and 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

from policyeval.evaluation.comparison import COMPARISONS
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.proof.glob import ONE, STAR, Glob, contains, glob, normalise, plain, variable_letter
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.arn import split_arn
from policyeval.syntax.operator import Operator, parse_operator
from policyeval.syntax.variable import Escape, Variable, parse_template, variable_keys
from policyeval.syntax.wildcard import has_wildcard

ActionGlob = tuple[Glob, Glob]
"""Service prefix and name, in lower case."""
Place = tuple[Glob, ...]
"""The last five segments of an ARN; or `ANYWHERE`, or `NOWHERE`."""
ANYWHERE: Place = ()
"""Every ARN, and no particular resource as well: what `*` covers."""
NOWHERE: Place = ("",)
"""No particular resource: a request on `*`."""
EVERY_ARN: Place = (STAR,) * 5
EVERY_ACTION: ActionGlob = (STAR, STAR)


class Atom(NamedTuple):
    """One operator, key and list of values: what a condition says, whoever says it.

    `operator` is AWS's spelling or `RESOLVES`; `key` is lower case; `variables` says that `${…}` in the values is
    replaced. Two conditions with equal atoms hold for the same requests.
    """

    operator: str
    key: str
    values: frozenset[str]
    variables: bool = False

    @property
    def linked_keys(self) -> tuple[str, ...]:
        """The keys of the variables in the values: the atom then hangs on more than its own key."""
        if not self.variables:
            return ()
        return tuple(sorted({name.lower() for text in self.values for name in variable_keys(text)}))

    def condition(self, key: str | None = None) -> Condition:
        """The condition that a policy would hold, about another key when one is given."""
        operator = parse_operator(self.operator)
        assert operator is not None
        return _condition(operator, self.key if key is None else key, self.values)


@lru_cache(maxsize=16384)
def _condition(operator: Operator, key: str, values: frozenset[str]) -> Condition:
    return Condition(operator, key, tuple(Entry(text, "") for text in sorted(values)), "")


@lru_cache(maxsize=16384)
def in_order(atoms: frozenset[Atom]) -> tuple[Atom, ...]:
    """Atoms by key, operator and values: a set is walked in another order by every run of Python, and an answer that
    hangs on the order would too."""
    return tuple(sorted(atoms, key=lambda atom: (atom.key, atom.operator, sorted(atom.values), atom.variables)))


BEFORE = "before:"
"""What the keys of a caller are called as they were before a change, where their values are others now."""
RESOLVES = "Resolves"
"""The operator of the atom that says that `${key}` has a value: present, single and not empty."""


def resolves(key: str) -> Atom:
    return Atom(RESOLVES, key.lower(), frozenset())


def atom_of(condition: Condition, *, has_variables: bool) -> Atom:
    values = frozenset(entry.text for entry in condition.values)
    takes_variables = condition.operator.base != "Null" and COMPARISONS[condition.operator.positive].takes_variables
    replaced = has_variables and takes_variables and any("${" in text for text in values)
    return Atom(condition.operator.canonical, condition.key.lower(), values, replaced)


Known = Mapping[str, str | None]
"""Context keys, in lower case, whose single value is known; `None` for a key that is known to be absent."""


def with_known(atom: Atom, known: Known) -> Atom:
    """The atom with the values of known variables, escaped so that they stay literal; a value with a variable that is
    known to be absent matches nothing, so it is left out."""
    if not atom.variables or not known:
        return atom
    values = {_with_known(value, known) for value in atom.values}
    return atom._replace(values=frozenset(value for value in values if value is not None))


def _with_known(text: str, known: Known) -> str | None:
    pieces: list[str] = []
    for part in parse_template(text):
        if isinstance(part, Variable) and part.key.lower() in known:
            value = known[part.key.lower()] or part.default
            if value is None:
                return None
            pieces.append(re.sub(r"[*?$]", lambda found: f"${{{found.group()}}}", value))
        elif isinstance(part, Variable):
            pieces.append(f"${{{part.key}}}" if part.default is None else f"${{{part.key}, '{part.default}'}}")
        else:
            pieces.append(f"${{{part.character}}}" if isinstance(part, Escape) else part)
    return "".join(pieces)


class Letters:
    """The private letters of the variables of one problem: the same letter for the same variable and default.

    Variables whose key is `known` need none: their value stands for them.
    """

    def __init__(self, known: Known | None = None) -> None:
        self.known = known or {}
        self.of: dict[Variable, str] = {}
        self.variables: dict[str, Variable] = {}

    def letter(self, variable: Variable) -> str:
        """Raises `Inexpressible` when there are too many."""
        same = Variable(variable.key.lower(), variable.default)
        found = self.of.get(same)
        if found is None:
            found = self.of[same] = variable_letter(len(self.of), may_be_empty=same.default == "")
            self.variables[found] = same
        return found


@lru_cache(maxsize=65536)
def action_glob(pattern: str) -> ActionGlob | None:
    """The glob of an entry of `Action`, or nothing for one that AWS stores and never matches."""
    if (pattern and not pattern.strip("*")) or pattern == "*:*":
        return EVERY_ACTION
    prefix, colon, name = pattern.lower().partition(":")
    if not colon or not is_well_formed(pattern):
        return None
    return plain(prefix), glob(name)


def action_contains(cover: ActionGlob, pattern: ActionGlob) -> bool:
    return contains(cover[0], pattern[0]) and contains(cover[1], pattern[1])


def place_contains(cover: Place, place: Place) -> bool:
    if cover is ANYWHERE or cover == place:
        return True
    if len(cover) != 5 or len(place) != 5:
        return False
    return all(contains(wanted, segment) for wanted, segment in zip(cover, place, strict=True))


@lru_cache(maxsize=16384)
def _plain_place(text: str, kind: PolicyKind) -> Place | None:
    """The place of an entry without variables; nothing when it matches nothing (semantics 3.1)."""
    if text and not text.strip("*"):
        return ANYWHERE
    segments = split_arn(text)
    if not contains(glob(segments[0]), "arn"):
        return None
    if len(segments) < 6:
        if kind in (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT) and not has_wildcard(text):
            return None
        segments = [*segments, *["*"] * (6 - len(segments))]
    return tuple(glob(segment) for segment in segments[1:])


def place_of(text: str, policy: Policy, letters: Letters) -> tuple[Place | None, tuple[Atom, ...]]:
    """The place of an entry of `Resource`, and the atoms that say that its variables resolve.

    No place where a variable is known to have no value: the entry matches nothing, and the atom says why. Raises
    `Inexpressible`.
    """
    if "${" not in text or not policy.has_variables or len(split_arn(text)) < 6:
        return _plain_place(text, policy.kind), ()
    *head, tail = split_arn(text)
    known = letters.known
    place = _plain_place(":".join([*head, "*"]), policy.kind)
    if place is None:
        return None, ()
    pieces: list[str] = []
    needed: list[Atom] = []
    for part in parse_template(tail):
        if isinstance(part, Variable) and part.key.lower() in known:
            value = known[part.key.lower()] or part.default
            if value is None:
                return None, (resolves(part.key),)
            pieces.append(plain(value))
        elif isinstance(part, Variable):
            pieces.append(letters.letter(part))
            if part.default is None:
                needed.append(resolves(part.key))
        else:
            pieces.append(part.character if isinstance(part, Escape) else glob(part))
    return (*place[:4], normalise("".join(pieces))), tuple(needed)


@dataclass(frozen=True)
class Spot:
    """One entry of `Resource`: its place, and what must resolve for it to match at all."""

    place: Place
    atoms: frozenset[Atom]
    text: str


class Term:
    """One statement of one policy, compiled for one problem."""

    def __init__(self, statement: Statement, policy: Policy, letters: Letters, callers: int) -> None:
        self.statement = statement
        self.policy = policy
        self.letters = letters
        self.callers = callers
        """The callers that it speaks of, as bits of the problem's representatives."""

    def __repr__(self) -> str:
        return f"Term({self.policy.name}: {self.statement.label})"

    @property
    def label(self) -> str:
        return self.statement.label

    @property
    def negates_actions(self) -> bool:
        return self.statement.actions is None

    @property
    def negates_places(self) -> bool:
        return self.statement.not_resources is not None

    @cached_property
    def actions(self) -> tuple[ActionGlob, ...]:
        """The entries of `Action`, or of `NotAction` when it `negates_actions`."""
        entries = self.statement.actions if self.statement.actions is not None else self.statement.not_actions
        found = dict.fromkeys(map(action_glob, map(_text, entries or ())))
        return tuple(pattern for pattern in found if pattern is not None)

    def names_action(self, pattern: ActionGlob) -> bool:
        """Whether one of the entries of `Action` or `NotAction` contains the pattern."""
        return self.action_index.naming(pattern) != 0

    @cached_property
    def action_index(self) -> ActionIndex:
        return ActionIndex((self,))

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        """The entries of `Resource`, or of `NotResource` when it `negates_places`; raises `Inexpressible`."""
        if self.statement.resources is None and self.statement.not_resources is None:
            covers_own = self.policy.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST)
            return (Spot(ANYWHERE, frozenset(), "*"),) if covers_own else ()
        return tuple(
            Spot(place, frozenset(atoms), text) for text, (place, atoms) in self._places.items() if place is not None
        )

    @cached_property
    def _places(self) -> dict[str, tuple[Place | None, tuple[Atom, ...]]]:
        """What `place_of` says of each entry; raises `Inexpressible`."""
        statement = self.statement
        entries = statement.resources if statement.resources is not None else statement.not_resources
        return {entry.text: place_of(entry.text, self.policy, self.letters) for entry in entries or ()}

    @cached_property
    def alphabet(self) -> str:
        """A text of all characters that stand in its patterns."""
        parts = {part for pattern in self.actions for part in pattern}
        parts |= {part for spot in self.spots for part in spot.place}
        return "".join(sorted(set("".join(parts)))) + ONE * max((part.count(ONE) for part in parts), default=0)

    @cached_property
    def condition_atoms(self) -> frozenset[Atom]:
        has_variables = self.policy.has_variables
        known = self.letters.known
        return frozenset(
            with_known(atom_of(condition, has_variables=has_variables), known)
            for condition in self.statement.conditions
        )

    @cached_property
    def atoms(self) -> frozenset[Atom]:
        """What must hold for the statement to match at all; a `NotResource` needs every variable of it to resolve."""
        if not self.negates_places:
            return self.condition_atoms
        return self.condition_atoms.union(*(atoms for _, atoms in self._places.values()))

    @cached_property
    def words(self) -> tuple[object, ...]:
        """The statement's meaning as text: terms with equal words match the same requests, whatever else differs."""
        statement = self.statement
        return (
            self.callers,
            _texts(statement.actions, lower=True),
            _texts(statement.not_actions, lower=True),
            _texts(statement.resources),
            _texts(statement.not_resources),
            self.condition_atoms,
            self.policy.kind.value,
            self.policy.has_variables,
        )

    def variables(self) -> Iterator[tuple[str, Variable]]:
        """The variables in its resources, with their letters."""
        for spot in self.spots:
            for character in spot.place[-1] if len(spot.place) == 5 else "":
                variable = self.letters.variables.get(character)
                if variable is not None:
                    yield character, variable


class ActionIndex:
    """Which of several terms name an action, as bits in their order; found by service prefix, mostly in one step."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.exact: dict[ActionGlob, int] = {}
        self.wild: dict[Glob, dict[Glob, int]] = {}
        for at, term in enumerate(terms):
            bit = 1 << at
            for pattern in term.actions:
                prefix, name = pattern
                if name.isascii() and prefix != STAR:
                    self.exact[pattern] = self.exact.get(pattern, 0) | bit
                else:
                    own = self.wild.setdefault(prefix, {})
                    own[name] = own.get(name, 0) | bit

    def naming(self, pattern: ActionGlob) -> int:
        """The terms of which an entry of `Action` or `NotAction` contains the pattern."""
        prefix, name = pattern
        found = self.exact.get(pattern, 0)
        for at in (prefix, STAR) if prefix != STAR else (STAR,):
            for cover, bits in self.wild.get(at, {}).items():
                if bits & ~found and contains(cover, name):
                    found |= bits
        return found


def _texts(entries: tuple[Entry, ...] | None, *, lower: bool = False) -> frozenset[str] | None:
    if entries is None:
        return None
    texts = map(_text, entries)
    return frozenset(map(str.lower, texts) if lower else texts)


_text = attrgetter("text")
