"""The fast path against the reference on AWS's managed policies; the counts go into docs/managed-policies.md.

    python -m benchmarks.managed                      all of them, in some minutes
    python -m benchmarks.managed --policies 100       the largest 50, and 50 spread over the others

Two questions of each policy. What `permissions` says of every action of the catalog, on `*`, on an object and on a
resource of the policy's own, is what the reference decides about it. And single requests, drawn from the policy's own
statements and one step beside them, get the same with the index and without it.

The reference takes milliseconds for an action of the largest policy, and there are 22,000 of them. It is asked once
for all actions whose names match the same statements by `compile_action`, which are all authorised on `*` or none, and
which no rule of `scope.py` names: the action has no other part in a decision on identity policies. It is given only
those statements, each with the one entry that matches. That both may be done is not taken for granted: for `WHOLE`
actions of each question the reference decides by itself, on the policy as it stands. Nothing of it uses the sets of
actions or the index.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, field, replace
from functools import cache
from operator import add
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.drawn import CALLER, CONTEXT, context_of, draw_requests, fill
from benchmarks.pages import write_part
from benchmarks.workshop import managed_policies
from policyeval.catalog.catalog import catalog
from policyeval.evaluation.authorisation import authorised_request, is_authorised_on_star
from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Request
from policyeval.evaluation.scope import ALWAYS_ALLOWED, BUCKET_POLICY_ACTIONS, TRUST_ACTIONS
from policyeval.evaluation.simulator import Simulator
from policyeval.policy.model import Entry, Policy, Statement
from policyeval.syntax.action import compile_action, has_wildcard_in_prefix
from policyeval.syntax.arn import split_arn

PAGE = Path(__file__).parent.parent / "docs" / "managed-policies.md"
OBJECT = "arn:aws:s3:::b/k"
WHOLE = 40
REQUESTS = 150
NAMED_BY_RULES = ALWAYS_ALLOWED | TRUST_ACTIONS | BUCKET_POLICY_ACTIONS


@dataclass(slots=True)
class Compared:
    """The counts of one policy, or of all."""

    policies: int = 0
    decisions: int = 0
    whole: int = 0
    requests: int = 0
    allowed: int = 0
    """How many of the requests are."""
    explicitly_denied: int = 0
    differing: list[str] = field(default_factory=list)

    def __add__(self, other: Compared) -> Compared:
        return Compared(*map(add, astuple(self), astuple(other)))


def size(document: Any) -> int:
    statements = document["Statement"]
    held = statements if isinstance(statements, list) else [statements]
    entries = (statement.get("Action", statement.get("NotAction", [])) for statement in held)
    return sum(1 if isinstance(entry, str) else len(entry) for entry in entries)


def compare(named: tuple[str, Any]) -> Compared:
    """Both questions of one policy."""
    name, document = named
    policy = Policy.parse(document, name=name)
    simulator = Simulator(identity=[policy])
    compared = Compared(policies=1)
    alike = _alike(policy)
    for resource, context in _questions(policy):
        _compare_every_action(policy, alike, resource, context, compared)
    without = Simulator(identity=[policy], use_index=False)
    for request in draw_requests(policy, REQUESTS):
        expected, found = without.decide(request), simulator.decide(request)
        compared.requests += 1
        compared.allowed += expected == "allowed"
        compared.explicitly_denied += expected == "explicitDeny"
        if found != expected:
            asked = f"{request.action} on {request.resource.arn}, {request.context}"
            compared.differing.append(f"{name}: {asked}: without the index {expected}, with it {found}")
    return compared


def _questions(policy: Policy) -> Iterator[tuple[str, dict[str, ContextValue]]]:
    """Resource and context: nothing in particular, an object, and what a statement of the policy itself speaks of."""
    yield "*", CONTEXT
    yield OBJECT, CONTEXT
    own = [(fill(entry.text), held) for held in policy for entry in held.resources or ()]
    named = [(arn, held) for arn, held in own if any(split_arn(arn)[5:])]
    named = named or [("*", held) for held in policy]
    arn, statement = Random(policy.name).choice(named)
    yield arn, {**CONTEXT, **context_of(statement.conditions)}


@dataclass(frozen=True, slots=True)
class Alike:
    """Actions about which the reference says the same, and the statements that match the first of them."""

    names: tuple[str, ...]
    statements: tuple[Statement, ...]


def _alike(policy: Policy) -> list[Alike]:
    """All actions of the catalog, sorted out by all that a decision depends on."""
    found: dict[object, tuple[list[str], tuple[Statement, ...]]] = {}
    for service, actions in _catalog().items():
        narrow = _Narrowing(policy, service)
        for name, lower, on_star in actions:
            matching = narrow.matching(lower)
            key = (tuple(matching), on_star, lower if lower in NAMED_BY_RULES else None)
            held = found.get(key)
            if held is None:
                held = found[key] = ([], tuple(narrow.statements(matching)))
            held[0].append(name)
    return [Alike(tuple(names), statements) for names, statements in found.values()]


@cache
def _catalog() -> dict[str, list[tuple[str, str, bool]]]:
    """By service every action, in lower case too, and whether it is authorised on `*`; not from the sets of actions."""
    found = {}
    for prefix in catalog().services:
        service = catalog().service(prefix)
        names = [f"{prefix}:{action.name}" for action in service.actions.values()] if service is not None else []
        found[prefix] = [(name, name.lower(), is_authorised_on_star(name.lower())) for name in names]
    return found


class _Narrowing:
    """The statements of a policy that match the actions of one service.

    An entry with another prefix is left out, since no wildcard stands in a prefix, but in `*:*`.
    """

    def __init__(self, policy: Policy, service: str) -> None:
        self.speaking = []
        for statement in policy:
            entries = _of_service(statement.actions or statement.not_actions or (), service)
            if entries or statement.not_actions is not None:
                self.speaking.append((statement, [(entry, compile_action(entry.text)) for entry in entries]))

    def matching(self, action: str) -> dict[int, Entry | None]:
        """For a lower-cased action, the statements that match it by index, each with the entry that does."""
        found: dict[int, Entry | None] = {}
        for statement, entries in self.speaking:
            entry = next((entry for entry, fits in entries if fits(action)), None)
            if (entry is None) == (statement.actions is None):
                found[statement.index] = entry
        return found

    def statements(self, matching: dict[int, Entry | None]) -> Iterator[Statement]:
        for statement, _ in self.speaking:
            if statement.index in matching:
                entry = matching[statement.index]
                yield replace(statement, not_actions=()) if entry is None else replace(statement, actions=(entry,))


def _of_service(entries: Iterable[Entry], service: str) -> list[Entry]:
    return [
        entry
        for entry in entries
        if entry.text.partition(":")[0].lower() == service
        or ":" not in entry.text
        or entry.text == "*:*"
        or has_wildcard_in_prefix(entry.text)
    ]


def _compare_every_action(
    policy: Policy, alike: list[Alike], resource: str, context: dict[str, ContextValue], compared: Compared
) -> None:
    found = Simulator(identity=[policy]).permissions(CALLER, resource, context)

    def check(name: str, expected: str) -> None:
        if found.decision(name) != expected:
            told = f"{policy.name}: {name} on {resource}: reference {expected}, permissions {found.decision(name)}"
            compared.differing.append(told)

    for held in alike:
        narrowed = replace(policy, statements=held.statements)
        expected = reference(narrowed, Request(CALLER, held.names[0], resource, context))
        for name in held.names:
            check(name, expected)
        compared.decisions += len(held.names)
    every = [name for held in alike for name in held.names]
    for name in Random(f"{policy.name} {resource}").sample(every, WHOLE):
        check(name, reference(policy, Request(CALLER, name, resource, context)))
        compared.whole += 1


def reference(policy: Policy, request: Request) -> str:
    return decide(PolicySet(identity=(Attached(policy),)), authorised_request(request)).decision.value


def pick(policies: dict[str, Any], count: int) -> list[tuple[str, Any]]:
    """So many policies, the largest first: half of them the largest, the others spread over all the others."""
    held = sorted(policies.items(), key=lambda named: size(named[1]), reverse=True)
    half = count // 2
    others = held[half:]
    return [*held[:half], *others[:: max(1, len(others) // (count - half))][: count - half]]


def report(compared: Compared, largest: tuple[str, Any], taken: float) -> Iterator[str]:
    """The counts, as Markdown."""
    differing = len(compared.differing)
    yield f"{compared.policies:,} policies, all loaded; the largest has {size(largest[1]):,} patterns (`{largest[0]}`)."
    said = f"{differing:,} answers differed" if differing else "No answer differed"
    yield f"{said}. It took {taken / 60:,.0f} minutes."
    yield ""
    yield "| asked | answers |"
    yield "|---|--:|"
    for what, count in (
        ("`permissions`, every action of the catalog on three resources, against the reference", compared.decisions),
        ("of these, each by a decision of the reference's own on the whole policy", compared.whole),
        (
            "single requests, from the statements and one step beside them, index on against index off",
            compared.requests,
        ),
        ("of these, allowed", compared.allowed),
        ("of these, explicitly denied", compared.explicitly_denied),
    ):
        yield f"| {what} | {count:,} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.managed", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--policies", type=int, metavar="N", help="only so many, and the page stays as it is")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many processes")
    chosen = parser.parse_args()
    policies = managed_policies()
    if not policies:
        raise SystemExit("error: the managed policies are not there; `python -m benchmarks --set-up` fetches them")
    picked = pick(policies, min(chosen.policies or len(policies), len(policies)))
    start, compared = time.monotonic(), Compared()
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for of_policy in pool.map(compare, picked):
            compared += of_policy
            print(*of_policy.differing[:20], sep="\n", end="\n" if of_policy.differing else "")
    told = list(report(compared, picked[0], time.monotonic() - start))
    print("\n".join(told))
    if chosen.policies is None and not compared.differing:
        write_part(PAGE, "benchmarks.managed", "\n".join(told))
    raise SystemExit(1 if compared.differing else 0)


if __name__ == "__main__":
    main()
