"""Specimens: finitely many texts that behave in every way in which any text can behave under some comparisons.

One function for each family of operators. Each returns texts such that for *every* text there is a specimen on which
all the comparisons of the family come out the same. This is what makes a search over specimens a proof.
"""

from __future__ import annotations

import base64
import ipaddress
import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, localcontext

from policyeval.evaluation.comparison import read_binary, read_date, read_network, read_number, split_tokens
from policyeval.proof.glob import ONE, STAR, Glob, Inexpressible, normalise, plain, spell_intersection
from policyeval.syntax.variable import parse_template, resolve_pattern, resolve_text
from policyeval.syntax.wildcard import Wildcard

MOST_MINTERMS = 600
"""The most intersections of patterns spelled out for one key (proofs, "where it blows up")."""
_MOST_INSTANCES = 3000
_LETTERS = "zqxjkvywubgpfmdlchnsrtaeio0123456789"


def fresh_letter(texts: Iterable[str]) -> str:
    """A letter that occurs in none of the texts, in either case; there always is one beyond ASCII."""
    used = "".join(texts).lower()
    for letter in _LETTERS:
        if letter not in used:
            return letter
    return next(chr(code) for code in itertools.count(0x100) if chr(code).isalpha() and chr(code).lower() not in used)


Tuple = tuple[Glob, ...]
"""Patterns matched side by side: the segments of an ARN, or one text."""


def instances(patterns: Sequence[Tuple], universe: Tuple, literals: Sequence[str] = ()) -> list[tuple[str, ...]]:
    """Texts for every way in which any text of the universe can fit some patterns and not the others.

    For each intersection of patterns take its texts with fresh letters in place of wildcards: such a text fits a
    further pattern only if all texts of the intersection do (the independence lemma). Where patterns count characters
    (`ONE`), runs of every length up to one more than any counts are taken: longer ones behave alike. The fresh letter
    is none of the literals' either, so that no wildcard spells one of them.
    Raises `Inexpressible` beyond `MOST_MINTERMS` intersections.
    """
    closed: dict[Tuple, None] = {universe: None}
    for pattern in dict.fromkeys(patterns):
        for other in list(closed):
            for both in itertools.product(*map(spell_intersection, pattern, other)):
                closed[both] = None
        if len(closed) > MOST_MINTERMS:
            raise Inexpressible("the patterns of one key overlap in too many ways")
    letter = fresh_letter([*literals, *(segment for pattern in patterns for segment in pattern)])
    most = max((segment.count(ONE) for pattern in patterns for segment in pattern), default=0)
    fills = [letter] if most == 0 else [letter * count for count in range(most + 2)]
    found: dict[tuple[str, ...], None] = {}
    for pattern in closed:
        stars = sum(segment.count(STAR) for segment in pattern)
        if len(fills) ** stars + len(found) > _MOST_INSTANCES:
            raise Inexpressible("the patterns of one key count characters in too many ways")
        for choice in itertools.product(fills, repeat=stars):
            fill = iter(choice)
            found[
                tuple(
                    "".join(next(fill) if c == STAR else letter if c == ONE else c for c in segment)
                    for segment in pattern
                )
            ] = None
    return list(found)


# ---- text


def text_literal(value: str, *, variables: bool) -> str:
    """The one text that a value of `StringEquals` is equal to; escapes give their character."""
    resolved = resolve_text(parse_template(value), lambda _key: None) if variables else value
    assert resolved is not None, "values with variables are no literals"
    return plain(resolved)


def text_glob(value: str, *, variables: bool) -> Glob:
    """The glob of a value of `StringLike`; escapes give their plain character."""
    tokens = resolve_pattern(parse_template(value) if variables else (value,), lambda _key: None)
    assert tokens is not None, "values with variables are no globs"
    return normalise(
        "".join(STAR if t is Wildcard.MANY else ONE if t is Wildcard.ONE else plain(str(t)) for t in tokens)
    )


def texts(literals: Sequence[str], patterns: Sequence[Glob]) -> list[str]:
    """Specimens under equality with the literals and fit with the patterns. Raises `Inexpressible`."""
    wild = [(pattern,) for pattern in patterns if STAR in pattern or ONE in pattern]
    single = [*literals, *(pattern for pattern in patterns if STAR not in pattern and ONE not in pattern)]
    return [*dict.fromkeys([*single, *(text for (text,) in instances(wild, (STAR,), single))])]


def caseless_texts(values: Sequence[str], literals: Collection[str]) -> list[str]:
    """Specimens under equality without regard to case: each value, in several spellings; one that is none of the
    literals where there is one; and another text."""
    found: dict[str, None] = {}
    for value in values:
        found |= dict.fromkeys((value, value.swapcase(), value.upper(), value.lower()))
        spellings = map("".join, itertools.product(*((c, c.swapcase()) for c in value)))
        found |= dict.fromkeys(itertools.islice((one for one in spellings if one not in literals), 1))
    letter = fresh_letter(values)
    return [*found, letter, letter * 2]


# ---- ARNs


def arn_glob(value: str, *, variables: bool) -> Tuple | None:
    """The segments of a value of `ArnLike`; nothing when there are not six: it then fits nothing."""
    tokens = resolve_pattern(parse_template(value) if variables else (value,), lambda _key: None)
    assert tokens is not None, "values with variables are no globs"
    segments = split_tokens(tokens)
    if len(segments) != 6:
        return None
    return tuple(
        normalise("".join(STAR if t is Wildcard.MANY else ONE if t is Wildcard.ONE else plain(str(t)) for t in segment))
        for segment in segments
    )


