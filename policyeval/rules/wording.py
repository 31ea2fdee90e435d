"""Lists in a sentence."""

from __future__ import annotations

from collections.abc import Iterable


def listed(items: Iterable[str], last: str = "and") -> str:
    """Items with commas and a word before the last.

    >>> listed(["a", "b", "c"]), listed(["a", "b"], "or"), listed(["a"])
    ('a, b and c', 'a or b', 'a')
    """
    every = list(items)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} {last} {every[-1]}" if every else ""


def quoted(items: Iterable[str], most: int = 3) -> str:
    """The first few items in backticks, and how many more there are.

    >>> quoted(["a", "b", "c"], most=1)
    '`a` and 2 more'
    """
    every = [f"`{item}`" for item in items]
    more = [f"{len(every) - most} more"] if len(every) > most else []
    return listed([*every[:most], *more])
