"""Timing: the best of several runs, since whatever else the machine does only ever adds to a time."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Measurement:
    """One number of the table. `unit` is `s` a call, or `/s`."""

    section: str
    name: str
    value: float
    unit: str
    note: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """What a figure is drawn from."""

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @property
    def text(self) -> str:
        """The number for people: `1.2 ms`, `345,000 /s`."""
        if self.unit == "/s":
            return f"{_rounded(self.value):,} /s"
        if self.unit == "MB":
            return f"{self.value:,.0f} MB"
        for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
            if self.value >= size:
                return f"{self.value / size:.3g} {unit}"
        return f"{self.value / 1e-9:.3g} ns"


def _rounded(value: float) -> int:
    """To three digits: more is noise."""
    digits = len(str(int(value)))
    return int(round(value, min(0, 3 - digits)))


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """The best time of one call."""
    best = float("inf")
    for _ in range(repeats):
        gc.collect()
        gc.disable()
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
        gc.enable()
    return best


def rate(work: Callable[[], object], count: int, repeats: int = 5) -> float:
    """How many of `count` things a second, when one call does all of them."""
    return count / seconds(work, repeats)


class Wrong(Exception):
    """An answer that is not what it must be: nothing is timed then."""


def check(condition: bool, what: str) -> None:
    if not condition:
        raise Wrong(what)
