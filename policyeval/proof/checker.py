"""An independent checker of certificates: it replays a proof's steps on the two documents.

Of the prover it uses the matcher alone (`proof.glob`: containment and intersection of patterns); the documents it reads
by itself (`proof.rulebook`). It never searches: what a certificate does not spell out is a `Flaw`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from policyeval.proof.glob import ONE, STAR, Inexpressible, lengths, widen
from policyeval.proof.rulebook import (
    ANY,
    ARN,
    FREE,
    NONE,
    Atom,
    Box,
    Rule,
    action_in,
    both,
    boxes,
    excludes,
    implies,
    missed,
    place_in,
    read_rules,
)

KINDS = ("identity", "permissionsBoundary", "session", "scp", "resource", "vpcEndpoint")
WITH_PRINCIPALS = ("resource", "vpcEndpoint")


class Flaw(Exception):  # what is wrong with a certificate, in a sentence
    """A certificate does not prove what it says."""


class Checker:
    """Replays nodes; each names the rules that it relies on, by their index among the covers."""

    def __init__(self, covers: Sequence[Rule]) -> None:
        self.covers = covers
        self.steps = 0

    def check(self, box: Box, node: Any) -> None:
        """Raises `Flaw` unless the node shows that the covers hold the whole box."""
        self.steps += 1
        kind, *rest = node
        if kind == "cover":
            rule = self.covers[rest[0]]
            _require(missed(rule, box) == ([], []) and rule.atoms <= box.atoms, "a cover does not hold its box")
        elif kind == "conditions":
            rules = [rule for rule in map(self.covers.__getitem__, rest[0]) if missed(rule, box) == ([], [])]
            split_atoms(box.atoms, frozenset(), rules)
        elif kind == "barred":
            barred = any(action_in(bar, box.action) for bar in box.barred_actions)
            _require(barred or any(place_in(bar, box.place) for bar in box.barred_places), "a box is not barred")
        elif kind == "nothing":
            parts = (*box.action, *(box.place[i] for i in (0, 1, 4) if len(box.place) == 5))
            _require("" in parts, "a box that should be empty is not")
        elif kind == "places":
            _require(box.place == ANY, "only every place can be split so")
            self.check_all([box._replace(place=ARN), box._replace(place=NONE)], rest[0])
        elif kind == "loosened":
            self.check_all([box._replace(place=(*box.place[:-1], widen(box.place[-1])))], rest[0])
        elif kind == "lengths":
            self.check_all(by_length(box, rest[0]), rest[1])
        elif kind == "except":
            self.check_except(box, *rest)
        else:
            raise Flaw(f"a step of an unknown kind: `{kind}`")

    def check_all(self, boxes: Sequence[Box], nodes: Any) -> None:
        _require(len(boxes) == len(nodes), "a split has parts that are not shown")
        for box, node in zip(boxes, nodes, strict=True):
            self.check(box, node)

    def check_except(self, box: Box, at: int, by_action: Any, by_place: Any, rest: Any) -> None:
        rule = self.covers[at]
        parts = missed(rule, box)
        if parts is None:
            raise Flaw("a cover does not speak of its box")
        self.check_all([box._replace(action=part) for part in parts[0]], by_action)
        bars = rule.actions if rule.negates_actions else ()
        box = box._replace(barred_actions=(*box.barred_actions, *bars))
        self.check_all([box._replace(place=part) for part in parts[1]], by_place)
        if rule.negates_places:
            wide = tuple((*own[:-1], widen(own[-1])) if len(own) == 5 else own for own, _ in rule.places)
            box = box._replace(barred_places=(*box.barred_places, *wide))
        self.check(box, rest)


def by_length(box: Box, counted: int) -> list[Box]:
    prefix, name = box.action
    if STAR in name:
        return [box._replace(action=(prefix, piece)) for piece in lengths(name, counted)]
    for at, segment in enumerate(box.place):
        if STAR in segment:
            parts = [(*box.place[:at], piece, *box.place[at + 1 :]) for piece in lengths(segment, counted)]
            return [box._replace(place=part) for part in parts]
    raise Flaw("there is no `*` to split")


def _require(holds: bool, fact: str) -> None:
    if not holds:
        raise Flaw(fact)


def split_atoms(true: frozenset[Atom], false: frozenset[Atom], rules: Sequence[Rule]) -> None:
    """Show that whatever else holds, one of the rules' conditions does. Raises `Flaw`."""
    if any(rule.atoms <= true for rule in rules) or is_contradiction(true, false):
        return
    live = [rule for rule in rules if not rule.atoms & false]
    for atom in (atom for rule in live for atom in rule.atoms if atom not in true):
        split_atoms(true | {atom}, false, rules)
        return split_atoms(true, false | {atom}, rules)
    raise Flaw("the conditions of the covers leave something out")


