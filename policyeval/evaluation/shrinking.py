"""The fewest patterns that match exactly some actions of the catalog: the inverse of expanding.

Candidates are `Head*`, `*Tail`, `Head*Tail`, and `*Middle*` of whole words, that match no action but the wanted ones;
how many of them are needed is a set cover. What only one candidate can cover is taken first, and dominated candidates
are dropped, which settles nearly every real list. The rest is searched within a limit of steps, and beyond it the
greedy cover stands. Of the patterns that would do in a place the one that reads best is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policyeval.evaluation.action_sets import ActionSets

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[_.-])|(?<=[A-Za-z])(?=[0-9])")
_SEARCH_STEPS = 20_000


class _Candidate(NamedTuple):
    pattern: str
    covered: int
    """Actions of the service, counted from its first."""


def shrink(sets: ActionSets, wanted: int) -> list[str]:
    """Patterns that match the wanted set and nothing else that the catalog has, in order.

    >>> from policyeval.evaluation.action_sets import action_sets
    >>> shrink(action_sets(), action_sets().of_patterns(["sqs:*Message", "sqs:ListQueues"]))
    ['sqs:*Message', 'sqs:ListQueues']
    """
    if wanted == sets.everything:
        return ["*"]
    patterns: list[str] = []
    for prefix, span in sets.table.service_ranges.items():
        everything = (1 << len(span)) - 1
        own = wanted >> span.start & everything
        if own == everything:
            patterns.append(f"{prefix}:*")
        elif own:
            names = [name.partition(":")[2] for name in sets.table.names[span.start : span.stop]]
            patterns += (f"{prefix}:{pattern}" for pattern in _shrink_service(names, own))
    return patterns


def _shrink_service(names: Sequence[str], wanted: int) -> list[str]:
    every = list(_candidates(names, wanted))
    candidates = _undominated(every)
    chosen, left = _take_essential(candidates, wanted)
    if left:
        useful = _undominated([_Candidate(c.pattern, c.covered & left) for c in candidates if c.covered & left])
        chosen += _search(useful, left, _greedy(useful, left))
    return sorted((candidate.pattern for candidate in _plainest(chosen, every)), key=str.lower)


def _candidates(names: Sequence[str], wanted: int) -> Iterator[_Candidate]:
    """Every wanted name itself, and every pattern that matches nothing unwanted and more than one name."""
    lower = [name.lower() for name in names]
    for index in _bits(wanted):
        yield _Candidate(names[index], 1 << index)
    yield from _candidates_with_ends(names, lower, wanted)
    yield from _candidates_with_middle(names, lower, wanted)


def _candidates_with_ends(names: Sequence[str], lower: Sequence[str], wanted: int) -> Iterator[_Candidate]:
    """`Head*Tail`, either of which may be empty; of the heads and tails that the same names have, the longest."""
    heads: dict[str, int] = {}
    tails: dict[str, int] = {}
    for index, name in enumerate(lower):
        for place in range(len(name) + 1):
            heads[name[:place]] = heads.get(name[:place], 0) | 1 << index
            tails[name[place:]] = tails.get(name[place:], 0) | 1 << index
    seen: set[tuple[str, str]] = set()
    for index in _bits(wanted):
        name = lower[index]
        places = range(len(name) + 1)
        ends_of_heads = [at for at in places if at == len(name) or heads[name[:at]] != heads[name[: at + 1]]]
        starts_of_tails = [at for at in places if at == 0 or tails[name[at:]] != tails[name[at - 1 :]]]
        for start, end in ((start, end) for start in ends_of_heads for end in starts_of_tails if start <= end):
            key = (name[:start], name[end:])
            if key in seen:
                continue
            seen.add(key)
            covered = heads[key[0]] & tails[key[1]]
            for at in _bits(covered):
                if len(names[at]) < len(key[0]) + len(key[1]):
                    covered ^= 1 << at
            if covered & ~wanted == 0 and covered.bit_count() > 1:
                yield _Candidate(f"{names[index][:start]}*{names[index][end:]}", covered)


def _candidates_with_middle(names: Sequence[str], lower: Sequence[str], wanted: int) -> Iterator[_Candidate]:
    """`*Middle*`, of one or more words."""
    unwanted = "\n".join(name for index, name in enumerate(lower) if not wanted >> index & 1)
    seen: set[str] = set()
    for index in _bits(wanted):
        places = _places(names[index])
        for start, end in ((start, end) for start in places for end in places if start < end):
            middle = lower[index][start:end]
            if middle in seen:
                continue
            seen.add(middle)
            if middle in unwanted:
                continue
            covered = sum(1 << at for at in _bits(wanted) if middle in lower[at])
            if covered.bit_count() > 1:
                yield _Candidate(f"*{names[index][start:end]}*", covered)


def _places(name: str) -> list[int]:
    """Where a pattern may be cut: both ends of a name, and where words begin."""
    return [0, *(found.start() for found in _WORDS.finditer(name)), len(name)]


def _bits(covered: int) -> Iterator[int]:
    while covered:
        least = covered & -covered
        yield least.bit_length() - 1
        covered ^= least


def _undominated(candidates: list[_Candidate]) -> list[_Candidate]:
    """The candidates of which no other covers all and more; of equals the one that reads best."""
    best: dict[int, _Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.covered)
        if known is None or _reading(candidate) < _reading(known):
            best[candidate.covered] = candidate
    kept: list[_Candidate] = []
    for candidate in sorted(best.values(), key=lambda c: -c.covered.bit_count()):
        if not any(candidate.covered & ~other.covered == 0 for other in kept):
            kept.append(candidate)
    return kept


def _reading(candidate: _Candidate) -> tuple[int, bool, int, str]:
    """Fewer wildcards before more, one at the end before others, more text before less."""
    pattern = candidate.pattern
    return pattern.count("*"), not pattern.endswith("*"), -len(pattern), pattern


def _take_essential(candidates: list[_Candidate], wanted: int) -> tuple[list[_Candidate], int]:
    """The candidates that cover an action which no other covers, and what they leave."""
    once = twice = 0
    for candidate in candidates:
        twice |= once & candidate.covered
        once |= candidate.covered
    chosen = [candidate for candidate in candidates if candidate.covered & ~twice]
    for candidate in chosen:
        wanted &= ~candidate.covered
    return chosen, wanted


def _greedy(candidates: list[_Candidate], wanted: int) -> list[_Candidate]:
    chosen: list[_Candidate] = []
    while wanted:
        best = max(candidates, key=lambda candidate: (candidate.covered & wanted).bit_count())
        chosen.append(best)
        wanted &= ~best.covered
    return chosen


def _plainest(chosen: list[_Candidate], every: list[_Candidate]) -> list[_Candidate]:
    """The same cover with each pattern replaced by the plainest that covers what no other of them does."""
    ordered = sorted(every, key=_reading)
    plain: list[_Candidate] = []
    for index, candidate in enumerate(chosen):
        needed = candidate.covered
        for other in (*plain, *chosen[index + 1 :]):
            needed &= ~other.covered
        if needed:
            plain.append(next(candidate for candidate in ordered if not needed & ~candidate.covered))
    return plain


def _search(candidates: list[_Candidate], wanted: int, bound: list[_Candidate]) -> list[_Candidate]:
    """A smaller cover than `bound` if there is one and it is found in time: depth first, on the rarest action."""
    best = bound
    steps = 0
    largest = max(candidate.covered.bit_count() for candidate in candidates)
    stack: list[tuple[int, list[_Candidate]]] = [(wanted, [])]
    while stack and steps < _SEARCH_STEPS:
        steps += 1
        left, chosen = stack.pop()
        if not left:
            best = chosen if len(chosen) < len(best) else best
            continue
        if len(chosen) + -(-left.bit_count() // largest) >= len(best):
            continue
        rarest = min((1 << at for at in _bits(left)), key=lambda bit: sum(1 for c in candidates if c.covered & bit))
        covering = [candidate for candidate in candidates if candidate.covered & rarest]
        covering.sort(key=lambda candidate: (candidate.covered & left).bit_count())
        stack += ((left & ~candidate.covered, [*chosen, candidate]) for candidate in covering)
    return best
