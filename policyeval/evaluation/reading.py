"""Which reading of a dispute applies, which disputes were touched, and which missing keys were asked for.

One `Reading` goes through one evaluation and is its only mutable part.
"""

from __future__ import annotations

from enum import Enum, auto

from policyeval.evaluation.context import Context
from policyeval.evaluation.dispute import Dispute


class Assumption(Enum):
    """What to take a condition for whose key is missing: what it is, or what helps or hurts the caller most."""

    AS_IT_IS = auto()
    HELPFUL = auto()
    HURTFUL = auto()


class Reading:
    """How to evaluate, and what came up on the way.

    `other` holds the disputes whose other reading to take; `assumption` speaks of the keys in `open_keys` (lower
    case) that are missing, or of every missing key when `open_keys` is `None`.
    """

    def __init__(
        self,
        other: frozenset[Dispute] = frozenset(),
        assumption: Assumption = Assumption.AS_IT_IS,
        open_keys: frozenset[str] | None = None,
    ) -> None:
        self.other = other
        self.assumption = assumption
        self.open_keys = open_keys
        self.touched: dict[Dispute, None] = {}
        self.asked: dict[str, str] = {}
        """The missing keys that a statement asked for: lower case to the spelling of the first that did."""

    def takes_other(self, dispute: Dispute) -> bool:
        """Whether to take the other reading; remembers that the question came up."""
        self.touched[dispute] = None
        return dispute in self.other

    def ask(self, key: str, context: Context) -> None:
        """Remember a missing key, unless this kind of principal can never have it."""
        if key.lower() not in context.impossible:
            self.asked.setdefault(key.lower(), key)

    def assumes(self, key: str, context: Context) -> bool:
        """Whether the truth of what hangs on a missing key is to be assumed rather than computed."""
        if self.assumption is Assumption.AS_IT_IS or key.lower() in context.impossible:
            return False
        return self.open_keys is None or key.lower() in self.open_keys

    def assumed_truth(self, is_allow: bool) -> bool:
        """What an assumed condition is: true in an Allow, false in a Deny where that helps, and the reverse."""
        return is_allow == (self.assumption is Assumption.HELPFUL)
