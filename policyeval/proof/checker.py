"""An independent checker of certificates: it replays a proof's steps on the two policies.

Of the prover it uses the matcher alone (`proof.glob`: containment and intersection of patterns). It never searches:
what a certificate does not spell out is a `Flaw`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policyeval.policy.model import Policy
from policyeval.proof import rulebook
from policyeval.proof.facts import is_impossible
from policyeval.proof.glob import ONE, STAR, Inexpressible, lengths, widen
from policyeval.proof.rulebook import (
    ANY,
    ARN,
    EVERYONE,
    NONE,
    Box,
    Letters,
    Rule,
    action_in,
    place_in,
    widened,
)
from policyeval.syntax.operator import parse_operator

SCHEMA = "policyeval.certificate/1"
MOST_COUNTED = 1000


class Flaw(Exception):  # what is wrong with a certificate, in a sentence
    """A certificate does not prove what it says."""


def require(holds: bool, fact: str) -> None:
    if not holds:
        raise Flaw(fact)


class Checker:
    """Replays nodes; each names the rules that it relies on, by their number among the covers."""

    def __init__(self, covers: Sequence[Rule], letters: Letters, single: frozenset[str]) -> None:
        self.covers, self.letters, self.single = covers, letters, single
        self.steps = 0

    def check(self, box: Box, node: Any) -> None:
        """Raises `Flaw` unless the node shows that the covers hold the whole box."""
        self.steps += 1
        box = box._replace(place=rulebook.pinned(box.place, box.true, self.letters))
        kind, *rest = node
        if kind == "held":
            rule = self.covers[int(rest[0])]
            require(self.missed(rule, box) == ([], []) and rule.atoms <= box.true, "a statement does not hold its box")
        elif kind == "barred":
            barred = any(action_in(bar, box.action) for bar in box.barred_actions)
            places = [rulebook.pinned(bar, box.true, self.letters) for bar in box.barred_places]
            require(barred or any(place_in(bar, box.place) for bar in places), "a box is not barred")
        elif kind == "nothing":
            parts = (*box.action, *(box.place[i] for i in (0, 1, 4) if len(box.place) == 5))
            require("" in parts, "a box that should be empty is not")
        elif kind == "impossible":
            require(is_impossible(box.true, box.false, self.single), "conditions that should exclude each other do not")
        elif kind == "if":
            (operator, key, values, is_open), then, otherwise = rest
            read = parse_operator(str(operator))
            require(operator == "Resolves" or (read is not None and read.canonical == operator), "an operator is none")
            atom = (str(operator), str(key).lower(), frozenset(map(str, values)), is_open is True)
            self.check(box._replace(true=box.true | {atom}), then)
            self.check(box._replace(false=box.false | {atom}), otherwise)
        elif kind == "places":
            require(box.place == ANY, "only every place can be split so")
            self.check_all([box._replace(place=ARN), box._replace(place=NONE)], rest[0])
        elif kind == "loosened":
            self.check_all([box._replace(place=widened(box.place))], rest[0])
        elif kind == "lengths":
            require(int(rest[0]) <= MOST_COUNTED, "a wildcard is split by too many lengths")
            self.check_all(by_length(box, int(rest[0])), rest[1])
        elif kind == "except":
            self.check_except(box, *rest)
        else:
            raise Flaw(f"a step of an unknown kind: `{kind}`")

    def check_all(self, boxes: Sequence[Box], nodes: Any) -> None:
        require(len(boxes) == len(nodes), "a split has parts that are not shown")
        for box, node in zip(boxes, nodes, strict=True):
            self.check(box, node)

    def check_except(self, box: Box, at: Any, by_action: Any, by_place: Any, rest: Any) -> None:
        split = self.without(self.covers[int(at)], box)
        if split is None:
            raise Flaw("a statement does not speak of its box")
        self.check_all(split[0], by_action)
        self.check_all(split[1], by_place)
        self.check(split[2], rest)

    def without(self, rule: Rule, box: Box) -> tuple[list[Box], list[Box], Box] | None:
        """What a rule's negated elements leave out of a box, by action and by place; and the rest, without these."""
        parts = self.missed(rule, box)
        if parts is None:
            return None
        rest = box._replace(barred_actions=box.barred_actions + (rule.actions if rule.negates_actions else ()))
        by_action = [box._replace(action=part) for part in parts[0]]
        by_place = [rest._replace(place=part) for part in parts[1]]
        if rule.negates_places:
            wide = tuple(widened(rulebook.pinned(own, box.true, self.letters)) for own, _ in rule.places)
            rest = rest._replace(barred_places=box.barred_places + wide)
        return by_action, by_place, rest

    def missed(self, rule: Rule, box: Box) -> tuple[list[Any], list[Any]] | None:
        """The parts of a box that a rule's negated elements leave out; nothing when it does not speak of the box."""
        is_spoken_to = rule.who == EVERYONE or any(speaks_of(rule.who, who) for who in box.who)
        if not is_spoken_to or rule.names(box.action) == rule.negates_actions:
            return None
        places = [rulebook.pinned(own, box.true, self.letters) for own, _ in rule.places]
        if any(place_in(own, box.place) for own in places) == rule.negates_places:
            return None
        if rule.negates_places and box.place == ANY and places:
            return None
        by_action = [own for own in rule.actions if rule.negates_actions and own not in box.barred_actions]
        by_place = [own for own in places if rule.negates_places and not {own, widened(own)} & {*box.barred_places}]
        actions = [p for own in by_action for p in rulebook.meet_actions(box.action, own)]
        parts = [p for own in by_place if box.place != NONE for p in rulebook.meet_places(box.place, widened(own))]
        return (
            [p for p in actions if not any(action_in(bar, p) for bar in box.barred_actions)],
            [p for p in parts if not any(place_in(bar, p) for bar in box.barred_places)],
        )


