"""What took part in a decision and why: data, not text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.request import Request
from policyeval.policy.model import Policy, Statement
from policyeval.source import Pointer


class Decision(Enum):
    """The words of `SimulatePrincipalPolicy`."""

    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicitDeny"
    EXPLICIT_DENY = "explicitDeny"


class Layer(Enum):
    """Where a policy takes part. The values are the case format's names."""

    SCP = "scp"
    RCP = "rcp"
    VPC_ENDPOINT = "vpcEndpoint"
    RESOURCE = "resource"
    IDENTITY = "identity"
    BOUNDARY = "permissionsBoundary"
    SESSION = "session"
    SETTINGS = "settings"
    """What the account sets outside of policies."""

    __hash__ = object.__hash__  # members are single; Python 3.11 would hash the name anew, and layers are keys all over

    @property
    def title(self) -> str:
        return _TITLES[self]


_TITLES = {
    Layer.SCP: "service control policies",
    Layer.RCP: "resource control policies",
    Layer.VPC_ENDPOINT: "VPC endpoint policy",
    Layer.RESOURCE: "resource policy",
    Layer.IDENTITY: "identity policies",
    Layer.BOUNDARY: "permissions boundary",
    Layer.SESSION: "session policies",
    Layer.SETTINGS: "account settings",
}


class PrincipalClass(Enum):
    """How an entry of `Principal` speaks of the caller, which decides what it passes (semantics 6.1, 7.2)."""

    WILD = "wild"
    ACCOUNT = "account"
    ROLE = "role"
    DIRECT = "direct"


ElementName = Literal["Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"]


@dataclass(frozen=True, slots=True)
class Clause:
    """One element of a statement, judged.

    `pointer` is the very entry that decided when there is one, else the element (the key, of a condition). `entry` is
    that entry's text, `actual` what the request had, `reason` why it failed in a few words, or why a condition held
    without comparing (a missing key).
    """

    element: ElementName
    matched: bool
    pointer: Pointer
    entry: str | None = None
    actual: str | None = None
    reason: str | None = None
    key: str | None = None
    """The condition key, of a `Condition` clause; of a failed `Resource`, the variable that has no value."""
    resolved: str | None = None
    """The entry with its variables replaced, where that differs from `entry`."""


@dataclass(frozen=True, slots=True)
class StatementMatch:
    """One statement, judged: all of its clauses, and who it speaks of when it names principals."""

    layer: Layer
    level: int | None
    """For SCPs and RCPs: the level, counted from 0 at the root of the organization."""
    policy: Policy
    statement: Statement
    clauses: tuple[Clause, ...]
    principal_class: PrincipalClass | None = None
    origin: str | None = None
    """How the policy came to apply, in a person's words: `group PowerUsers`."""

    @property
    def matched(self) -> bool:
        return all(clause.matched for clause in self.clauses)

    @property
    def failed(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if not clause.matched)


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What one layer decides by itself. An absent layer that does not limit anything is not listed.

    `applies` is false for a layer whose policies AWS does not consult for this request; `reason` then says why, and
    otherwise adds to the decision in a few words.
    """

    layer: Layer
    decision: Decision
    level: int | None = None
    applies: bool = True
    reason: str | None = None
    blocks: bool = False
    """Whether this layer's lack of an Allow denies the request."""


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A dispute on which the request touched, and what the other reading decides."""

    dispute: Dispute
    other_decision: Decision


@dataclass(frozen=True, slots=True)
class MissingKey:
    """A context key that a statement asked for and the request did not give.

    `could_change` says that some value of it could change the decision, alone or with the other missing keys.
    """

    key: str
    could_change: bool


@dataclass(frozen=True)
class Result:
    """A decision, with everything that led to it.

    `reason` is the layer that decided. `matched` holds the statements that match, in the order of the layers;
    `considered` every statement judged; `nearest_misses` the Allow statements that failed on the fewest clauses.
    """

    decision: Decision
    request: Request
    reason: Layer | None
    layers: tuple[LayerResult, ...]
    considered: tuple[StatementMatch, ...]
    deciding: tuple[StatementMatch, ...]
    """The statements that made the decision: the Denies of an explicit deny, the Allows that carried an allow."""
    nearest_misses: tuple[StatementMatch, ...]
    missing_context: tuple[MissingKey, ...]
    uncertain: tuple[Uncertainty, ...]
    notes: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.decision is Decision.ALLOWED

    @property
    def matched(self) -> tuple[StatementMatch, ...]:
        return tuple(match for match in self.considered if match.matched)
