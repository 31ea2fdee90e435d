"""The fewest patterns that match exactly some actions of the catalog: the inverse of expanding.

Candidates are patterns of up to three pieces of the wanted names: `Head*`, `*Tail`, `Head*Tail`, cut anywhere, and with
pieces in the middle that begin where a word begins, `*Middle*`, `Head*Middle*Tail`, `*One*Two*`; and what the caller
already has. Of these, all that match no other action. How many are needed is a set cover: what only one candidate can
cover is taken first, dominated candidates are dropped, and the rest is searched depth first with a bound on what is
still needed. Candidates and steps are bounded; a result says when one of the bounds was met. Of the patterns that would
do in a place the one that reads best is taken, and one cut between words reads better than one cut inside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from policyeval.evaluation.action_sets import ActionSets
from policyeval.syntax.wildcard import has_wildcard

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[_.-])|(?<=[A-Za-z])(?=[0-9])")
_SEARCH_STEPS = 10_000
_MOST_TRIED = 250_000
"""How many patterns of three pieces are tried in all: a second or two."""
_NEVER = 9
"""More cuts than a pattern has."""


class Shrunk(NamedTuple):
    """Patterns, in order; `fewest` says that no fewer of the candidates would do."""

    patterns: list[str]
    fewest: bool


class _Candidate(NamedTuple):
    pattern: str
    covered: int
    """Actions of the service, counted from its first."""
    inside: int
    """How many of its cuts are inside a word."""


def shrink(
    sets: ActionSets, wanted: int, given: Iterable[str] = (), *, whole_words: bool = False, quick: bool = False
) -> Shrunk:
    """Patterns that match the wanted set and nothing else that the catalog has.

    `given` are patterns that may be used as they are; `whole_words` allows no other that cuts a word, and `quick` none
    of three pieces.

    >>> from policyeval.evaluation.action_sets import action_sets
    >>> shrink(action_sets(), action_sets().of_patterns(["sqs:*Message", "sqs:ListQueues"])).patterns
    ['sqs:*Message', 'sqs:ListQueues']
    """
    if wanted == sets.everything:
        return Shrunk(["*"], True)
    own_patterns: dict[str, list[str]] = {}
    for pattern in given:
        prefix, _, name = pattern.partition(":")
        if has_wildcard(name):
            own_patterns.setdefault(prefix.lower(), []).append(name)
    patterns: list[str] = []
    fewest, left = True, 0 if quick else _MOST_TRIED
    for prefix, span in sets.table.service_ranges.items():
        everything = (1 << len(span)) - 1
        own = wanted >> span.start & everything
        if own == everything:
            patterns.append(f"{prefix}:*")
        elif own:
            names = [name.partition(":")[2] for name in sets.table.names[span.start : span.stop]]
            usable = [
                _Candidate(name, sets.of_patterns([f"{prefix}:{name}"]) >> span.start, 0)
                for name in own_patterns.get(prefix, ())
            ]
            service = _Service(names, own, usable, whole_words=whole_words, most_tried=left)
            found = service.shrink()
            left -= service.tried
            patterns += (f"{prefix}:{pattern}" for pattern in found.patterns)
            fewest &= found.fewest
    return Shrunk(patterns, fewest)


class _Service:
    """The names of one service and those of them that are wanted."""

    def __init__(
        self,
        names: Sequence[str],
        wanted: int,
        given: Iterable[_Candidate] = (),
        *,
        whole_words: bool = False,
        most_tried: int = _MOST_TRIED,
    ) -> None:
        self.names = names
        self.lower = [name.lower() for name in names]
        self.wanted = wanted
        self.whole_words = whole_words
        self.most_tried = most_tried
        self.tried = 0
        self.best: dict[int, _Candidate] = {}
        """Of the candidates that cover the same the one that reads best."""
        self.heads: dict[str, int] = {}
        self.tails: dict[str, int] = {}
        self.middles: dict[str, int] = {}
        self._find_pieces()
        for candidate in given:
            self._offer(candidate)

    def shrink(self) -> Shrunk:
        for at in _bits(self.wanted):
            self._offer(_Candidate(self.names[at], 1 << at, 0))
        self._offer_ends()
        self._offer_middles()
        cover, fewest = _cover(self.best.values(), self.wanted)
        if len(cover) > 1 and self.most_tried > 0:
            whole = self._offer_three_pieces()
            cover, fewest = _cover(self.best.values(), self.wanted)
            fewest &= whole
        elif len(cover) > 1:
            fewest = False
        plain = _plainest(cover, self.best.values())
        return Shrunk(sorted((candidate.pattern for candidate in plain), key=str.lower), fewest)

    def _offer(self, candidate: _Candidate) -> None:
        if not candidate.covered or candidate.covered & ~self.wanted or (self.whole_words and candidate.inside):
            return
        known = self.best.get(candidate.covered)
        if known is None or _reading(candidate) < _reading(known):
            self.best[candidate.covered] = candidate

    def _find_pieces(self) -> None:
        """Which names begin with a text, end with it, and hold it somewhere: of all texts that a pattern may need."""
        for at, name in enumerate(self.lower):
            for place in range(len(name) + 1):
                self.heads[name[:place]] = self.heads.get(name[:place], 0) | 1 << at
                self.tails[name[place:]] = self.tails.get(name[place:], 0) | 1 << at
        for at in _bits(self.wanted):
            name = self.lower[at]
            for start in _places(self.names[at])[:-1]:
                for end in range(start + 1, len(name) + 1):
                    self.middles.setdefault(name[start:end], 0)
        for at, name in enumerate(self.lower):
            for piece in {name[start:end] for start in range(len(name)) for end in range(start + 1, len(name) + 1)}:
                if piece in self.middles:
                    self.middles[piece] |= 1 << at

    def _ends_of_heads(self, at: int) -> list[int]:
        """Where a head of a name may end: between words, and the longest of those that the same names have."""
        name, heads = self.lower[at], self.heads
        words = set(_places(self.names[at]))
        last = len(name)
        return [
            end for end in range(last + 1) if end in words or end == last or heads[name[:end]] != heads[name[: end + 1]]
        ]

    def _starts_of_tails(self, at: int) -> list[int]:
        name, tails = self.lower[at], self.tails
        words = set(_places(self.names[at]))
        return [
            start
            for start in range(len(name) + 1)
            if start in words or start == 0 or tails[name[start:]] != tails[name[start - 1 :]]
        ]

    def _middles_of(self, at: int) -> list[tuple[int, int]]:
        """The pieces of a name that begin with a word and end between words, or as late as the same names have them."""
        name = self.lower[at]
        places = _places(self.names[at])
        words, last = set(places), len(name)
        return [
            (start, end)
            for start in places[:-1]
            for end in range(start + 1, last + 1)
            if end in words or self.middles[name[start:end]] != self.middles[name[start : end + 1]]
        ]

    def _offer_ends(self) -> None:
        """`Head*Tail`, either of which may be empty."""
        seen: dict[tuple[str, str], int] = {}
        for at in _bits(self.wanted):
            name, spelled = self.lower[at], self.names[at]
            words = set(_places(spelled))
            ends, starts = self._ends_of_heads(at), self._starts_of_tails(at)
            cuts = {(end, start) for end in ends for start in starts if end <= start}
            # The longest pieces would share letters of a short name: there they meet.
            cuts |= {(place, place) for place in range(len(name) + 1)}
            for end, start in sorted(cuts):
                key = (name[:end], name[start:])
                inside = (end not in words) + (start not in words)
                if seen.get(key, _NEVER) <= inside:
                    continue
                seen[key] = inside
                covered = self._really(self.heads[key[0]] & self.tails[key[1]], *key)
                self._offer(_Candidate(f"{spelled[:end]}*{spelled[start:]}", covered, inside))

    def _offer_middles(self) -> None:
        """`*Middle*`."""
        for at in _bits(self.wanted):
            name, spelled = self.lower[at], self.names[at]
            words = set(_places(spelled))
            for start, end in self._middles_of(at):
                covered = self.middles[name[start:end]]
                self._offer(_Candidate(f"*{spelled[start:end]}*", covered, end not in words))

    def _offer_three_pieces(self) -> bool:
        """`Head*Middle*Tail` and `*One*Two*`; whether all of them were tried."""
        tried = 0
        seen: dict[tuple[str, str, str], int] = {}
        for at in _bits(self.wanted):
            name, spelled = self.lower[at], self.names[at]
            words = set(_places(spelled))
            heads = self._ends_of_heads(at)
            tails = self._starts_of_tails(at)
            middles = self._middles_of(at)
            for start, end in middles:
                held = self.middles[name[start:end]]
                for first in {*(first for first in heads if first <= start), start}:
                    begun = self.heads[name[:first]] & held
                    for last in {*(last for last in tails if last >= end), end}:
                        key = (name[:first], name[start:end], name[last:])
                        tried += 1
                        covered = begun & self.tails[key[2]]
                        if not covered & (covered - 1) or self._any_really(covered & ~self.wanted, *key):
                            continue
                        inside = (first not in words) + (end not in words) + (last not in words)
                        if seen.get(key, _NEVER) <= inside:
                            continue
                        seen[key] = inside
                        pattern = f"{spelled[:first]}*{spelled[start:end]}*{spelled[last:]}"
                        self._offer(_Candidate(pattern, self._really(covered, *key), inside))
                for again, until in middles:
                    if again < end:
                        continue
                    tried += 1
                    covered = held & self.middles[name[again:until]]
                    if covered & (covered - 1) and not (self.whole_words and not {end, until} <= words):
                        covered = self._really_in_turn(covered, name[start:end], name[again:until])
                        inside = (end not in words) + (until not in words)
                        self._offer(_Candidate(f"*{spelled[start:end]}*{spelled[again:until]}*", covered, inside))
            self.tried = tried
            if tried > self.most_tried:
                return False
        return True

    def _really(self, supposed: int, head: str, *others: str) -> int:
        """Of the names that have all pieces those that have them one after the other."""
        *middle, tail = others
        shortest = len(head) + len(tail) + sum(map(len, middle))
        for at in _bits(supposed):
            name = self.lower[at]
            fits = len(name) >= shortest and (not middle or name.find(middle[0], len(head), len(name) - len(tail)) >= 0)
            if not fits:
                supposed ^= 1 << at
        return supposed

    def _any_really(self, supposed: int, head: str, middle: str, tail: str) -> bool:
        """Whether some of the names has all three, one after the other: pieces may share letters of a short name."""
        return any(self._really(1 << at, head, middle, tail) for at in _bits(supposed))

    def _really_in_turn(self, supposed: int, one: str, two: str) -> int:
        for at in _bits(supposed):
            name = self.lower[at]
            if name.find(two, name.find(one) + len(one)) < 0:
                supposed ^= 1 << at
        return supposed


def _places(name: str) -> list[int]:
    """Where a pattern may be cut: both ends of a name, and where words begin."""
    return [0, *(found.start() for found in _WORDS.finditer(name)), len(name)]


def _bits(covered: int) -> Iterator[int]:
    while covered:
        least = covered & -covered
        yield least.bit_length() - 1
        covered ^= least


def _reading(candidate: _Candidate) -> tuple[int, int, bool, int, str]:
    """Fewer cuts inside words before more, fewer wildcards, one at the end before others, more text before less."""
    pattern = candidate.pattern
    return candidate.inside, pattern.count("*"), not pattern.endswith("*"), -len(pattern), pattern


# ---- the cover


def _cover(candidates: Iterable[_Candidate], wanted: int) -> tuple[list[_Candidate], bool]:
    """Candidates that together cover what is wanted, and whether fewer are known not to."""
    kept = _undominated(candidates)
    chosen, left = _take_essential(kept, wanted)
    if not left:
        return chosen, True
    useful = _undominated(candidate._replace(covered=candidate.covered & left) for candidate in kept)
    found, fewest = _search(useful, left, _greedy(useful, left))
    return [*chosen, *found], fewest


def _undominated(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """The candidates of which no other covers all and more; of equals the one that reads best."""
    best: dict[int, _Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.covered)
        if candidate.covered and (known is None or _reading(candidate) < _reading(known)):
            best[candidate.covered] = candidate
    kept: list[_Candidate] = []
    by_least: dict[int, list[int]] = {}
    for candidate in sorted(best.values(), key=lambda c: -c.covered.bit_count()):
        covered = candidate.covered
        if any(not covered & ~other for other in by_least.get(covered & -covered, ())):
            continue
        kept.append(candidate)
        for at in _bits(covered):
            by_least.setdefault(1 << at, []).append(covered)
    return kept


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


def _plainest(chosen: list[_Candidate], every: Iterable[_Candidate]) -> list[_Candidate]:
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


def _search(candidates: list[_Candidate], wanted: int, bound: list[_Candidate]) -> tuple[list[_Candidate], bool]:
    """A smaller cover than `bound` if there is one, depth first on the rarest action; and whether all was searched."""
    covering = {bit: [c for c in candidates if c.covered & bit] for bit in (1 << at for at in _bits(wanted))}
    reach = dict.fromkeys(covering, 0)
    for bit, several in covering.items():
        for candidate in several:
            reach[bit] |= candidate.covered
    rarest_first = sorted(covering, key=lambda bit: len(covering[bit]))

    def needed(left: int) -> int:
        """At least so many: actions of which no candidate covers two."""
        count = 0
        for bit in rarest_first:
            if left & bit:
                count += 1
                left &= ~reach[bit]
        return count

    best = bound
    steps = 0
    stack: list[tuple[int, list[_Candidate]]] = [(wanted, [])]
    while stack:
        if steps >= _SEARCH_STEPS:
            return best, False
        steps += 1
        left, chosen = stack.pop()
        if not left:
            best = chosen if len(chosen) < len(best) else best
            continue
        if len(chosen) + needed(left) >= len(best):
            continue
        rarest = next(bit for bit in rarest_first if left & bit)
        following = sorted(covering[rarest], key=lambda candidate: (candidate.covered & left).bit_count())
        stack += ((left & ~candidate.covered, [*chosen, candidate]) for candidate in following)
    return best, True
