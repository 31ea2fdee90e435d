"""A case file as values. The format is described by docs/schemas/test-1.json."""

from __future__ import annotations

from dataclasses import dataclass

from policyeval.errors import PolicyevalError
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Decision, Layer
from policyeval.source import Pointer, Position, Source

SCHEMA = "policyeval.test/1"
FILE_SUFFIXES = (".policytest.yaml", ".policytest.yml", ".policytest.json")
"""By these a case file is found without being named."""


@dataclass(frozen=True, slots=True)
class Question:
    """One request, and every policy that has a say in it."""

    request: Request
    policies: PolicySet


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case expects: the decision, the layer and the `Sid` that make it, the context keys that are missing."""

    decision: Decision
    layer: Layer | None = None
    statement: str | None = None
    missing_context: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case. It has a question for each resource, and is allowed only when each is."""

    name: str
    file: Source
    pointer: Pointer
    who: str
    """The caller as the case names it."""
    questions: tuple[Question, ...]
    expected: Expectation
    because: str | None = None
    reference: str | None = None
    """The case's `source`: where the expectation comes from."""
    confidence: str | None = None

    @property
    def position(self) -> Position:
        return position_of(self.file, self.pointer)


@dataclass(frozen=True, slots=True)
class BrokenCase:
    """A case that cannot be asked, and why."""

    name: str
    file: Source
    pointer: Pointer
    error: PolicyevalError

    @property
    def position(self) -> Position:
        return position_of(self.file, self.pointer)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases, in the order in which they stand there."""

    source: Source
    cases: tuple[Case | BrokenCase, ...]


def position_of(source: Source, pointer: Pointer) -> Position:
    """Where a value begins, or the nearest that holds it."""
    from policyeval.locating import locate

    return source.position(locate(source).find(pointer).start)
