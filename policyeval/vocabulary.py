"""Words of a closed vocabulary in messages: the nearest to one that is not in it, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def nearest(word: str, words: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The word most like `word`, ignoring case, or nothing: for "did you mean".

    >>> nearest("alise", ["alice", "bob"])
    'alice'
    """
    import difflib  # 2 ms that a run without such a mistake need not pay

    by_lower = {candidate.lower(): candidate for candidate in words}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str]) -> str | None:
    """A help text with the nearest good name, or nothing.

    >>> did_you_mean("alise", ["alice", "bob"])
    'did you mean `alice`?'
    """
    best = nearest(word, words)
    return f"did you mean `{best}`?" if best is not None else None


def did_you_mean_one_of(word: str, words: Sequence[str]) -> str:
    """A help text with the nearest good word, or with all, which are few.

    >>> did_you_mean_one_of("alway", ["always", "never"]), did_you_mean_one_of("on", ["always", "never"])
    ('did you mean `always`?', 'use `always` or `never`')
    """
    *others, last = (f"`{each}`" for each in words)
    every = f"{', '.join(others)} or {last}" if others else last
    return did_you_mean(word, words) or f"use {every}"
