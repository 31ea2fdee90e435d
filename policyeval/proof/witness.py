"""From a point of the search to requests of flesh and blood.

A point is a box of requests that no cover seems to hold. Its wildcards are filled in, its keys given values, and a
caller is found whom all of it fits. What comes of it is tried with the evaluator; only what that confirms is shown.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from policyeval.errors import RequestError
from policyeval.evaluation.context import derive
from policyeval.evaluation.request import ContextValue, Principal, Request, Resource
from policyeval.policy.kind import PolicyKind
from policyeval.proof.cover import CALLER
from policyeval.proof.domain import ABSENT, Choice
from policyeval.proof.glob import LONG, ONE, STAR, Glob, has_variable, matcher
from policyeval.proof.search import Point, Problem
from policyeval.proof.side import owner
from policyeval.proof.specimen import fresh_letter
from policyeval.proof.term import BEFORE, ActionGlob, Atom, Term, action_contains, in_order
from policyeval.syntax.arn import is_account_id
from policyeval.syntax.variable import parse_template, resolve_pattern, resolve_text, variable_keys
from policyeval.syntax.wildcard import Wildcard

ACCOUNT = "111122223333"
_MOST_TRIES = 48
_MAKING, _REPLAY = 30, 100
"""What another request costs, in steps of search, and what one costs that was decided in vain: about as much time."""
_LINKED: tuple[Choice, ...] = ("other", ABSENT, ("other",), "")
"""What to try for a key that is to differ from a variable, or that one would not think needs a value."""


@dataclass(frozen=True)
class Setting:
    """What a question fixes: the kind of policy, or the caller and the resource's owner."""

    kind: PolicyKind
    principal: Principal | None = None
    spelling: Mapping[str, str] | None = None
    """Condition keys as the policies spell them, by lower case."""
    owner: str | None = None
    """The account that owns the resources, when the question fixes it."""
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    """Keys that every request has, whoever asks; an example shows those that the policies speak of."""
    terms: tuple[Term, ...] = ()
    """The statements that are to match: where they have variables, the resource says what these stand for."""


def requests(problem: Problem, point: Point, setting: Setting) -> Iterator[Request]:
    """Requests that the point stands for, the most telling first; at most a few dozen."""
    word = _fresh_word(point)
    values_tried = itertools.islice(_values(point), _MOST_TRIES)  # a product is drawn up before it is walked
    tries = itertools.product(
        _actions(problem, point, word), values_tried, _ways(point), _callers(problem, point, setting), (True, False)
    )
    most = _MOST_TRIES
    for number, (action, values, way, caller, is_pretty) in enumerate(itertools.islice(tries, 8 * _MOST_TRIES)):
        problem.budget.spend(_MAKING if number else 0)
        maker = _Maker(problem, point, setting, way, caller, word, is_pretty=is_pretty)
        try:
            request = maker.make(action, values)
        except RequestError:
            continue
        if problem.tried and repr(request) in problem.tried:
            continue
        yield request
        problem.tried.add(repr(request))
        problem.budget.spend(_REPLAY)
        most -= 1
        if not most:
            return


@dataclass(frozen=True)
class Way:
    """How conditions with variables are made to hold or not, where a request is free to do either."""

    other: Choice = _LINKED[0]
    """What a key holds that is to differ from what it is compared with."""
    is_true_first: bool = True
    """Whether conditions that are to hold choose the value of a key, or those that are not to."""
    pick: int = 0
    """Which of the values of a condition a key is to be equal to."""


def _ways(point: Point) -> list[Way]:
    linked = [one for one in point.domains if isinstance(one, Atom) and one.linked_keys]
    if not linked:
        return [Way()]
    picks = range(min(3, max(len(atom.values) for atom in linked)))
    return [Way(other, first, pick) for other, first, pick in itertools.product(_LINKED, (True, False), picks)]


