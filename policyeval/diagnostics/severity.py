"""How grave a finding is, in the words of Access Analyzer's `ValidatePolicy`."""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """From the gravest to the lightest; comparing two asks which is graver.

    >>> Severity.ERROR > Severity.WARNING
    True
    """

    ERROR = "error"
    """AWS refuses the policy, or takes it and it cannot do what it says."""
    SECURITY_WARNING = "security-warning"
    """The policy allows more than its writer can have wanted."""
    WARNING = "warning"
    """The policy does not do quite what it seems to, or departs from AWS's advice."""
    SUGGESTION = "suggestion"
    """The policy could say the same thing better."""

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _ORDER[self]

    @property
    def plural(self) -> str:
        return self.value.replace("-", " ") + "s"

    @property
    def singular(self) -> str:
        return self.value.replace("-", " ")

    def __lt__(self, other: Severity) -> bool:
        return self.rank > other.rank

    def __le__(self, other: Severity) -> bool:
        return self.rank >= other.rank

    def __gt__(self, other: Severity) -> bool:
        return self.rank < other.rank

    def __ge__(self, other: Severity) -> bool:
        return self.rank <= other.rank


_ORDER = {severity: rank for rank, severity in enumerate(Severity)}
