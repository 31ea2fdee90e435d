"""Sentences broken into lines that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.diagnostics.style import text_width

_UNIT = re.compile(r"[^\s`]*`[^`]*`[^\s`]*|\S+")
_JOINTS = frozenset(":/,-_.=")
"""After these an ARN or a name may be broken when it does not fit a line."""


def wrap(text: str, room: int, *, first: int | None = None) -> list[str]:
    """The lines of a cleaned text, each at most `room` columns wide, the first one `first`.

    What stands between backticks stays together while it fits a line. The first line is empty when nothing fits it.
    Cost: linear in the text.

    >>> wrap('write `"Resource": "*"` here', 20)
    ['write', '`"Resource": "*"`', 'here']
    >>> wrap("arn:aws:s3:::bucket", 12, first=3)
    ['', 'arn:aws:s3::', ':bucket']
    """
    room = max(room, 8)
    left = room if first is None else max(first, 0)
    lines = [""]
    for unit in _UNIT.findall(text):
        for part in _parts(unit, room):
            gap = 1 if lines[-1] else 0
            width = text_width(part)
            if text_width(lines[-1]) + gap + width > left:
                if lines[-1] or (len(lines) == 1 and left < room):
                    lines.append("")
                left, gap = room, 0
            lines[-1] += " " * gap + part
    return lines


def _parts(unit: str, room: int) -> Iterator[str]:
    """A word, or what is between backticks; in pieces when it is wider than a line."""
    if text_width(unit) <= room:
        yield unit
        return
    for word in unit.split():
        yield from _pieces(word, room)


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