def _callers(problem: Problem, point: Point, setting: Setting) -> list[Principal | None]:
    """Callers of the point, of the resource's partition when it is of one; `None` when any user will do."""
    if setting.principal is not None or not problem.callers:
        return [setting.principal]
    mask = point.values.get(CALLER, point.box.callers) & point.box.callers
    found: list[Principal | None] = [caller for at, caller in enumerate(problem.callers) if mask >> at & 1]
    partition = point.box.place[0] if len(point.box.place) == 5 else STAR
    fits = matcher(partition)
    return [caller for caller in found if not (caller and caller.arn) or fits(caller.arn.split(":")[1])][:4]


def _actions(problem: Problem, point: Point, word: str) -> list[str]:
    """An action that AWS has, where one fits, and one made up of fresh letters."""
    action = point.box.action
    made = _fill(action[0], word, word) + ":" + _fill(action[1], word, word)
    real = next(_real_actions(action, point), None)
    return [made] if real is None else [real, made]


def _real_actions(action: ActionGlob, point: Point) -> Iterator[str]:
    """Actions of the catalog in the box that no further pattern of a cover names."""
    from policyeval.catalog.catalog import catalog

    table = catalog().table
    prefix, name = action
    near = [
        pattern
        for term in point.covers
        for pattern in term.actions
        if prefix in (STAR, pattern[0]) or pattern[0] == STAR
    ]
    others = [pattern for pattern in near if not action_contains(pattern, action)]
    prefixes: Iterable[str] = table.service_ranges
    if prefix != STAR:
        prefixes = (prefix,) if prefix in table.service_ranges else ()
    else:
        prefixes = itertools.chain(("s3", "ec2", "iam"), prefixes)
    fits = matcher(name)
    tried = 0
    for service in prefixes:
        for at in table.service_ranges[service]:
            full = table.lower[at]
            own = full.partition(":")[2]
            if not fits(own):
                continue
            tried += 1
            if tried > 3000:
                return
            if not any(action_contains(other, (service, own)) for other in (*point.box.barred_actions, *others)):
                yield table.names[at]


def _values(point: Point) -> Iterator[dict[str, Choice]]:
    """Values for the keys of the point: the first that fits of each, then others."""
    options: list[list[tuple[str, Choice]]] = []
    keys = [(one, point.domains[one]) for one in sorted(one for one in point.domains if isinstance(one, str))]
    for dimension, domain in keys:
        mask = point.values.get(dimension, domain.everything)
        found = [value for at, value in enumerate(domain.values) if mask >> at & 1 and value is not None]
        if not found:
            return
        options.append([(dimension, value) for value in found[:4]])
    for choice in itertools.product(*options):
        yield dict(choice)


def _fresh_word(point: Point) -> str:
    """A word of a letter that no pattern in play has."""
    box = point.box
    texts = [*box.action, *box.place]
    texts += [part for bar in (*box.barred_actions, *box.barred_places) for part in bar]
    texts += [term.alphabet for term in point.covers]
    letter = fresh_letter(texts)
    return letter * (3 + max((text.count(ONE) for text in texts), default=0))


def _fill(pattern: Glob, word: str, every: str) -> str:
    """A text of a glob: `every` when it is nothing but a `*`."""
    if pattern == STAR:
        return every
    return "".join(word if c in (STAR, LONG) else word[0] if c == ONE else c for c in pattern)


