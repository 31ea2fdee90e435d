"""`permissions` against the reference, for every action of the catalog, on AWS's managed policies.

    python -m benchmarks.managed --policies 100

The largest policies come first. The reference decides 22,000 actions one at a time, each with every clause of every
statement judged and explained. So that the largest policies take minutes and not hours, it is given for each action
the statements whose `Action` or `NotAction` matches it, by `compile_action` alone: a statement that does not match an
action has no part in its decision.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache
from typing import Any

from benchmarks.workshop import managed_policies
from policyeval.evaluation.action_sets import action_sets
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Principal, PrincipalType, Request
from policyeval.evaluation.simulator import Simulator
from policyeval.policy.model import Entry, Policy, Statement
from policyeval.syntax.action import compile_action

OWN = "111122223333"
CALLER = Principal(PrincipalType.USER, f"arn:aws:iam::{OWN}:user/alice", OWN, tags={"team": "core"})
CONTEXT = {"aws:SecureTransport": "true", "aws:RequestedRegion": "eu-west-1", "aws:ResourceAccount": OWN}
RESOURCES = ("*", "arn:aws:s3:::b/k")


def size(document: Any) -> int:
    statements = document["Statement"]
    held = statements if isinstance(statements, list) else [statements]
    entries = (statement.get("Action", statement.get("NotAction", [])) for statement in held)
    return sum(1 if isinstance(entry, str) else len(entry) for entry in entries)


def compare(named: tuple[str, Any]) -> tuple[str, int, list[str]]:
    """The decisions of one policy: how many, and those on which `permissions` and the reference differ."""
    name, document = named
    policy = Policy.parse(document, name=name)
    simulator = Simulator(identity=[policy])
    differing = []
    count = 0
    for resource in RESOURCES:
        found = simulator.permissions(CALLER, resource, CONTEXT)
        for action in action_sets().table.names:
            count += 1
            request = authorised_request(Request(CALLER, action, resource, CONTEXT))
            speaking = tuple(_narrowed(policy.statements, action.lower()))
            policies = PolicySet(identity=(Attached(replace(policy, statements=speaking)),))
            expected = decide(policies, request).decision.value
            if found.decision(action) != expected:
                differing.append(f"{name}: {action} on {resource}: reference {expected}, {found.decision(action)}")
    return name, count, differing


def _narrowed(statements: Iterable[Statement], action: str) -> Iterable[Statement]:
    """The statements that match an action, each with the entry that does."""
    for statement in statements:
        if statement.actions is not None:
            entry = _first(statement.actions, action)
            if entry is not None:
                yield replace(statement, actions=(entry,))
        elif statement.not_actions is not None and _first(statement.not_actions, action) is None:
            yield replace(statement, not_actions=())


def _first(entries: tuple[Entry, ...], action: str) -> Entry | None:
    service = action.partition(":")[0]
    of_service = _of_service(entries, service)
    return next((entry for entry in of_service if compile_action(entry.text)(action)), None)


@lru_cache(maxsize=4096)
def _of_service(entries: tuple[Entry, ...], service: str) -> tuple[Entry, ...]:
    """The entries that could match an action of a service: no wildcard stands in a prefix, but in `*` and `*:*`."""
    return tuple(entry for entry in entries if entry.text.partition(":")[0].lower().strip("*") in (service, ""))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.managed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--policies", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    held = sorted(managed_policies().items(), key=lambda named: size(named[1]), reverse=True)
    if not held:
        raise SystemExit("no managed policies: run `python -m benchmarks --set-up` first")
    # The largest, and as many spread over all the others.
    half = chosen.policies // 2
    others = held[half:]
    picked = [*held[:half], *others[:: max(1, len(others) // (chosen.policies - half))][: chosen.policies - half]]
    start, total, differing = time.monotonic(), 0, 0
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for _, count, found in pool.map(compare, picked):
            total += count
            differing += len(found)
            for text in found[:20]:
                print(text)
    print(
        f"{len(picked)} policies, the largest with {size(picked[0][1]):,} patterns ({picked[0][0]}): "
        f"{total:,} decisions in {time.monotonic() - start:,.0f} s, "
        f"{differing:,} on which permissions and reference differ"
    )
    raise SystemExit(1 if differing else 0)


if __name__ == "__main__":
    main()
