"""Whether a box of condition values lies inside a union of boxes, and a point outside when it does not.

A box is a set of values, as bits, for each dimension; a dimension that a box does not name is whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyeval.proof.term import Atom

Dimension = str | Atom
"""A condition key in lower case; an atom that is left undetermined; or `CALLER`."""
CALLER = ""
Masks = Mapping[Dimension, int]
Point = dict[Dimension, int]


class OutOfBudget(Exception):  # not a user's error: the prover answers "unknown"
    """A search took more steps than it was given."""


class Budget:
    """The steps left to a search."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.left = steps
        self.spent = 0

    def look_at(self, covers: int) -> None:
        """Count a step, and more where many covers are looked at in it. Raises `OutOfBudget`."""
        self.spend(1 + covers // 4)

    def spend(self, steps: int) -> None:
        """Raises `OutOfBudget`."""
        self.spent += steps
        self.left -= steps
        if self.left < 0:
            raise OutOfBudget


def uncovered(box: Masks, covers: Sequence[Masks], whole: Masks, budget: Budget) -> dict[Dimension, int] | None:
    """A box of points outside every cover, or nothing when there is none. Raises `OutOfBudget`.

    Box splitting: the part of the box outside a cover is one smaller box for each dimension that sticks out. Covers
    that leave least over are taken first, and a cover that holds the whole box ends a branch.
    """
    budget.look_at(len(covers))
    meeting: list[tuple[int, Masks]] = []
    for cover in covers:
        outside = 0
        for dimension, mask in cover.items():
            held = box.get(dimension, whole[dimension])
            if not held & mask:
                break
            if held & ~mask:
                outside += 1
        else:
            if outside == 0:
                return None
            meeting.append((outside, cover))
    if not meeting:
        return dict(box)
    outside, chosen = min(meeting, key=lambda pair: pair[0])
    rest = [cover for _, cover in meeting if cover is not chosen]
    inside = dict(box)
    for dimension, mask in chosen.items():
        held = inside.get(dimension, whole[dimension])
        if held & ~mask:
            found = uncovered({**inside, dimension: held & ~mask}, rest, whole, budget)
            if found is not None:
                return found
            inside[dimension] = held & mask
    return None