class _Maker:
    """Makes one request of a point."""

    def __init__(
        self,
        problem: Problem,
        point: Point,
        setting: Setting,
        way: Way,
        caller: Principal | None,
        word: str,
        *,
        is_pretty: bool,
    ) -> None:
        self.problem = problem
        self.point = point
        self.setting = setting
        self.way = way
        self.caller = caller
        self.is_pretty = is_pretty
        self.word = word

    def make(self, action: str, values: dict[str, Choice]) -> Request:
        """Raises `RequestError` when the parts make no request."""
        values = dict(values)
        self.add_linked(values)
        tail = self.resource_part(values)
        self.add_read_off(tail, values)
        arn = self.arn(action, tail)
        principal = self.caller or self.user(values, arn)
        resource = Resource(arn, self.owner(values) or owner(self.setting.kind, principal))
        bare = Request(principal, action, resource)
        return Request(principal, action, resource, self.context(values, bare))

    # ---- the caller

    def user(self, values: Mapping[str, Choice], arn: str) -> Principal:
        """A user whose name is what the request asks for; a role's session when there must be no name."""
        partition, account = "aws", ACCOUNT
        if arn != "*":
            segments = arn.split(":", 5)
            partition = segments[1]
            account = segments[4] if is_account_id(segments[4]) else ACCOUNT
        name = values.get("aws:username", "alice")
        if not isinstance(name, str):
            return Principal.session(f"arn:{partition}:iam::{account}:role/app")
        if not name or "/" in name or not name.isprintable():
            name = "alice"
        return Principal.from_arn(f"arn:{partition}:iam::{account}:user/{name}")

    # ---- the resource

    def owner(self, values: Mapping[str, Choice]) -> str | None:
        """The account that owns the resource, where the question or a condition says which."""
        asked = values.get("aws:resourceaccount")
        if "aws:resourceaccount" not in self.problem.limits and isinstance(asked, str) and is_account_id(asked):
            return asked
        return self.setting.owner

    def resource_part(self, values: dict[str, Choice]) -> str:
        """The part of the ARN after the fifth colon, its variables given values."""
        place = self.point.box.place
        if len(place) != 5:
            return ""
        texts = []
        for character in place[-1]:
            variable = self.problem.letters.variables.get(character)
            texts.append(character if variable is None else self.variable_text(variable.key, variable.default, values))
        pattern = "".join(texts)
        return _fill(pattern, self.word, "example" if self.is_pretty else self.word) or self.word

    def variable_text(self, key: str, default: str | None, values: dict[str, Choice]) -> str:
        if key not in values:
            values[key] = "alice" if self.is_pretty else self.word
        held = values[key]
        if isinstance(held, str) and held:
            return held
        return default or ""

    def add_read_off(self, tail: str, values: dict[str, Choice]) -> None:
        """Values for variables of the statements that are to match, read off the resource."""
        for term in self.setting.terms:
            for spot in () if term.negates_places else term.spots:
                if len(spot.place) == 5 and has_variable(spot.place[-1]):
                    for letter, text in _read_off(spot.place[-1], tail):
                        key = self.problem.letters.variables[letter].key
                        if self.is_pretty or key not in values:
                            values[key] = text

    def arn(self, action: str, tail: str) -> str:
        place = self.point.box.place
        if len(place) != 5:
            return "*"
        caller = self.caller
        partition = caller.arn.split(":")[1] if caller and caller.arn else "aws" if self.is_pretty else self.word
        account = caller.account if caller and caller.account and self.is_pretty else ACCOUNT
        if self.setting.kind is PolicyKind.TRUST:
            return f"arn:{partition}:iam::{account}:role/example"
        own = (partition, action.partition(":")[0].lower(), "eu-west-1", account)
        head = [
            _fill(segment, self.word, every if self.is_pretty or at == 0 else self.word)
            for at, (segment, every) in enumerate(zip(place[:4], own, strict=True))
        ]
        if self.is_pretty and place[1:4] == (STAR,) * 3 and own[1] == "s3":
            head[2:] = ["", ""]
        return ":".join(["arn", *head, tail])

    # ---- the context

    def add_linked(self, values: dict[str, Choice]) -> None:
        """Values for conditions that compare a key with a variable: equal where the condition is to hold."""
        atoms = in_order(frozenset(one for one in self.point.domains if isinstance(one, Atom) and one.linked_keys))
        chosen: set[str] = set()
        for atom in sorted(atoms, key=lambda one: self.is_equal(one) != self.way.is_true_first):
            for key in atom.linked_keys:
                values.setdefault(key, "alice" if self.is_pretty else f"{self.word}{len(values)}")
            choice = self.equal_to(atom, values) if self.is_equal(atom) else self.way.other
            if choice is not None and atom.key not in chosen and self.is_possible(atom.key, choice):
                values[atom.key] = choice
                chosen.add(atom.key)

    def equal_to(self, atom: Atom, values: Mapping[str, Choice]) -> Choice:
        """What a key may hold to be equal to a value of a condition; nothing when a variable of it has no value."""
        text = sorted(atom.values)[self.way.pick % len(atom.values)] if atom.values else ""
        parts = parse_template(text)

        def lookup(key: str) -> str | None:
            held = values.get(key.lower())
            return held if isinstance(held, str) and held else None

        if "Like" in atom.operator or "Arn" in atom.operator:
            tokens = resolve_pattern(parts, lookup)
            if tokens is None:
                return None
            run = "" if self.is_pretty else self.word
            found = "".join(run if t is Wildcard.MANY else "x" if t is Wildcard.ONE else str(t) for t in tokens)
        else:
            whole = resolve_text(parts, lookup)
            if whole is None:
                return None
            found = whole
        return (found,) if atom.operator.startswith("For") else found

    def is_possible(self, key: str, choice: Choice) -> bool:
        """Whether the conditions on a key alone, as the point has them, let it hold that."""
        domain = self.point.domains.get(key)
        if domain is None:
            return True
        return bool(domain.like(key, choice) & self.point.values.get(key, domain.everything))

    def is_equal(self, atom: Atom) -> bool:
        """Whether a key is to be what an atom compares it with."""
        wanted = self.point.values.get(atom, 0b11)
        is_negated = "Not" in atom.operator
        return bool(wanted & 0b10 and not is_negated) or (wanted == 0b01 and is_negated)

    def context(self, values: Mapping[str, Choice], bare: Request) -> dict[str, ContextValue]:
        """The keys that do not follow from the caller anyway; one that would but must be absent is an empty list."""
        derived = {key.lower(): value for key, value in derive(bare).items()}
        spelling = self.setting.spelling or {}
        context = {
            name: given
            for name, given in self.setting.context.items()
            if name.lower() in spelling and values.get(name.lower()) is not ABSENT
        }
        for key, value in values.items():
            if key.startswith(BEFORE) or (key in self.problem.letters.known and key in self.problem.limits):
                continue
            name = spelling.get(key, key)
            if value is ABSENT:
                if key in derived:
                    context[name] = []
            elif isinstance(value, tuple):
                context[name] = list(value)
            elif isinstance(value, str) and derived.get(key) != value:
                context[name] = value
        return context


