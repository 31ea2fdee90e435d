"""Whether index and reference agree on a question: decisions, permissions, and errors word for word."""

from __future__ import annotations

from collections.abc import Iterable

from policyeval.errors import RequestError
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.decide import decide
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Uncertainty


def reference_answer(policies: PolicySet, request: Request) -> str:
    """The reference's decision, or the error that it raises, as text."""
    try:
        return decide(policies, authorised_request(request)).decision.value
    except RequestError as error:
        return f"error: {error}"


def index_answer(simulator: Simulator, request: Request) -> str:
    try:
        return simulator.decide(request)
    except RequestError as error:
        return f"error: {error}"


def permissions_answer(simulator: Simulator, request: Request) -> str | None:
    """What `permissions` says of the request's action; nothing when the catalog does not have it."""
    try:
        permissions = simulator.permissions(request.principal, request.resource, request.context, request.time)
    except RequestError as error:
        return f"error: {error}"
    return permissions.decision(request.action)


def disagreements(policies: PolicySet, requests: Iterable[Request]) -> list[tuple[Request, str, str, str | None]]:
    """The requests that get different answers: the reference's, the index's, and that of `permissions`."""
    simulator = Simulator.of(policies)
    found = []
    for request in requests:
        expected = reference_answer(policies, request)
        answer = index_answer(simulator, request)
        at_once = permissions_answer(simulator, request)
        if answer != expected or at_once not in (expected, None):
            found.append((request, expected, answer, at_once))
    return found


Disputes = tuple[Uncertainty, ...]


def reference_doubts(policies: PolicySet, request: Request) -> Disputes | None:
    """The disputes on which the reference's decision hangs; nothing for a request that cannot be."""
    try:
        return explain(policies, authorised_request(request)).uncertain
    except RequestError:
        return None


def other_doubts(policies: PolicySet, requests: Iterable[Request]) -> list[tuple[Request, Disputes, Disputes]]:
    """The requests of which the index finds other disputes than the reference."""
    simulator = Simulator.of(policies)
    found = []
    for request in requests:
        expected = reference_doubts(policies, request)
        if expected is None:
            continue
        answer = simulator.uncertain(request)
        if answer != expected:
            found.append((request, expected, answer))
    return found
