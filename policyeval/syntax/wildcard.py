"""Glob patterns: `*` is any run of characters, `?` exactly one; nothing else is special, a newline neither.

Source: IAM User Guide, reference_policies_elements_resource and reference_policies_elements_action.

A pattern is a tuple of tokens rather than a string, because the value of a policy variable is literal text: in
`home/${aws:username}/*` a user named `*` must not own everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum
from functools import lru_cache


class Wildcard(Enum):
    MANY = "*"
    ONE = "?"


Token = str | Wildcard
"""A wildcard, or a non-empty literal text."""

_WILDCARDS = re.compile(r"[*?]")
_PIECES = re.compile(r"([*?])")


def tokenize(pattern: str) -> tuple[Token, ...]:
    """Split a pattern into literal texts and wildcards; a run of `*` is one `*`.

    >>> tokenize("s3:Get**?")
    ('s3:Get', <Wildcard.MANY: '*'>, <Wildcard.ONE: '?'>)
    """
    if not has_wildcard(pattern):
        return (pattern,) if pattern else ()
    tokens: list[Token] = []
    for piece in _PIECES.split(pattern):
        if piece == "*":
            if not tokens or tokens[-1] is not Wildcard.MANY:
                tokens.append(Wildcard.MANY)
        elif piece == "?":
            tokens.append(Wildcard.ONE)
        elif piece:
            tokens.append(piece)
    return tuple(tokens)


def has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def literal_head(pattern: str) -> str:
    """The text before the first wildcard; the whole pattern when it has none.

    >>> literal_head("s3:Get*Acl")
    's3:Get'
    """
    found = _WILDCARDS.search(pattern)
    return pattern if found is None else pattern[: found.start()]


Matcher = Callable[[str], bool]


@lru_cache(maxsize=65536)
def compile_tokens(tokens: tuple[Token, ...]) -> Matcher:
    """A function that says whether a whole text fits the tokens.

    Cost: linear in the text for each literal run of the pattern, so at worst their product; never exponential. Each
    run after a `*` is taken at its leftmost place inside an atomic group, which no later failure can reopen. That is
    exact: a leftmost match leaves the most text to the rest of the pattern.
    """
    if not tokens:
        return lambda text: not text
    if tokens == (Wildcard.MANY,):
        return lambda text: True
    if len(tokens) == 1 and isinstance(tokens[0], str):
        return tokens[0].__eq__
    if len(tokens) == 2 and isinstance(tokens[0], str) and tokens[1] is Wildcard.MANY:
        head = tokens[0]
        return lambda text: text.startswith(head)
    runs = _runs(tokens)
    middle = "".join(f"(?>.*?{run})" for run in runs[1:-1])
    last = f".*{runs[-1]}" if len(runs) > 1 else ""
    fullmatch = re.compile(f"{runs[0]}{middle}{last}", re.DOTALL).fullmatch
    return lambda text: fullmatch(text) is not None


def _runs(tokens: Iterable[Token]) -> list[str]:
    """The regular expressions of the runs between `*`: literal text and `?` only."""
    runs = [""]
    for token in tokens:
        if token is Wildcard.MANY:
            runs.append("")
        else:
            runs[-1] += "." if isinstance(token, Wildcard) else re.escape(token)
    return [runs[0], *filter(None, runs[1:-1]), runs[-1]] if len(runs) > 1 else runs


@lru_cache(maxsize=65536)
def compile_pattern(pattern: str) -> Matcher:
    """A function that says whether a whole text fits the pattern."""
    return compile_tokens(tokenize(pattern))


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern, with regard to case.

    >>> matches("b1/*/x", "b1//x"), matches("a[b]?", "a[b]c"), matches("a?", "a")
    (True, True, False)
    """
    return compile_pattern(pattern)(text)


def matches_by_definition(tokens: Iterable[Token], text: str) -> bool:
    """The meaning of a pattern, spelled out: the obvious twin of `compile_tokens`, and its specification.

    Keeps the set of text offsets that the tokens read so far can end at.
    """
    ends = {0}
    for token in tokens:
        if token is Wildcard.MANY:
            ends = set(range(min(ends), len(text) + 1)) if ends else ends
        elif token is Wildcard.ONE:
            ends = {end + 1 for end in ends if end < len(text)}
        else:
            ends = {end + len(token) for end in ends if text.startswith(token, end)}
    return len(text) in ends
