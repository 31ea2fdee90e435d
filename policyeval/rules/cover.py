"""Whether one pattern covers another: everything that the second matches, the first matches.

Sound, and complete but for patterns such as `?*` and `*?`, which are told apart.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Entry
from policyeval.rules.contract import Remark
from policyeval.syntax.arn import split_arn
from policyeval.syntax.variable import Part, parse_template
from policyeval.syntax.wildcard import compile_pattern, has_wildcard, literal_head

_WILD = re.compile(r"[*?]")


@lru_cache(maxsize=16384)
def covers(pattern: str, other: str) -> bool:
    """Whether a glob covers another, in a version with policy variables and in one without.

    A variable or an escape (`${*}`) is one letter of its own, which only itself and `*` cover: it may stand for
    anything.

    >>> covers("s3:Get*", "s3:Get?bject*"), covers("a?", "a*"), covers("b/${aws:username}*", "b/${aws:username}/x")
    (True, False, True)
    >>> covers("b/${*}", "b/${aws:username}"), covers("b/$*}", "b/${*}")
    (False, False)
    """
    if not compile_pattern(pattern)(other):  # necessary, and fast
        return False
    if "?" not in pattern and "${" not in pattern and "${" not in other:
        return True
    letters = _letters(other)
    ends = {0}
    for letter in _letters(pattern):
        if letter == "*":
            ends = set(range(min(ends), len(letters) + 1)) if ends else ends
        elif letter == "?":
            one = (end for end in ends if end < len(letters) and isinstance(letters[end], str) and letters[end] != "*")
            ends = {end + 1 for end in one}
        else:
            ends = {end + 1 for end in ends if end < len(letters) and letters[end] == letter}
    return len(letters) in ends


def _letters(text: str) -> list[Part]:
    return [letter for part in parse_template(text) for letter in (part if isinstance(part, str) else (part,))]


def resource_covers(pattern: str, other: str) -> bool:
    """Whether an entry of `Resource` covers another: segment by segment, since a wildcard in one of the first five does
    not cross a colon. Entries that are cut short cover nothing and are covered by `*` alone."""
    if pattern and not pattern.strip("*"):
        return True
    segments, others = split_arn(pattern), split_arn(other)
    if len(segments) != 6 or len(others) != 6:
        return pattern == other
    # The resource part first: it is where resources of a policy differ.
    return covers(segments[5], others[5]) and all(map(covers, segments[:5], others[:5]))


def covering(
    entries: tuple[Entry, ...], cover: Callable[[str, str], bool], same: Callable[[str], str] = str
) -> Iterator[tuple[Entry, Entry]]:
    """The entries of a list that another covers, each with the one that does; of equal ones all but the first.

    `same` gives the text that is compared. Cost: for each entry, the wildcard entries whose text before the first
    wildcard begins it, which those that cover it do; of many with one beginning, those whose rarest piece it has.
    """
    texts = [same(entry.text) for entry in entries]
    heads: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        if has_wildcard(text):
            heads.setdefault(literal_head(text), []).append(index)
    lengths = sorted({len(head) for head in heads})
    large = {head: _by_rarest_piece(texts, own) for head, own in heads.items() if len(own) > _FEW}
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        at = first.setdefault(text, index)
        if at != index:
            yield entries[index], entries[at]
            continue
        begun = (text[:length] for length in lengths if length <= len(text))
        found = [_candidates(text, large[head]) if head in large else heads.get(head, ()) for head in begun]
        for other in sorted(itertools.chain.from_iterable(found)):
            if texts[other] == text or not cover(texts[other], text):
                continue
            if other < index or not cover(text, texts[other]):
                yield entries[index], entries[other]
                break


def redundancy(entry: Entry, other: Entry, noun: str, same: Callable[[str], str] = str) -> Remark:
    """The remark on an entry that another covers: `noun` says what such a list has; `same` is as in `covering`."""
    repeated = same(entry.text) == same(other.text)
    return Remark(
        f"`{entry.text}` stands in the list twice" if repeated else f"`{other.text}` covers `{entry.text}`",
        Where(entry.pointer),
        label=f"repeats {noun}" if repeated else "redundant",
        related=(Label(Where(other.pointer), "already here" if repeated else "covers it"),),
        fix=Fix(f"remove `{entry.text}`", (Remove(entry.pointer),), safe=True),
    )


_FEW = 16
"""So many wildcard entries with one beginning are tried one by one."""
_PIECE = 3
"""The characters of a piece: short enough to be cut from most literal texts, long enough to tell them apart."""


def _pieces(text: str) -> set[str]:
    """The runs of up to `_PIECE` characters in a text."""
    return {text[at : at + length] for length in range(1, _PIECE + 1) for at in range(len(text) - length + 1)}


def _by_rarest_piece(texts: Sequence[str], wild: Sequence[int]) -> dict[str, list[int]]:
    """The wildcard entries by the piece of their literal text that fewest of them have; empty for `*` and `?`.

    A text that a pattern covers holds all that is literal in it.
    """
    own = {index: {piece for part in _WILD.split(texts[index]) for piece in _pieces(part)} for index in wild}
    counts = Counter(piece for pieces in own.values() for piece in pieces)
    found: dict[str, list[int]] = {}
    for index, pieces in own.items():
        rarest = min(pieces, key=lambda piece: (counts[piece], -len(piece), piece), default="")
        found.setdefault(rarest, []).append(index)
    return found


def _candidates(text: str, by_piece: Mapping[str, Sequence[int]]) -> list[int]:
    return [index for piece in ("", *_pieces(text)) for index in by_piece.get(piece, ())]
