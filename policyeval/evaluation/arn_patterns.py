"""Entries of `Resource` and of ARN conditions, compiled: the twin of `StatementMatcher.fits` (semantics 3.1 and 5.2).

An ARN is matched as one text. Its first five segments hold no colon, so a wildcard there is `[^:]`, and where they
hold none the whole pattern is a glob that begins with literal text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from policyeval.evaluation.comparison import split_tokens
from policyeval.evaluation.globs import compile_glob, has_slots, literal_text, pattern_tokens
from policyeval.evaluation.keys import BoundPart, GivenContext, KeySources, Slot
from policyeval.policy.kind import NEVER_PADDED, PolicyKind
from policyeval.syntax.arn import split_arn
from policyeval.syntax.variable import Part, parse_template
from policyeval.syntax.wildcard import Matcher, Token, Wildcard, has_wildcard, tokenize

Test = Callable[[str, GivenContext], bool]
"""Whether a clause holds for the ARN of a resource and the context that the request gives."""


class BoundPattern(NamedTuple):
    """An entry for one caller. Every ARN that fits begins with `head`.

    Without a `test` an ARN fits that *is* the head when `exact`, and that begins with it otherwise.
    """

    head: str
    exact: bool = False
    test: Test | None = None

    @property
    def is_head(self) -> bool:
        """Whether every ARN fits that begins with the head."""
        return self.test is None and not self.exact


class ArnPattern:
    """An entry with six segments; variables live only in the sixth."""

    __slots__ = ("_bound", "_head", "_parts", "_segments")

    def __init__(self, segments: list[str], parts: tuple[Part, ...], *, has_variables: bool) -> None:
        fixed = ":".join(segments) + ":"
        self._parts = parts
        self._head = fixed
        self._segments: re.Pattern[str] | None = None
        if has_wildcard(fixed):
            self._segments = _segments_expression(segments)
            self._head = re.split(r"[*?]", fixed, maxsplit=1)[0]
        # What no variable changes is the same for every caller.
        self._bound = self._compile(_unbound(parts)) if not has_variables else None

    def bind(self, keys: KeySources) -> BoundPattern | None:
        """The entry for one caller; nothing when a variable cannot be resolved, so that it fits no resource."""
        if self._bound is not None:
            return self._bound
        parts = keys.bind(self._parts)
        return None if parts is None else self._compile(parts)

    def slots(self, keys: KeySources) -> list[Slot]:
        """The variables that wait for the request."""
        return [part for part in keys.bind(self._parts) or () if isinstance(part, Slot)] if self._bound is None else []

    def _compile(self, parts: tuple[BoundPart, ...]) -> BoundPattern:
        if has_slots(parts):
            return self._compile_slots(parts)
        tokens = pattern_tokens(parts, {}) or ()
        if self._segments is not None:
            return BoundPattern(self._head, test=_after_segments(self._segments, compile_glob(tokens)))
        if Wildcard.MANY not in tokens and Wildcard.ONE not in tokens:
            return BoundPattern(self._head + literal_text(tokens), exact=True)
        lead = tokens[0] if isinstance(tokens[0], str) else ""
        head = self._head + lead
        if tokens[-1] is Wildcard.MANY and len(tokens) == (2 if lead else 1):
            return BoundPattern(head)
        whole = (head, *(tokens[1:] if lead else tokens))
        return BoundPattern(head, test=_plain(compile_glob(whole)))

    def _compile_slots(self, parts: tuple[BoundPart, ...]) -> BoundPattern:
        """An entry that waits for values of the request."""
        lead = parts[0] if isinstance(parts[0], str) and not has_wildcard(parts[0]) else ""
        segments, start = self._segments, len(self._head)

        def test(arn: str, context: GivenContext) -> bool:
            if segments is None:
                rest = arn[start:] if arn.startswith(self._head) else None
            else:
                found = segments.match(arn)
                rest = arn[found.end() :] if found is not None else None
            tokens = pattern_tokens(parts, context) if rest is not None else None
            return rest is not None and tokens is not None and compile_glob(tokens)(rest)

        return BoundPattern(self._head + lead if segments is None else self._head, test=test)


def _unbound(parts: tuple[Part, ...]) -> tuple[BoundPart, ...]:
    return KeySources({}, {}).bind(parts) or ()


def _plain(fits: Matcher) -> Test:
    return lambda arn, context: fits(arn)


def _after_segments(segments: re.Pattern[str], fits: Matcher) -> Test:
    match = segments.match

    def test(arn: str, context: GivenContext) -> bool:
        found = match(arn)
        return found is not None and fits(arn[found.end() :])

    return test


def _segments_expression(segments: list[str]) -> re.Pattern[str]:
    """An expression for the first five segments and their colons.

    It cannot backtrack from one segment into another, since no segment holds a colon; within one, every run after a
    `*` stands in an atomic group at its leftmost place, as in `compile_tokens`.
    """
    return re.compile("".join(_segment_expression(tokenize(segment)) + ":" for segment in segments), re.DOTALL)


def _segment_expression(tokens: tuple[Token, ...]) -> str:
    runs = [""]
    for token in tokens:
        if token is Wildcard.MANY:
            runs.append("")
        else:
            runs[-1] += "[^:]" if token is Wildcard.ONE else re.escape(str(token))
    if len(runs) == 1:
        return runs[0]
    between = "".join(f"(?>[^:]*?{run})" for run in runs[1:-1] if run)
    return f"{runs[0]}{between}[^:]*{runs[-1]}"


class Everything:
    """An entry of stars only: every resource, and no particular one (semantics 3.1, rule 1)."""


ResourceEntry = ArnPattern | Everything | None
"""A compiled entry of `Resource` or `NotResource`; `None` for one that fits nothing."""
EVERYTHING = Everything()


def compile_resource(text: str, kind: PolicyKind, *, has_variables: bool) -> ResourceEntry:
    """An entry of `Resource` as a policy of some kind has it; `has_variables` as its version has it."""
    if text and not text.strip("*"):
        return EVERYTHING
    segments = split_arn(text)
    if len(segments) < 6:
        # Semantics 3.1, rule 7: what is missing counts as `*`, in the kinds of policy where it means anything.
        if kind in NEVER_PADDED and not has_wildcard(text):
            return None
        padded = [*segments, *["*"] * (5 - len(segments))]
        return ArnPattern(padded, ("*",), has_variables=False)
    resource = segments[5]
    if has_variables and "${" in resource:
        return ArnPattern(segments[:5], parse_template(resource), has_variables=True)
    return ArnPattern(segments[:5], (resource,) if resource else (), has_variables=False)


def compile_arn_value(tokens: tuple[Token, ...]) -> Matcher | None:
    """A policy value of an ARN operator; nothing when it has fewer than six segments.

    Whatever fits the result has six segments itself: its first five are matched with their colons.
    """
    segments = split_tokens(tokens)
    if len(segments) < 6:
        return None
    fixed = segments[:5]
    if all(isinstance(token, str) for segment in fixed for token in segment):
        head = "".join(literal_text(segment) + ":" for segment in fixed)
        rest = segments[5]
        if rest and isinstance(rest[0], str):
            return compile_glob((head + rest[0], *rest[1:]))
        return compile_glob((head, *rest))
    match = re.compile("".join(_segment_expression(segment) + ":" for segment in fixed), re.DOTALL).match
    resource = compile_glob(segments[5])

    def fits(arn: str) -> bool:
        found = match(arn)
        return found is not None and resource(arn[found.end() :])

    return fits
