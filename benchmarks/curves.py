"""The curve of the page: the time of a decision as patterns grow that do not apply to it, as an SVG without a tool.

    python -m benchmarks.curves build/benchmarks.json      draw it again from results

`python -m benchmarks` draws it itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from math import exp, fsum, log, log10
from pathlib import Path
from typing import Any

from policyeval.reading import write_whole

FIGURE = Path(__file__).parent.parent / "docs" / "figures" / "speed.svg"
ALT = (
    "Log-log: from one pattern to a hundred thousand a decision of the fast path stays near one microsecond, and one "
    "of the reference grows from a third of a millisecond to most of a second"
)
WIDTH, HEIGHT = 800, 430
LEFT, RIGHT, TOP, BOTTOM = 74, 600, 58, 366
X_DECADES, Y_DECADES = (0, 5), (-7, 0)
STYLE = """
    .page { fill: #ffffff; }
    .grid { stroke: #dfe4e8; stroke-width: 1; }
    .reference { stroke: #9a6700; fill: #9a6700; }
    .hit { stroke: #1a7f37; fill: #1a7f37; }
    .miss { stroke: #1a7f37; fill: #ffffff; stroke-width: 1.2; }
    .curve { fill: none; stroke-width: 2; }
    text { font-family: -apple-system, "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; fill: #1c2329; }
    .title { font-size: 15px; font-weight: 600; }
    .aside { font-size: 12.5px; fill: #4d5964; }
    .name { font-size: 13px; font-weight: 600; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; }
      .grid { stroke: #262d36; }
      .reference { stroke: #d29922; fill: #d29922; }
      .hit { stroke: #3fb950; fill: #3fb950; }
      .miss { stroke: #3fb950; fill: #0d1117; }
      .curve { fill: none; }
      text { fill: #e6edf3; }
      .aside { fill: #aab6c1; }
    }"""

Point = tuple[float, float]
"""Patterns, and the seconds of a decision."""


def draw_speed(cells: Iterable[Mapping[str, float]]) -> str:
    """The figure of cells with `patterns` and the seconds of a `hit`, a `miss` and, where it was timed, `reference`."""
    held = sorted(cells, key=lambda cell: cell["patterns"])
    series = {
        name: [(cell["patterns"], cell[name]) for cell in held if name in cell] for name in ("reference", "hit", "miss")
    }
    return "\n".join((*_head(), *_axes(), *_curves(series), "</svg>")) + "\n"


def _head() -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'role="img" aria-labelledby="title description">'
    )
    yield '  <title id="title">What does not apply costs nothing</title>'
    yield f'  <desc id="description">{ALT}.</desc>'
    yield f"  <style>{STYLE}\n  </style>"
    yield f'  <rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    yield _text(LEFT, 30, "title", "The time of one decision, by the patterns of the policy")


def _axes() -> Iterator[str]:
    for decade in range(X_DECADES[0], X_DECADES[1] + 1):
        at = _x(10**decade)
        yield f'  <path class="grid" d="M{at:.1f} {TOP}V{BOTTOM}"/>'
        yield _text(at, BOTTOM + 20, "aside", f"{10**decade:,}", "middle")
    for decade in range(Y_DECADES[0], Y_DECADES[1] + 1):
        at = _y(10**decade)
        yield f'  <path class="grid" d="M{LEFT} {at:.1f}H{RIGHT}"/>'
        yield _text(LEFT - 10, at + 4, "aside", _seconds(decade), "end")
    yield _text(
        (LEFT + RIGHT) / 2, BOTTOM + 44, "aside", "patterns in the policy, nearly all about other actions", "middle"
    )


def _curves(series: Mapping[str, list[Point]]) -> Iterator[str]:
    for name in ("reference", "hit"):
        path = "L".join(f"{_x(patterns):.1f} {_y(seconds):.1f}" for patterns, seconds in _middles(series[name]))
        yield f'  <path class="{name} curve" d="M{path}"/>'
    for name, points in series.items():
        for patterns, seconds in points:
            radius = 4.5 if name == "miss" else 3
            yield f'  <circle class="{name}" cx="{_x(patterns):.1f}" cy="{_y(seconds):.1f}" r="{radius}"/>'
    for name, first, second in (
        ("reference", "reference", "every statement, explained"),
        ("hit", "fast path", "hit ● and miss ○"),
    ):
        at = _y(_middles(series[name])[-1][1])
        yield _text(RIGHT + 14, at + 1, "name", first)
        yield _text(RIGHT + 14, at + 18, "aside", second)


def _middles(points: list[Point]) -> list[Point]:
    """The geometric mean of the points that have as many patterns."""
    found: dict[float, list[float]] = {}
    for patterns, seconds in points:
        found.setdefault(patterns, []).append(log(seconds))
    return [(patterns, exp(fsum(logs) / len(logs))) for patterns, logs in found.items()]


def _x(patterns: float) -> float:
    low, high = X_DECADES
    return LEFT + (RIGHT - LEFT) * (log10(patterns) - low) / (high - low)


def _y(seconds: float) -> float:
    low, high = Y_DECADES
    return BOTTOM - (BOTTOM - TOP) * (log10(seconds) - low) / (high - low)


def _seconds(decade: int) -> str:
    unit, size = next((unit, size) for unit, size in (("s", 0), ("ms", -3), ("µs", -6), ("ns", -9)) if decade >= size)
    return f"{10 ** (decade - size)} {unit}"


def _text(x: float, y: float, kind: str, text: str, anchor: str = "start") -> str:
    return f'  <text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def write_speed(results: Mapping[str, Any], path: Path = FIGURE) -> None:
    """Draw the grid of `python -m benchmarks`; nothing when the results hold none of it."""
    cells = [entry["numbers"] for entry in results["measurements"] if entry.get("numbers")]
    if cells:
        write_whole(path, draw_speed(cells))


if __name__ == "__main__":
    write_speed(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
