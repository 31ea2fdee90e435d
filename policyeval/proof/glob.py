"""Globs as strings over an alphabet with private letters, so that a pattern is its own canonical instance.

`STAR` stands for any run of characters and `ONE` for one; every further private letter stands for the value of a
policy variable, which is the same text wherever the letter occurs. All other characters are themselves.

**The independence lemma.** Read a pattern `b` as a text, its letters being characters that occur in no other pattern.
If `c` matches that text and takes each private letter by a `STAR` (a `ONE` may also be taken by a `ONE`, a variable by
the same variable), then it matches every text of `b`: what absorbed the letter absorbs whatever stands for it. If
no pattern of a union does so, then the text with fresh letters in place of the private ones is in `b` and, lacking
`ONE`, in none of the union. So a glob is inside a union of globs only if it is inside one of them, and `contains` is
the only test needed. It may say no where lengths alone would say yes (`*` inside the union of "" and `?*`): callers
split the `STAR` by length then (`lengths`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from policyeval.syntax.wildcard import Wildcard, tokenize

Glob = str

STAR = "\ue000"
ONE = "\ue001"
LONG = "\ue002"
"""A `STAR` whose length was split already: a run of characters after the `ONE`s before it."""
_VARIABLES = range(0xE010, 0xF900)
_PERHAPS_EMPTY = range(0xF000, 0xF900)
"""The letters of variables whose value may be empty: those with an empty default."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_ALL_RUNS = re.compile("[\ue000\ue001\ue002]{2,}")
_NOT_PRIVATE = "[^\ue000\ue002-\uf8ff]"

_WILD = (STAR, ONE, LONG)
_LONGEST = 400
"""The longest two globs together that an intersection is spelled out for: one level of recursion a character."""
LIMIT = 64
"""The most globs that an intersection is spelled out into (proofs, "where it blows up")."""


class Inexpressible(Exception):  # not a user's error: the prover answers "unknown"
    """A policy goes beyond what can be reasoned about; the message says how."""


def variable_letter(number: int, *, may_be_empty: bool) -> str:
    """The letter of the `number`th variable of a problem; raises `Inexpressible` beyond some 2,000."""
    if number >= len(_PERHAPS_EMPTY):
        raise Inexpressible("the policies hold too many different variables")
    return chr((_PERHAPS_EMPTY if may_be_empty else _VARIABLES)[number])


def plain(text: str) -> Glob:
    """The glob of exactly one text; raises `Inexpressible` when it holds private letters of its own."""
    if not text.isascii() and _PRIVATE.search(text):
        raise Inexpressible("a policy holds characters of Unicode's private use area")
    return text


@lru_cache(maxsize=65536)
def glob(pattern: str) -> Glob:
    """The glob of a pattern with `*` and `?`."""
    plain(pattern)
    if "*" not in pattern and "?" not in pattern:
        return pattern
    return normalise(
        "".join(STAR if t is Wildcard.MANY else ONE if t is Wildcard.ONE else str(t) for t in tokenize(pattern))
    )


def normalise(pattern: Glob) -> Glob:
    """The same glob with each run of wildcards as `?…?*`: equal runs are then equal texts."""
    return _ALL_RUNS.sub(_sorted_run, pattern)


def _sorted_run(found: re.Match[str]) -> str:
    run = found.group()
    tail = STAR if STAR in run else LONG if LONG in run else ""
    return ONE * run.count(ONE) + tail


def is_text(pattern: Glob) -> bool:
    """Whether a glob has no private letter, so that it is one text."""
    return pattern.isascii() or _PRIVATE.search(pattern) is None


def has_variable(pattern: Glob) -> bool:
    return not pattern.isascii() and any(ord(c) in _VARIABLES for c in pattern)


def widen(pattern: Glob) -> Glob:
    """The glob with any text in place of every variable: all that it may become."""
    if not has_variable(pattern):
        return pattern
    return normalise("".join(_any_value(c) if ord(c) in _VARIABLES else c for c in pattern))


def _any_value(variable: str) -> Glob:
    return STAR if ord(variable) in _PERHAPS_EMPTY else ONE + STAR


Matcher = Callable[[Glob], bool]


@lru_cache(maxsize=65536)
def matcher(cover: Glob) -> Matcher:
    """A function that says whether the cover contains a glob; see the lemma above.

    Each run between two `STAR`s is taken at its leftmost place inside an atomic group, as `syntax.wildcard` does.
    """
    if cover == STAR:
        return lambda pattern: True
    at = cover.find(STAR)
    if at < 0 and ONE not in cover and LONG not in cover:
        return cover.__eq__
    if at == len(cover) - 1 and ONE not in cover and LONG not in cover:
        head = cover[:-1]
        return lambda pattern: pattern.startswith(head)
    runs = ["".join(_letter(c) for c in run) for run in re.split("[\ue000\ue002]", cover)]
    middle = "".join(f"(?>.*?{run})" for run in runs[1:-1] if run)
    last = f".*{runs[-1]}" if len(runs) > 1 else ""
    fullmatch = re.compile(f"{runs[0]}{middle}{last}", re.DOTALL).fullmatch
    return lambda pattern: fullmatch(pattern) is not None