def arns(patterns: Sequence[Tuple]) -> list[str]:
    """Specimens under fit with ARN patterns: ARNs, and a text that is none. Raises `Inexpressible`."""
    return [*(":".join(found) for found in instances(patterns, (STAR,) * 6)), "none"]


def texts_and_arns(literals: Sequence[str], patterns: Sequence[Glob], arn_patterns: Sequence[Tuple]) -> list[str]:
    """Specimens under comparisons as text and as ARN at once. Raises `Inexpressible`.

    A text of six segments fits a text pattern exactly if it fits, segment by segment, one of the ways in which the
    pattern's wildcards can run over colons. A text of fewer segments fits no ARN pattern, and for it the specimens of
    the text patterns do: they hold no more colons than the patterns spell out.
    """
    split = [segments for pattern in (*literals, *patterns) for segments in arn_forms(pattern)]
    whole = instances([*arn_patterns, *split], (STAR,) * 6, literals)
    return [*texts(literals, patterns), *(":".join(found) for found in whole), "none"]


def arn_forms(pattern: Glob) -> list[Tuple]:
    """The six-segment patterns whose union holds the texts of a pattern that have six segments.

    Wildcards of the first five segments match no colon. Raises `Inexpressible`.
    """
    forms: list[tuple[Glob, ...]] = [("",)]
    for character in pattern:
        grown: list[tuple[Glob, ...]] = []
        for form in forms:
            is_last = len(form) == 6
            if character == ":" and not is_last:
                grown.append((*form, ""))
                continue
            grown.append((*form[:-1], form[-1] + character))
            if character == ONE and not is_last:
                grown.append((*form, ""))
            elif character == STAR:
                grown.extend((*form[:-1], form[-1] + STAR, *(STAR,) * more) for more in range(1, 7 - len(form)))
        forms = list(dict.fromkeys(grown))
        if len(forms) > MOST_MINTERMS:
            raise Inexpressible("a pattern can run over the colons of an ARN in too many ways")
    return [tuple(map(normalise, form)) for form in forms if len(form) == 6]


# ---- lines: numbers, dates, addresses


def _between(points: Sequence[Decimal]) -> list[Decimal]:
    """The points of a line, one between each two neighbours, and one beyond each end."""
    with localcontext(Context(prec=2000, Emax=999999, Emin=-999999)):
        ordered = sorted(set(points))
        middles = [(low + high) / 2 for low, high in itertools.pairwise(ordered)]
        low, high = ordered[0], ordered[-1]
        return [*ordered, *middles, high + 1 + abs(high), low - 1 - abs(low)]


def numbers(values: Sequence[str]) -> list[str]:
    """Specimens under the numeric comparisons: numbers, and a text that is none. Raises `Inexpressible`."""
    points = [point for point in map(read_number, values) if point is not None]
    found: list[str] = []
    for point in _between(points) if points else [Decimal(1)]:
        spellings = [text for text in _number_texts(point) if read_number(text) == point]
        if not spellings:
            raise Inexpressible("a number is too large to find its neighbours")
        found.extend(spellings)
    return [*found, "none"]


def _number_texts(point: Decimal) -> list[str]:
    """Several spellings of a number, so that one of them is none of the policy's own texts."""
    if abs(point.adjusted()) > 300:
        return [str(point)]
    text = format(point, "f")
    return [text, text + "0" if "." in text else text + ".0", text + "00" if "." in text else text + ".00"]


def dates(values: Sequence[str]) -> list[str]:
    """Specimens under the date comparisons: dates, and a text that is none. Raises `Inexpressible`."""
    points = [point for point in map(read_date, values) if point is not None]
    found: list[str] = []
    for point in _between(points) if points else [Decimal(86_400_000)]:
        spellings = [text for text in _date_texts(point) if read_date(text) == point]
        if not spellings:
            raise Inexpressible("a date is too far away to find its neighbours")
        found.extend(spellings)
    return [*found, "none"]


_FIRST_YEAR = -62_135_596_800


def _date_texts(point: Decimal) -> list[str]:
    """Several spellings of a time, the readable one first."""
    found = []
    whole = int(point)
    if point == whole and _FIRST_YEAR <= whole < 253_402_300_800:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole)
        text = f"{moment.year:04}{moment:-%m-%dT%H:%M:%S}"
        found += [text + "Z", text + ".0Z"]
    elif point == whole < _FIRST_YEAR:
        found += ["0000-01-01"]
    if point >= 0:
        text = format(point, "f")
        found += [text, text + "0" if "." in text else text + ".0"]
    return found


def addresses(values: Sequence[str]) -> list[str]:
    """Specimens under the address comparisons: the first and the last of every run of addresses that no range
    divides, for both versions, and a text that is none."""
    found: list[str] = []
    networks = [network for network in map(read_network, values) if network is not None]
    for version, size in ((4, 2**32), (6, 2**128)):
        edges = {0, size}
        for own, low, high in networks:
            if own == version:
                edges |= {low, high + 1}
        make: Callable[[int], object] = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        for low, after in itertools.pairwise(sorted(edges)):
            found += [str(make(low + (after - low) // 2)), str(make(low)), str(make(after - 1))]
    return [*found, "none"]


def booleans() -> list[str]:
    """Specimens under `Bool`: both truths in several spellings, and a text that is neither."""
    return ["true", "false", "True", "False", "TRUE", "FALSE", "none"]


def binaries(values: Sequence[str]) -> list[str]:
    """Specimens under `BinaryEquals`: each value, other bytes, and a text that is no base64."""
    known = {read_binary(value) for value in values}
    other = next(b for b in (str(count).encode() for count in itertools.count()) if b not in known)
    own = [base64.b64encode(data).decode() for data in known if data is not None]
    return [*values, *own, base64.b64encode(other).decode(), "!"]
