"""Requests drawn from a policy's own statements: what a statement says, and what is one step beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from policyeval.errors import RequestError
from policyeval.evaluation.action_sets import action_sets
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.syntax.operator import Qualifier

OWN = "111122223333"
CALLER = Principal(PrincipalType.USER, f"arn:aws:iam::{OWN}:user/alice", OWN, tags={"team": "core"})
CONTEXT: dict[str, ContextValue] = {
    "aws:SecureTransport": "true",
    "aws:RequestedRegion": "eu-west-1",
    "aws:ResourceAccount": OWN,
}
NOTED = 3
"""How many entries of an element are drawn from: the first, the last, and others at random."""
_VARIABLE = re.compile(r"\$\{([^},]+)(?:, *'([^']*)')?\}")
_FIELDS = ("aws", "s3", "eu-west-1", OWN)
"""What stands in an ARN for a field of any value."""
_KNOWN = {"aws:username": "alice", "aws:principaltag/team": "core", "*": "*", "?": "?", "$": "$"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks, before it is one."""

    action: str
    resource: str
    context: dict[str, ContextValue]

    def request(self) -> Request | None:
        """Nothing when the resource is no ARN any more."""
        try:
            return Request(CALLER, self.action, self.resource, self.context)
        except RequestError:
            return None


def draw_requests(policy: Policy, most: int) -> list[Request]:
    """At most so many requests of a policy, the same each time, spread over its statements."""
    drawn = Random(policy.name)
    found = [asked for statement in policy for asked in draw_of_statement(statement, drawn)]
    if len(found) > most:
        found = drawn.sample(found, most)
    return [request for asked in found if (request := asked.request()) is not None]


def draw_of_statement(statement: Statement, drawn: Random) -> Iterator[Asked]:
    """What matches a statement, as far as filling its patterns can tell, and each of it with one part changed."""
    context = {**CONTEXT, **context_of(statement.conditions)}
    for entry in _some(statement.actions or statement.not_actions or (), drawn):
        action = _action_of(entry.text, drawn)
        for held in _some(statement.resources or statement.not_resources or (), drawn):
            asked = Asked(action, fill(held.text), context)
            yield asked
            yield from _beside(asked, statement.conditions, drawn)


def _beside(asked: Asked, conditions: tuple[Condition, ...], drawn: Random) -> Iterator[Asked]:
    """A request with one part changed, each part in turn."""
    yield replace(asked, action=drawn.choice(action_sets().table.names))
    yield replace(asked, action=f"{asked.action}x")
    if asked.resource != "*":
        yield replace(asked, resource=f"{asked.resource}x")
        yield replace(asked, resource=asked.resource[:-1])
        yield replace(asked, resource="*")
    for condition in conditions:
        others = {key: value for key, value in asked.context.items() if key.lower() != condition.key.lower()}
        yield replace(asked, context=others)
        yield replace(asked, context={**others, condition.key: "other"})
        yield replace(asked, context={**others, condition.key: ["other", *_values(condition)]})


def context_of(conditions: tuple[Condition, ...]) -> dict[str, ContextValue]:
    """Values for which conditions hold, as far as one value at a time can tell."""
    found: dict[str, ContextValue] = {}
    for condition in conditions:
        values = _values(condition)
        absent = condition.operator.base == "Null" and values[:1] == ["true"]
        if not values or absent:
            continue
        many = condition.operator.qualifier in (Qualifier.FOR_ALL_VALUES, Qualifier.FOR_ANY_VALUE)
        one = "other" if condition.operator.is_negated else values[0]
        found[condition.key] = [one] if many else one
    return found


def _values(condition: Condition) -> list[str]:
    if condition.operator.family == "IpAddress":
        return [entry.text.partition("/")[0] for entry in condition.values]
    return [fill(entry.text) for entry in condition.values]


def fill(pattern: str) -> str:
    """A text that a pattern of a resource or of a condition's value matches, with the caller's own values.

    >>> fill("arn:*:s3:::home-?/${aws:username}/*"), fill("arn:aws:sqs:*:*:dev*")
    ('arn:aws:s3:::home-y/alice/x', 'arn:aws:sqs:eu-west-1:111122223333:devx')
    """
    if pattern == "*":
        return pattern
    text = _VARIABLE.sub(lambda found: _KNOWN.get(found[1].lower(), found[2] or "core"), pattern)
    parts = text.split(":", 5)
    if parts[0] == "arn" and len(parts) == 6:
        parts[1:5] = (one if part == "*" else part for part, one in zip(parts[1:5], _FIELDS, strict=True))
    return ":".join(parts).replace("*", "x").replace("?", "y")


def _action_of(pattern: str, drawn: Random) -> str:
    """An action of the catalog that a pattern matches; one made up where there is none."""
    sets = action_sets()
    names = list(sets.names(sets.of_patterns([pattern])))
    if names:
        return drawn.choice(names)
    service, _, name = pattern.partition(":")
    return f"{re.sub('[^A-Za-z0-9-]', '', service) or 's3'}:{re.sub('[^A-Za-z0-9]', 'x', name) or 'None'}"


def _some(entries: tuple[Entry, ...], drawn: Random) -> list[Entry]:
    if len(entries) <= NOTED:
        return list(entries)
    return [entries[0], entries[-1], *drawn.sample(entries[1:-1], NOTED - 2)]