def _letter(character: str) -> str:
    return _NOT_PRIVATE if character == ONE else re.escape(character)


def contains(cover: Glob, pattern: Glob) -> bool:
    """Whether every text of the pattern is one of the cover, shown letter by letter: yes is always right."""
    return cover in (STAR, pattern) or matcher(cover)(pattern)


def intersect(first: Glob, second: Glob) -> tuple[Glob, ...]:
    """Globs whose union holds every text that both have; exactly these where no variable meets a wildcard.

    An intersection that is too large to spell out is given up for `first` alone, which holds all of it too.
    """
    if contains(second, first):
        return (first,)
    if contains(first, second):
        return (second,)
    try:
        return spell_intersection(widen(first), widen(second))
    except Inexpressible:
        return (first,)


@lru_cache(maxsize=16384)
def spell_intersection(first: Glob, second: Glob) -> tuple[Glob, ...]:
    """Globs whose union is exactly what two globs without variables have in common; raises `Inexpressible`."""
    if contains(second, first):
        return (first,)
    if contains(first, second):
        return (second,)
    if is_text(first) or is_text(second):
        return ()
    if _heads_differ(first, second) or _heads_differ(first[::-1], second[::-1]):
        return ()
    shared = _common_head(first, second)
    if len(first) + len(second) - 2 * shared > _LONGEST:
        raise Inexpressible("an intersection of two patterns is too long to spell out")
    kept: list[Glob] = []
    for rest in sorted(_Intersection(first[shared:], second[shared:]).spell(0, 0)):
        pattern = normalise(first[:shared] + rest)
        if not any(contains(other, pattern) for other in kept):
            kept = [other for other in kept if not contains(pattern, other)] + [pattern]
    return tuple(kept)


def _common_head(first: Glob, second: Glob) -> int:
    """How many plain characters two globs begin with together."""
    for at, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other or one in _WILD:
            return at
    return min(len(first), len(second))


def _heads_differ(first: Glob, second: Glob) -> bool:
    """Whether two globs differ in a character before either has a wildcard."""
    for one, other in zip(first, second, strict=False):
        if one in _WILD or other in _WILD:
            return False
        if one != other:
            return True
    return False


class _Intersection:
    """The common texts of two globs, from a place in each on; every pair of places is worked out once."""

    def __init__(self, first: Glob, second: Glob) -> None:
        self.first = first.replace(LONG, STAR)
        self.second = second.replace(LONG, STAR)
        self.known: dict[tuple[int, int], frozenset[Glob]] = {}

    def spell(self, at: int, other: int) -> frozenset[Glob]:
        place = (at, other)
        found = self.known.get(place)
        if found is None:
            found = self.known[place] = frozenset(self.options(at, other))
            if len(found) > LIMIT:
                raise Inexpressible("an intersection of two patterns is too large to spell out")
        return found

    def options(self, at: int, other: int) -> Iterator[Glob]:
        first, second = self.first, self.second
        if at == len(first) or other == len(second):
            rest = first[at:] + second[other:]
            if not rest.strip(STAR):
                yield ""
            return
        one, two = first[at], second[other]
        if one == STAR and two == STAR:
            for rest in self.spell(at + 1, other) | self.spell(at, other + 1):
                yield rest if rest.startswith(STAR) else STAR + rest
        elif one == STAR:
            yield from self.spell(at + 1, other)
            for rest in self.spell(at, other + 1):
                yield two + rest
        elif two == STAR:
            yield from self.spell(at, other + 1)
            for rest in self.spell(at + 1, other):
                yield one + rest
        elif one == two or ONE in (one, two):
            letter = two if one == ONE else one
            for rest in self.spell(at + 1, other + 1):
                yield letter + rest


def lengths(pattern: Glob, most_ones: int) -> list[Glob]:
    """The glob split by the length of its first `STAR`: none, 1, … characters, and "more than `most_ones`".

    Against patterns with at most `most_ones` `ONE`s each, longer runs behave alike, so nothing more is to be split.
    """
    at = pattern.find(STAR)
    if at < 0:
        return [pattern]
    head, tail = pattern[:at], pattern[at + 1 :]
    pieces = [head + ONE * count + tail for count in range(most_ones + 1)]
    return [*pieces, head + ONE * (most_ones + 1) + LONG + tail]
