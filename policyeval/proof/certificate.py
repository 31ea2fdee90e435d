"""Certificates: a proof written out, so that `proof.checker` can check it without trusting the prover.

    {"schema": "policyeval.certificate/1", "kind": …, "letters": [[letter, key, default], …],
     "allows": [[node, …], …], "denies": [{"alone": [node, …]} or {"with allows": [node, …]}, …]}

For each new Allow that is no old one, and for each old Deny that is no new one, there is a node for every box of
requests that the checker makes of it, in the checker's order. A statement in a node is its number among the covers.
The nodes are those of `proof.search`, with conditions spelled out into cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from policyeval.errors import PolicyevalError
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, PrincipalEntry
from policyeval.proof import rulebook
from policyeval.proof.checker import (
    SCHEMA,
    Checker,
    Flaw,
    by_length,
    check_certificate,
)
from policyeval.proof.cover import OutOfBudget
from policyeval.proof.facts import is_impossible
from policyeval.proof.glob import Inexpressible
from policyeval.proof.question import problem_of
from policyeval.proof.rulebook import Atom, Box
from policyeval.proof.search import Box as SearchBox
from policyeval.proof.search import Search
from policyeval.proof.side import EVERYTHING, compiled, needs_no_permission, policy_side
from policyeval.proof.term import ANYWHERE, Term
from policyeval.proof.term import Atom as TermAtom
from policyeval.syntax.variable import Variable, parse_template

_MOST_CASES = 5_000
"""The most cases that the conditions of one proof are spelled out into."""


class NoCertificate(Exception):  # the answer stands; the command says why there is no certificate
    """A proof cannot be written out; the message says why."""


class Unconfirmed(PolicyevalError):
    """A step of a proof that the checker finds wrong: either of the two is, so there is no answer to stand by."""

    def __init__(self, fact: str) -> None:
        help = "prover or checker is wrong, so do not rely on the answer; please report it with the two policies"
        super().__init__(f"the proof does not pass its own check: {fact}", help=help)


def certificate_text(new: Policy, old: Policy) -> str:
    """A certificate that the new policy grants nothing new, as JSON; checked before it is handed out.

    Raises `NoCertificate`, and `Unconfirmed` where prover and checker disagree.
    """
    try:
        document = _Writer(new, old).document()
        check_certificate(json.loads(json.dumps(document)), new, old)
    except Flaw as flaw:
        raise Unconfirmed(str(flaw)) from None
    except Inexpressible as reason:
        raise NoCertificate(str(reason)) from None
    except OutOfBudget:
        raise NoCertificate("the search took too many steps") from None
    return json.dumps(document, indent=1) + "\n"


class _Writer:
    """Searches box by box, as the checker makes them, and writes down what the search says."""

    def __init__(self, new: Policy, old: Policy) -> None:
        self.problem = problem_of((new, old))
        sides = [policy_side((policy,), policy.kind, self.problem) for policy in (new, old)]
        names_nobody = new.kind is PolicyKind.RCP or not new.kind.elements.principal
        free = [needs_no_permission(self.problem)] if names_nobody else []
        self.covers = [*sides[0].denies, *free, *(t for path in sides[1].paths for layer in path for t in layer)]
        self.kind = new.kind
        for policy in (new, old):
            self.letter(policy)
        self.letters = {(v.key, v.default): letter for letter, v in self.problem.letters.variables.items()}
        self.asked = rulebook.read_question(new, old, self.letters)
        self.checker = Checker(self.asked.covers, self.letters, self.asked.single)
        self.number = {term: at for at, term in reversed([*enumerate(self.covers)])}
        self.cases = 0

    def letter(self, policy: Policy) -> None:
        """Give every variable of a resource a letter."""
        for statement in policy:
            for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
                for part in parse_template(entry.text):
                    if isinstance(part, Variable):
                        self.problem.letters.letter(part)

    def document(self) -> dict[str, Any]:
        opened = [self.nodes(rulebook.boxes(rule, self.kind), len(self.covers)) for rule in self.asked.opened]
        return {
            "schema": SCHEMA,
            "kind": self.kind.value,
            "letters": [[letter, key, default] for (key, default), letter in sorted(self.letters.items(), key=str)],
            "allows": opened,
            "denies": [self.lifted(rule) for rule in self.asked.lifted],
        }

    def lifted(self, rule: rulebook.Rule) -> dict[str, Any]:
        kept_out = self.asked.kept_out
        denied = [*rulebook.boxes(rule, self.kind)]
        try:
            return {"alone": self.nodes(denied, kept_out)}
        except NoCertificate:
            parts = [one for allow in self.asked.allows for one in rulebook.meetings(denied, allow, self.kind)]
            return {"with allows": self.nodes(parts, kept_out)}

    def nodes(self, boxes: Iterable[Box], kept: int) -> list[Any]:
        """A node for each box, of the first covers alone."""
        search: Search[None] = Search(self.problem, self.covers[:kept], lambda _point: None)
        return [self.node(box, search, kept) for box in boxes]

    def node(self, box: Box, search: Search[None], kept: int) -> Any:
        """Raises `NoCertificate` when the search cannot cover a box."""
        atoms = frozenset(TermAtom(*atom) for atom in box.true)
        place = ANYWHERE if box.place == rulebook.ANY else box.place
        bars = tuple(ANYWHERE if bar == rulebook.ANY else bar for bar in box.barred_places)
        wanted = SearchBox(box.action, place, atoms, self.callers(box), box.barred_actions, bars)
        found = search.find(wanted, search.covers)
        if not found.is_covered:
            raise NoCertificate(found.doubts[0])
        return self.translated(found.node, box, kept)

    def callers(self, box: Box) -> int:
        """The callers of a box, as bits."""
        found = self.problem.every_caller
        for is_negated, listed in box.who if self.kind.elements.principal else ():
            entries = tuple(PrincipalEntry(type, text, "") for type, text in sorted(listed))
            nobody = replace(EVERYTHING.statements[0], principals=None, not_principals=None)
            statement = replace(nobody, not_principals=entries) if is_negated else replace(nobody, principals=entries)
            found &= compiled(statement, Policy(self.kind, (statement,)), self.problem).callers
        return found

    # ---- nodes of the search as nodes of a certificate

    def translated(self, node: Any, box: Box, kept: int) -> Any:
        """Raises `NoCertificate` for a step that the checker would not take."""
        box = box._replace(place=rulebook.pinned(box.place, box.true, self.letters))
        kind, *rest = node
        if kind in ("barred", "nothing"):
            return [kind]
        if kind == "places":
            parts = [box._replace(place=rulebook.ARN), box._replace(place=rulebook.NONE)]
            return [kind, self.each(rest[0], parts, kept)]
        if kind == "loosened":
            return [kind, self.each(rest[0], [box._replace(place=rulebook.widened(box.place))], kept)]
        if kind == "lengths":
            return [kind, rest[0], self.each(rest[1], by_length(box, rest[0]), kept)]
        if kind == "except":
            return self.exception(box, kept, *rest)
        if kind == "variable":
            return self.variable(box, kept, *rest)
        for term in rest if kind == "cover" else rest[0]:
            rule = self.asked.covers[self.number[term]]
            # Which callers a statement speaks of the checker knows by its words alone; the rest it must see as well.
            if self.checker.missed(rule._replace(who=rulebook.EVERYONE), box) != ([], []):
                raise Unconfirmed(f"{term.label} of `{term.policy.name}` does not hold what it is said to")
        return self.by_cases(box, kept)

    def each(self, nodes: Sequence[Any], boxes: Sequence[Box], kept: int) -> list[Any]:
        if len(nodes) != len(boxes):
            raise NoCertificate("the checker would split a part of it in another way")
        return [self.translated(node, box, kept) for node, box in zip(nodes, boxes, strict=True)]

    def exception(self, box: Box, kept: int, term: Term, by_action: Any, by_place: Any, inside: Any) -> Any:
        number = self.number[term]
        split = self.checker.without(self.asked.covers[number], box)
        if split is None:
            raise NoCertificate("the checker would not see that a statement speaks of a part of it")
        actions, places, rest = split
        parts = [self.each(by_action[1], actions, kept), self.each(by_place[1], places, kept)]
        return ["except", number, *parts, self.translated(inside, rest, kept)]

    def variable(self, box: Box, kept: int, letter: str, texts: Sequence[str], nodes: Sequence[Any]) -> Any:
        """Cases by the value of a variable: each of the texts, no value where it has a default, and all others."""
        variable = self.problem.letters.variables[letter]
        atoms: list[Atom] = [("StringEquals", variable.key, frozenset({text}), False) for text in texts]
        if variable.default is not None:
            atoms.append(("Null", variable.key, frozenset({"true"}), False))
        if variable.default is None and texts:
            # The search takes the others to be those for which this holds; where it does not there are none.
            atoms.append(("StringNotEquals", variable.key, frozenset(texts), False))
            nodes = [*nodes, ("conditions", ())]
        return self.chain(box, kept, atoms, nodes)

    def chain(self, box: Box, kept: int, atoms: Sequence[Atom], nodes: Sequence[Any]) -> Any:
        if not atoms:
            return self.translated(nodes[0], box, kept)
        atom = atoms[0]
        then = self.translated(nodes[0], box._replace(true=box.true | {atom}), kept)
        otherwise = self.chain(box._replace(false=box.false | {atom}), kept, atoms[1:], nodes[1:])
        return ["if", spelled(atom), then, otherwise]

    def by_cases(self, box: Box, kept: int) -> Any:
        """The conditions of the statements that hold a box, as cases of which each is held or impossible."""
        rules = [
            (number, rule.atoms)
            for number, rule in enumerate(self.asked.covers[:kept])
            if self.checker.missed(rule, box) == ([], [])
        ]
        return self.cases_of(rules, box.true, box.false)

    def cases_of(
        self, rules: Sequence[tuple[int, frozenset[Atom]]], true: frozenset[Atom], false: frozenset[Atom]
    ) -> Any:
        self.cases += 1
        if self.cases > _MOST_CASES:
            raise NoCertificate("its conditions fall into too many cases")
        for number, atoms in rules:
            if atoms <= true:
                return ["held", number]
        if is_impossible(true, false, self.asked.single):
            return ["impossible"]
        open_atoms = [sorted(atoms - true, key=str) for _, atoms in rules if not atoms & false]
        if not open_atoms:
            raise NoCertificate("why its conditions leave nothing out is more than the checker knows of conditions")
        atom = min(open_atoms, key=len)[0]
        then = self.cases_of(rules, true | {atom}, false)
        return ["if", spelled(atom), then, self.cases_of(rules, true, false | {atom})]


def spelled(atom: Atom) -> list[Any]:
    operator, key, values, is_open = atom
    return [operator, key, sorted(values), is_open]