def _read_off(pattern: Glob, text: str) -> Iterator[tuple[str, str]]:
    """What the variables of a pattern are when it is to be a text; nothing when it cannot be."""
    letters = [c for c in pattern if has_variable(c)]
    wild = {STAR: ".*", LONG: ".*", ONE: "."}
    parts = ["(.+?)" if has_variable(c) else wild.get(c) or re.escape(c) for c in pattern]
    found = re.fullmatch("".join(parts), text, re.DOTALL)
    if found is not None:
        yield from zip(letters, found.groups(), strict=True)


def spelling_of(terms: Iterable[Term]) -> dict[str, str]:
    """Condition keys as the policies spell them, by lower case: in conditions, else in variables."""
    spelled: dict[str, str] = {}
    in_variables: dict[str, str] = {}
    for term in terms:
        statement = term.statement
        for condition in statement.conditions:
            spelled.setdefault(condition.key.lower(), condition.key)
        lists = (
            statement.resources,
            statement.not_resources,
            *(condition.values for condition in statement.conditions),
        )
        for entry in (entry for entries in lists for entry in entries or () if "${" in entry.text):
            for name in variable_keys(entry.text):
                in_variables.setdefault(name.lower(), name)
    spelled = {**in_variables, **spelled}
    return {"aws:username": "aws:username", **spelled}
