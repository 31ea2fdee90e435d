"""The index: from an action to the statements that speak of it, and from an ARN to the patterns that may fit it.

Exact texts are found in a dictionary and patterns by the literal text that they begin with, so the cost of a request
does not grow with the entries that do not apply to it. Either may offer too much and is then narrowed by the matcher
itself; neither may ever drop what matches.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from policyeval.policy.model import Entry, Statement
from policyeval.syntax.action import compile_action, is_well_formed
from policyeval.syntax.wildcard import Matcher, has_wildcard, literal_head

T = TypeVar("T")


class HeadIndex(Generic[T]):
    """Values by literal text. `find` yields those whose text a longer text begins with, the longest first.

    The texts are sorted, and each knows the longest other one that it begins with. The texts that begin a given one
    are then the greatest that is not above it, or the first on its chain that fits, and all that follow on the chain.
    Cost: one bisection, and a comparison for each step of a chain (as many as heads nest in each other).
    """

    __slots__ = ("_heads", "_parents", "_values")

    def __init__(self, pairs: Iterable[tuple[str, T]]) -> None:
        values: dict[str, list[T]] = {}
        for head, value in pairs:
            values.setdefault(head, []).append(value)
        self._heads = sorted(values)
        self._values = [tuple(values[head]) for head in self._heads]
        self._parents: list[int] = []
        chain: list[int] = []
        for index, head in enumerate(self._heads):
            while chain and not head.startswith(self._heads[chain[-1]]):
                chain.pop()
            self._parents.append(chain[-1] if chain else -1)
            chain.append(index)

    def __bool__(self) -> bool:
        return bool(self._heads)

    def find(self, text: str) -> Iterator[T]:
        heads, parents = self._heads, self._parents
        at = bisect_right(heads, text) - 1
        while at >= 0 and not text.startswith(heads[at]):
            at = parents[at]
        while at >= 0:
            yield from self._values[at]
            at = parents[at]


class ActionEntries:
    """The entries of an `Action` or `NotAction`, as one question: does any of them match?"""

    __slots__ = ("_everything", "_exact", "_patterns")

    def __init__(self, entries: Iterable[Entry]) -> None:
        exact, patterns, self._everything = _sort_entries(entry.text for entry in entries)
        self._exact = frozenset(exact)
        self._patterns: HeadIndex[Matcher] = HeadIndex((literal_head(text), compile_action(text)) for text in patterns)

    def match(self, action: str) -> bool:
        """Whether an entry matches a lower-cased action."""
        return self._everything or action in self._exact or any(fits(action) for fits in self._patterns.find(action))


class ActionIndex:
    """Which statements of a policy speak of an action, by their positions in the policy.

    What a dictionary and literal heads cannot represent (`NotAction`) is asked each for itself.
    """

    __slots__ = ("_everywhere", "_exact", "_negated", "_patterns")

    def __init__(self, statements: Iterable[Statement]) -> None:
        self._exact: dict[str, list[int]] = {}
        self._everywhere: list[int] = []
        self._negated: list[tuple[int, ActionEntries]] = []
        pairs: list[tuple[str, tuple[int, Matcher]]] = []
        for position, statement in enumerate(statements):
            if statement.actions is None:
                if statement.not_actions is not None:
                    self._negated.append((position, ActionEntries(statement.not_actions)))
                continue
            exact, patterns, everything = _sort_entries(entry.text for entry in statement.actions)
            if everything:
                self._everywhere.append(position)
                continue
            for text in exact:
                self._exact.setdefault(text, []).append(position)
            pairs += ((literal_head(text), (position, compile_action(text))) for text in patterns)
        self._patterns = HeadIndex(pairs)

    def find(self, action: str) -> tuple[int, ...]:
        """The positions, in order, of the statements that match a lower-cased action."""
        found = {*self._everywhere, *self._exact.get(action, ())}
        found.update(position for position, fits in self._patterns.find(action) if fits(action))
        found.update(position for position, entries in self._negated if not entries.match(action))
        return tuple(sorted(found))


def _sort_entries(texts: Iterable[str]) -> tuple[set[str], set[str], bool]:
    """Lower-cased entries without and with wildcards, and whether one is everything.

    Entries that AWS stores but that never match are left out (semantics section 2, rule 6).
    """
    exact: set[str] = set()
    patterns: set[str] = set()
    everything = False
    for text in texts:
        if not is_well_formed(text):
            continue
        if not text.strip("*") or text == "*:*":
            everything = True
        elif has_wildcard(text):
            patterns.add(text.lower())
        else:
            exact.add(text.lower())
    return exact, patterns, everything