def speaks_of(rule: rulebook.Who, who: rulebook.Who) -> bool:
    return rule == who or (not rule[0] and not who[0] and who[1] <= rule[1])


def by_length(box: Box, counted: int) -> list[Box]:
    prefix, name = box.action
    if STAR in name:
        return [box._replace(action=(prefix, piece)) for piece in lengths(name, counted)]
    for at, segment in enumerate(box.place):
        if STAR in segment:
            parts = [(*box.place[:at], piece, *box.place[at + 1 :]) for piece in lengths(segment, counted)]
            return [box._replace(place=part) for part in parts]
    raise Flaw("there is no `*` to split")


# ---- the whole proof


def check_certificate(document: Any, new: Policy, old: Policy) -> int:
    """Check that a decoded certificate shows that a policy grants nothing beside another; the number of steps.

    Raises `Flaw`.
    """
    require(isinstance(document, dict) and document.get("schema") == SCHEMA, "the file is no certificate")
    require(new.kind is old.kind and document.get("kind") == new.kind.value, "it is about another kind of policy")
    try:
        letters = {(str(key), default): str(letter) for letter, key, default in document["letters"]}
        require(len(set(letters.values())) == len(letters), "two variables share a letter")
        for (_, default), letter in letters.items():
            is_one = len(letter) == 1 and widen(letter) == (STAR if default == "" else ONE + STAR)
            require(is_one, "a variable has no letter of its own")
        asked = rulebook.read_question(new, old, letters)
        return check_question(asked, letters, document["allows"], document["denies"])
    except (
        ArithmeticError,
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
        Inexpressible,
    ) as error:
        raise Flaw("the certificate is damaged, or about other policies") from error


def check_question(asked: rulebook.Question, letters: Letters, by_allow: Any, by_deny: Any) -> int:
    checker = Checker(asked.covers, letters, asked.single)
    narrow = Checker(asked.covers[: asked.kept_out], letters, asked.single)
    require(len(asked.opened) == len(by_allow), "an Allow is left out, or one too many is there")
    for rule, nodes in zip(asked.opened, by_allow, strict=True):
        checker.check_all([*rulebook.boxes(rule, asked.kind)], nodes)
    require(len(asked.lifted) == len(by_deny), "a Deny is left out, or one too many is there")
    for rule, shown in zip(asked.lifted, by_deny, strict=True):
        denied = [*rulebook.boxes(rule, asked.kind)]
        if "alone" in shown:
            narrow.check_all(denied, shown["alone"])
            continue
        parts = [both for allow in asked.allows for both in rulebook.meetings(denied, allow, asked.kind)]
        narrow.check_all(parts, shown["with allows"])
    return checker.steps + narrow.steps
