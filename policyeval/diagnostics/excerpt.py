"""A place in a file, drawn: the lines with `^^^` under the exact text and `---` under what is related to it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from policyeval.diagnostics.style import Role, Style, clean, text_width
from policyeval.diagnostics.wrapping import wrap
from policyeval.source import Source, Span

TAB = "    "
_LEAD = 8
"""How many columns of a cut line are shown before its first mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline and what to say of it. A span over several lines is marked on its first."""

    span: Span
    text: str = ""
    primary: bool = True


def draw(source: Source, marks: Sequence[Mark], style: Style) -> list[str]:
    """The lines of an excerpt: `--> file:line:column` of the first primary mark, then every marked line.

    Fits `style.width`: a long line is cut around its mark, a long text wrapped below it.
    """
    first = next((mark for mark in marks if mark.primary), marks[0])
    rows = _rows(source, marks)
    gutter = len(str(max(rows)))
    at = source.position(first.span.start)
    place = f"{clean(source.name)}:{at.line}:{at.column}"
    bar = style.paint(f"{' ' * gutter} |", "gutter")
    lines = [f"{' ' * gutter}{style.paint('-->', 'gutter')} {place}", bar]
    previous: int | None = None
    for number in sorted(rows):
        if previous is not None and number == previous + 2:
            lines.extend(_draw_line(source, previous + 1, [], gutter, bar, style))
        elif previous is not None and number > previous + 2:
            lines.append(style.paint("...", "gutter"))
        lines.extend(_draw_line(source, number, rows[number], gutter, bar, style))
        previous = number
    lines.append(bar)
    return lines


def _rows(source: Source, marks: Sequence[Mark]) -> dict[int, list[Mark]]:
    rows: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: (mark.span.start, mark.span.end)):
        rows.setdefault(source.position(mark.span.start).line, []).append(mark)
    return rows


def _draw_line(source: Source, number: int, marks: list[Mark], gutter: int, bar: str, style: Style) -> Iterator[str]:
    """A line and its marks; once for each of its parts when the marks lie too far apart to be seen together."""
    room = style.width - gutter - 4
    for part in _seen_together(source, number, marks, room):
        yield from _draw_part(source, number, part, gutter, bar, style)


def _seen_together(source: Source, number: int, marks: list[Mark], room: int) -> list[list[Mark]]:
    """The marks of a line, which come in order, in groups that fit the room."""
    _, offsets = _measured(source.line(number))
    if len(marks) < 2 or offsets[-1] <= room:
        return [marks]
    parts: list[list[Mark]] = []
    begin = 0
    for mark in marks:
        start, end = _columns(source, number, mark)
        if parts and offsets[end] - offsets[begin] <= room - 2 * _LEAD:
            parts[-1].append(mark)
        else:
            parts.append([mark])
            begin = start
    return parts


@lru_cache(maxsize=4)
def _measured(text: str) -> tuple[Sequence[str], Sequence[int]]:
    """What is shown for each character of a line, and the column at which each begins, with the end's at the end.

    Kept, since all of a file may stand in one line, and every finding points into it.
    """
    cells = [TAB if character == "\t" else clean(character) for character in text]
    offsets = [0]
    for cell in cells:
        offsets.append(offsets[-1] + text_width(cell))
    return cells, offsets


def _draw_part(source: Source, number: int, marks: list[Mark], gutter: int, bar: str, style: Style) -> Iterator[str]:
    text = source.line(number)
    room = style.width - gutter - 4
    window = _Window(text, [_columns(source, number, mark) for mark in marks], room)
    head = style.paint(f"{number:>{gutter}} |", "gutter")
    yield f"{head} {window.text}".rstrip()
    for mark, (start, end) in zip(marks, window.ranges, strict=True):
        role: Role = "primary" if mark.primary else "related"
        underline = ("^" if mark.primary else "-") * max(end - start, 1)
        message = clean(mark.text)
        if message and start + len(underline) + 1 + text_width(message) <= room:
            yield f"{bar} {' ' * start}{style.paint(f'{underline} {message}', role)}"
            continue
        yield f"{bar} {' ' * start}{style.paint(underline, role)}"
        longest = max(map(text_width, message.split()), default=0)
        # Under its mark if it reads well there, else as near to it as it fits.
        indent = start if room - start >= max(longest, 32) else max(2, min(start, room - text_width(message)))
        for line in wrap(message, max(room - indent, 20)) if message else ():
            yield f"{bar} {' ' * indent}{style.paint(line, role)}"


def _columns(source: Source, number: int, mark: Mark) -> tuple[int, int]:
    """The part of a line that a mark covers, in characters from 0."""
    line_start = source.line_starts[number - 1]
    length = len(source.line(number))
    start = min(mark.span.start - line_start, length)
    end = mark.span.end - line_start
    return start, max(start, min(end, length))


class _Window:
    """A line as it is shown: cleaned, tabs spread, cut to the room around its marks; `ranges` in columns of it."""

    def __init__(self, text: str, marks: list[tuple[int, int]], room: int) -> None:
        cells, offsets = _measured(text)
        ranges = [(offsets[start], offsets[end]) for start, end in marks]
        if offsets[-1] > room:
            self.text, self.ranges = _cut(cells, offsets, ranges, room)
        else:
            self.text, self.ranges = "".join(cells), ranges


def _cut(
    cells: Sequence[str], offsets: Sequence[int], ranges: list[tuple[int, int]], room: int
) -> tuple[str, list[tuple[int, int]]]:
    """Cut a line to the room, with `…` where something is left out; the first mark stays in view."""
    total = offsets[-1]
    left, right = min((start for start, _ in ranges), default=0), max((end for _, end in ranges), default=0)
    if right - left > room - 2:
        right = left + room - 2
    begin = 0 if right <= room - 1 else max(0, min(left - _LEAD, total - room + 1))
    first = bisect_left(offsets, begin)
    shift = offsets[first] - (1 if first else 0)
    budget = room - (1 if first else 0)
    last = first
    while last < len(cells) and offsets[last + 1] - offsets[first] <= budget - (1 if last + 1 < len(cells) else 0):
        last += 1
    shown = ("…" if first else "") + "".join(cells[first:last]) + ("…" if last < len(cells) else "")
    limit = text_width(shown)
    return shown, [(min(max(start - shift, 0), limit - 1), min(max(end - shift, 1), limit)) for start, end in ranges]
