"""Statements that could meet: match one and the same request, as far as the beginnings of their patterns tell.

All that `arn:aws:s3:::logs-*` matches begins with `arn:aws:s3:::logs-`. So two patterns match something in common only
if the literal beginning of one is a beginning of the other's. What a linter asks about every pair of statements is
left, with this, for the few that could meet.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice

from policyeval.policy.model import Statement
from policyeval.syntax.wildcard import literal_head

ANYTHING = ("",)
"""The beginning of what `NotAction`, `NotResource` and a statement without `Resource` leave."""


class Meetings:
    """Those of some statements that another could meet, found without looking at each."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._statements = statements
        self._actions = Beginnings(map(_action_beginnings, statements))
        self._resources = Beginnings(map(_resource_beginnings, statements))

    def of(self, statement: Statement) -> list[Statement]:
        """Every statement that matches a request which this one matches as well, and some more; in their order."""
        found = self._actions.meeting(_action_beginnings(statement))
        found &= self._resources.meeting(_resource_beginnings(statement)) if found else 0
        return [one for at, one in enumerate(self._statements) if found >> at & 1] if found else []


class Beginnings:
    """Members, each with some beginnings of texts; sets of members are bits in their order."""

    def __init__(self, members: Iterable[Iterable[str]]) -> None:
        bits: dict[str, int] = {}
        for at, beginnings in enumerate(members):
            for text in beginnings:
                bits[text] = bits.get(text, 0) | 1 << at
        self._bits = bits
        self._sorted = sorted(bits)
        self._lengths = sorted(set(map(len, bits)))
        self._known: dict[str, int] = {}

    def meeting(self, beginnings: Iterable[str]) -> int:
        """The members with a beginning that begins with one of these, or that one of these begins with."""
        found = 0
        for text in beginnings:
            known = self._known.get(text)
            if known is None:
                known = self._known[text] = self._meeting(text)
            found |= known
        return found

    def _meeting(self, text: str) -> int:
        found = 0
        for length in self._lengths:
            if length >= len(text):
                break
            found |= self._bits.get(text[:length], 0)
        for longer in islice(self._sorted, bisect_left(self._sorted, text), None):
            if not longer.startswith(text):
                break
            found |= self._bits[longer]
        return found


def _action_beginnings(statement: Statement) -> Iterable[str]:
    if statement.actions is None:
        return ANYTHING
    return {literal_head(entry.text.lower()) for entry in statement.actions}


def _resource_beginnings(statement: Statement) -> Iterable[str]:
    """A policy variable ends the literal part just as a wildcard does."""
    if statement.resources is None:
        return ANYTHING
    return {literal_head(entry.text).partition("${")[0] for entry in statement.resources}
