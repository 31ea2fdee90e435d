"""Examples that could happen: by an action that AWS has, on a resource of one of its kinds, where the answer takes any.

The prover is content with any name and any ARN. What is shown here was replayed by the evaluator like every example.
Source: Service Authorization Reference (the catalog's resource types).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from policyeval.evaluation.request import Request
from policyeval.proof.difference import action_names, is_real_action
from policyeval.proof.leftover import shows
from policyeval.proof.outcome import Access, Counterexample, Outcome
from policyeval.proof.term import ANYWHERE, EVERY_ARN

_MOST_TRIES = 6
_VARIABLE = re.compile(r"\$\{(\w+)\}")


def with_real_examples(outcome: Outcome) -> Outcome:
    """The outcome with examples by actions that AWS has, on resources of their own kinds, where there are such."""
    if outcome.replay is None:
        return outcome
    accesses = [
        _on_real_resource(_by_real_action(access, outcome.replay), outcome.replay) for access in outcome.accesses
    ]
    return replace(outcome, accesses=tuple(accesses))


Replay = Callable[[Request], Counterexample | None]


def _by_real_action(access: Access, replay: Replay) -> Access:
    request = access.counterexample.request
    if is_real_action(request.action):
        return access
    for action, _ in zip(action_names(access), range(_MOST_TRIES), strict=False):
        found = replay(replace(request, action=action))
        if found is not None and shows(access, found.request):
            return replace(access, counterexample=found)
    return access


def _on_real_resource(access: Access, replay: Replay) -> Access:
    if not any(spot.place in (ANYWHERE, EVERY_ARN) for spot in access.spots):
        return access
    request = access.counterexample.request
    for arn, _ in zip(_resources(request), range(_MOST_TRIES), strict=False):
        found = replay(replace(request, resource=replace(request.resource, arn=arn)))
        if found is not None and shows(access, found.request):
            return replace(access, counterexample=found)
    return access


def _resources(request: Request) -> Iterator[str]:
    """ARNs of the kinds of resource that the action acts on; `*` for one that acts on no particular resource."""
    from policyeval.catalog.catalog import catalog

    action = catalog().action(request.action)
    if action is None:
        return
    if action.is_wildcard_only:
        yield "*"
        return
    service = catalog().service(action.service)
    partition = request.principal.arn.split(":")[1] if request.principal.arn else "aws"
    account = request.resource.account or request.principal.account or "111122223333"
    given = {"Partition": partition, "Region": "eu-west-1", "Account": account}
    kinds = [service.resource_type(resource.name) for resource in action.resource_types] if service is not None else []
    forms = [form for kind in kinds if kind is not None for form in kind.arn_formats]
    # The plainest first: an object of a bucket before one behind an access point.
    for form in sorted(forms, key=lambda form: (form.count("${"), len(form))):
        yield _VARIABLE.sub(lambda found: given.get(found[1], "example"), form)