def is_contradiction(true: frozenset[Atom], false: frozenset[Atom]) -> bool:
    one_way = any(implies(x, y) for x in true for y in false)
    return one_way or any(excludes(x, y) for x, y in itertools.permutations(true, 2))


def check_certificate(document: Any, given: Mapping[str, Any]) -> int:
    """Check a decoded certificate and return the number of steps; `given` are the documents it must be about.

    Raises `Flaw`.
    """
    if not isinstance(document, dict) or document.get("schema") != "policyeval.certificate/1":
        raise Flaw("the file is no certificate")
    try:
        return _check(document, given)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError, Inexpressible) as error:
        raise Flaw("the certificate is damaged") from error


def _check(document: Any, given: Mapping[str, Any]) -> int:
    kind = document["kind"]
    _require(kind in KINDS, "certificates are not written for this kind of policy")
    letters = {(key, default): letter for letter, key, default in document["letters"]}
    _require(len(set(letters.values())) == len(letters), "two variables share a letter")
    for (_, default), letter in letters.items():
        _require(len(letter) == 1 and widen(letter) == (STAR if default == "" else ONE + STAR), "a letter is none")
    new, old = (read_rules(document[side], kind, letters) for side in ("new", "old"))
    for side, own in (("new", new), ("old", old)):
        same = side not in given or read_rules(given[side], kind, letters) == own
        _require(same, f"the certificate is about another {side} policy")
    return _check_sides(new, old, [] if kind in WITH_PRINCIPALS else [FREE], document["steps"])


def _check_sides(new: list[Rule], old: list[Rule], free: list[Rule], steps: list[Any]) -> int:
    allows, denies = ([r for r in new if r.effect == e] for e in ("Allow", "Deny"))
    old_allows, old_denies = ([r for r in old if r.effect == e] for e in ("Allow", "Deny"))
    wide, narrow = Checker([*denies, *old_allows, *free]), Checker([*denies, *free])
    for rule in (rule for rule in allows if rule not in old_allows):
        for box in boxes(rule):
            _show(wide, box, steps)
    for deny in (deny for deny in old_denies if deny not in denies):
        try:
            for box in boxes(deny):
                _show(narrow, box, steps)
        except Flaw:
            for allow, box in itertools.product(allows, boxes(deny)):
                for own in boxes(allow):
                    for part in both(box, own):
                        _show(narrow, part, steps)
    return wide.steps + narrow.steps


def _show(checker: Checker, box: Box, steps: list[Any]) -> None:
    """Check a box by its bars or one cover alone, else by the steps about boxes that hold it. Raises `Flaw`."""
    if any(action_in(bar, box.action) for bar in box.barred_actions):
        return
    if any(place_in(bar, box.place) for bar in box.barred_places):
        return
    for at in range(len(checker.covers)):
        if missed(checker.covers[at], box) == ([], []) and checker.covers[at].atoms <= box.atoms:
            checker.steps += 1
            return
    flaw = Flaw("a part of the new access is not shown to be old")
    for action, place, node in steps:
        shown = box._replace(action=tuple(action), place=tuple(place))
        if action_in(shown.action, box.action) and place_in(shown.place, box.place):
            try:
                return checker.check(shown, node)
            except (Flaw, IndexError, TypeError, ValueError) as wrong:
                flaw = Flaw(str(wrong))
    raise flaw
