"""What a question comes to: a verdict, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from policyeval.evaluation.decide import Verdict as Judgement
from policyeval.evaluation.request import Request
from policyeval.policy.model import Condition
from policyeval.proof.region import Region
from policyeval.proof.term import ActionGlob, Spot, Term


class Verdict(Enum):
    """`UNKNOWN` is never success."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Counterexample:
    """A request that the evaluator decides one way on one side and the other way on the other."""

    request: Request
    new: Judgement
    old: Judgement | None
    """What the other side decides; nothing when the question has only one."""


@dataclass(frozen=True)
class Limit:
    """A cover that holds all requests of an access for which its further conditions hold, all of them together."""

    cover: Term
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Exclusion:
    """Requests that are no part of an access: those that a statement speaks of, told by those of its elements in which
    it does not hold the whole access; nothing for one in which it does.

    `actions` and `spots` are entries of `NotAction` and `NotResource` where the statement has these. An exclusion that
    is `reversed` has one element, and is of the requests of which that does not speak.
    """

    term: Term
    actions: tuple[ActionGlob, ...] = ()
    spots: tuple[Spot, ...] = ()
    has_callers: bool = False
    conditions: tuple[Condition, ...] = ()
    is_reversed: bool = False

    @property
    def is_conditional(self) -> bool:
        """Whether it is told by conditions alone."""
        return not (self.actions or self.spots or self.has_callers)


@dataclass(frozen=True)
class Access:
    """Requests that one side allows and the other does not: some actions at some spots, and what brings them about.

    `allowing` are the statements that allow them, one of each layer. `lifted` is the statement of the other side that
    denied them, when it did; otherwise nothing there allowed them. `limits` say when the access is none, `known` are
    the covers that hold it for other callers, and `exclusions` are what else is no part of it (`leftover`).
    """

    actions: tuple[ActionGlob, ...]
    spots: tuple[Spot, ...]
    region: Region
    allowing: tuple[Term, ...]
    lifted: Term | None
    covers: tuple[Term, ...]
    counterexample: Counterexample
    limits: tuple[Limit, ...] = ()
    known: tuple[Term, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """A verdict; the access that refutes, or the doubts that leave it unknown."""

    verdict: Verdict
    accesses: tuple[Access, ...] = ()
    doubts: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    spent: int = 0
    is_whole: bool = False
    """Whether all access was looked for, rather than the first."""
    is_about_nothing: bool = False
    """Whether no request is what the question asks about, so that nothing could refute it."""
    replay: Callable[[Request], Counterexample | None] | None = field(default=None, compare=False, repr=False)
    """Whether a request is a counterexample, by the evaluator."""
