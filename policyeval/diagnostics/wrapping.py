"""Sentences broken into lines that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.diagnostics.style import Style, clean, text_width

_UNIT = re.compile(r"(?:[^\s`]|`[^`]*`|`)+")
"""A word, with all that stands between backticks in it."""
_JOINTS = frozenset(":/,-_.=")
"""After these an ARN or a name may be broken when it does not fit a line."""


def wrapped(text: str, indent: str, style: Style, *, hanging: str | None = None) -> list[str]:
    """The lines of a text within the style's width, cleaned and indented, all but the first by `hanging` if given.

    A word that is too wide for a line, such as an ARN, has one of its own and stays whole, so that it can be copied.
    """
    hanging = indent if hanging is None else hanging
    room, first = style.width - text_width(hanging), style.width - text_width(indent)
    head, *rows = wrap(clean(text), room, first=first, whole=True)
    return [f"{indent}{head}".rstrip(), *(hanging + row for row in rows)]


def wrap(text: str, room: int, *, first: int | None = None, whole: bool = False) -> list[str]:
    """The lines of a cleaned text, each at most `room` columns wide, the first one `first`.

    What stands between backticks stays together while it fits a line. A word that is wider than a line is broken, or
    has one of its own when words are to stay `whole`. The first line is empty when nothing fits it. Cost: linear in the
    text.

    >>> wrap('write `"Resource": "*"` here', 20)
    ['write', '`"Resource": "*"`', 'here']
    >>> wrap("arn:aws:s3:::bucket", 12, first=3)
    ['', 'arn:aws:s3::', ':bucket']
    """
    room = max(room, 8)
    left = room if first is None else max(first, 0)
    lines = [""]
    for unit in _UNIT.findall(text):
        for part in _parts(unit, room, whole=whole):
            gap = 1 if lines[-1] else 0
            width = text_width(part)
            if text_width(lines[-1]) + gap + width > left:
                if lines[-1] or (len(lines) == 1 and left < room):
                    lines.append("")
                left, gap = room, 0
            lines[-1] += " " * gap + part
    return lines


def _parts(unit: str, room: int, *, whole: bool) -> Iterator[str]:
    """A word, or what is between backticks; in words or in pieces of them when it is wider than a line."""
    if text_width(unit) <= room:
        yield unit
        return
    for word in unit.split():
        yield from (word,) if whole else _pieces(word, room)


def _pieces(word: str, room: int) -> Iterator[str]:
    piece, width = "", 0
    for character in word:
        more = text_width(character)
        if width + more > room:
            at = max((at for at in range(room // 2, len(piece)) if piece[at] in _JOINTS), default=len(piece) - 1) + 1
            yield piece[:at]
            piece = piece[at:]
            width = text_width(piece)
        piece += character
        width += more
    if piece:
        yield piece
