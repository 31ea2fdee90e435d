"""Glob tokens without regular expressions, for patterns that hold a caller's or a request's own values.

Compiling a regular expression takes 100 µs and more, which a pattern that differs for every caller never earns back.
`compile_tokens` of `syntax.wildcard` is the twin, and tests hold the two together.
"""

from __future__ import annotations

from policyeval.evaluation.keys import BoundPart, GivenContext, Slot
from policyeval.syntax.wildcard import Matcher, Token, Wildcard, compile_tokens, tokenize


def compile_glob(tokens: tuple[Token, ...]) -> Matcher:
    """A function that says whether a whole text fits the tokens, made in about 1 µs.

    Cost of a call: as that of `compile_tokens`. Between two `*` a literal text is taken at its leftmost place, which
    leaves the most text to the rest.
    """
    if Wildcard.ONE in tokens:
        return compile_tokens(tokens)
    if Wildcard.MANY not in tokens:
        text = literal_text(tokens)
        return text.__eq__
    runs = _runs(tokens)
    head, tail, between = runs[0], runs[-1], tuple(run for run in runs[1:-1] if run)
    shortest = len(head) + len(tail)
    if not between:
        if not tail:
            return (lambda text: text.startswith(head)) if head else (lambda text: True)
        return lambda text: text.startswith(head) and text.endswith(tail) and len(text) >= shortest

    def fits(text: str) -> bool:
        if not (text.startswith(head) and text.endswith(tail)):
            return False
        at, end = len(head), len(text) - len(tail)
        for run in between:
            found = text.find(run, at, end)
            if found < 0:
                return False
            at = found + len(run)
        return True

    return fits


def literal_text(tokens: tuple[Token, ...]) -> str:
    """The text of tokens without wildcards."""
    return "".join(token for token in tokens if isinstance(token, str))


def _runs(tokens: tuple[Token, ...]) -> list[str]:
    runs = [""]
    for token in tokens:
        if isinstance(token, str):
            runs[-1] += token
        else:
            runs.append("")
    return runs


def pattern_tokens(parts: tuple[BoundPart, ...], context: GivenContext) -> tuple[Token, ...] | None:
    """The glob tokens of bound text; nothing when a variable of the request has no value.

    >>> pattern_tokens(("home/", Slot("aws:userid", None), "/*"), {"aws:userid": "*"})
    ('home/*/', <Wildcard.MANY: '*'>)
    """
    tokens: list[Token] = []
    for part in parts:
        if isinstance(part, str):
            found = tokenize(part)
        else:
            value = part.fill(context) if isinstance(part, Slot) else part.text
            if value is None:
                return None
            found = (value,) if value else ()
        for token in found:
            if isinstance(token, str) and tokens and isinstance(tokens[-1], str):
                tokens[-1] += token
            elif token is not Wildcard.MANY or not tokens or tokens[-1] is not Wildcard.MANY:
                tokens.append(token)
    return tuple(tokens)


def plain_text(parts: tuple[BoundPart, ...], context: GivenContext) -> str | None:
    """The text of bound text in which wildcards are literal; nothing when a variable has no value."""
    text = ""
    for part in parts:
        value = part if isinstance(part, str) else part.fill(context) if isinstance(part, Slot) else part.text
        if value is None:
            return None
        text += value
    return text


def has_slots(parts: tuple[BoundPart, ...]) -> bool:
    return any(isinstance(part, Slot) for part in parts)
