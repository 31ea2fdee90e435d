"""The sections of the benchmark. Each checks its answers and then yields measurements."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import corpora, workshop
from benchmarks.linting import lint
from benchmarks.measuring import Measurement, check, rate, seconds
from benchmarks.running import ROOT, peak_megabytes, run_policyeval
from benchmarks.starting import start
from policyeval.account.account import Account
from policyeval.account.simulators import AccountSimulator
from policyeval.evaluation.action_sets import ActionSets, action_sets
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.simulator import Simulator
from policyeval.policy.model import Policy
from policyeval.syntax.action import compile_action

SHOWN = 5
"""How many actions a peer's note names at most."""


def reference_decision(policy: Policy, request: Request) -> str:
    return decide(PolicySet(identity=(Attached(policy),)), authorised_request(request)).decision.value


def all_decided(simulator: Simulator, requests: list[Request]) -> Callable[[], object]:
    """Work to be timed: every decision, one after the other."""
    return lambda: list(simulator.decide_all(requests))


def reference_rate(policy: Policy, requests: list[Request]) -> float:
    simulator = Simulator(identity=[policy], use_index=False)
    return rate(lambda: list(simulator.decide_all(requests)), len(requests), repeats=2)


# ---- expanding patterns


def expand(*, full: bool) -> Iterator[Measurement]:
    patterns = corpora.read_only_patterns()
    sets = action_sets()
    definition = [
        name for name in sets.table.names if any(fits(name.lower()) for fits in map(compile_action, patterns))
    ]
    check(list(sets.names(sets.of_patterns(patterns))) == definition, "expansion")
    what = f"expand {len(patterns):,} patterns of ReadOnlyAccess"
    own = seconds(lambda: ActionSets(sets.table).of_patterns(patterns), repeats=20)
    yield Measurement("expand", what, own, "s", f"{len(definition):,} actions")
    yield Measurement(
        "expand", "the same, and the names", seconds(lambda: list(sets.names(sets.of_patterns(patterns)))), "s"
    )
    for peer in ("py-iam-expand", "policyuniverse"):
        answer = workshop.ask_python_peer(peer, {"patterns": patterns})
        if answer is not None:
            same = len({name.lower() for name in answer["actions"]} & {name.lower() for name in definition})
            note = f"{answer['seconds'] / own:,.0f} times as long; {same:,} of the same actions"
            yield Measurement("expand", f"{peer}, the same patterns", answer["seconds"], "s", note)


# ---- every action at once


def permissions(*, full: bool) -> Iterator[Measurement]:
    policy = corpora.read_only_policy()
    request = Request(corpora.ALICE, "s3:GetObject", "*")
    found = Simulator(identity=[policy]).permissions(request.principal)
    for name in corpora.spread_actions(100):
        asked = Request(corpora.ALICE, name, "*")
        check(found.decision(name) == reference_decision(policy, asked), name)

    def first_time() -> None:
        fresh = Policy(policy.kind, policy.statements, policy.version)
        Simulator(identity=[fresh]).permissions(corpora.ALICE, "*", {})

    total = len(action_sets().table)
    yield Measurement("permissions", f"{total:,} actions, ReadOnlyAccess, first time", seconds(first_time, 10), "s")
    five = Simulator(identity=[corpora.read_only_policy(), corpora.five_statements()])
    contexts = [{"aws:SecureTransport": "true", "aws:SourceIp": f"203.0.113.{number}"} for number in range(200)]
    five.permissions(corpora.ALICE, "*", contexts[0])
    again = seconds(lambda: [five.permissions(corpora.ALICE, "*", context) for context in contexts]) / len(contexts)
    yield Measurement(
        "permissions", "again, another context", again, "s", f"{total / again / 1e6:,.0f} million decisions a second"
    )
    bucket = "arn:aws:s3:::home/alice/k"
    five.permissions(corpora.ALICE, bucket, contexts[0])
    again = seconds(lambda: [five.permissions(corpora.ALICE, bucket, context) for context in contexts]) / len(contexts)
    yield Measurement("permissions", "again, on an object", again, "s")
    slow = seconds(
        lambda: [reference_decision(policy, Request(corpora.ALICE, name)) for name in corpora.spread_actions(50)], 1
    )
    yield Measurement("permissions", "by the reference, an action", slow / 50, "s")
    users = 1000
    account = AccountSimulator(corpora.account_of(users))

    def everyone() -> None:
        for number in range(users):
            account.permissions(f"user{number}")

    start = time.perf_counter()
    everyone()
    cold = time.perf_counter() - start
    yield Measurement(
        "permissions",
        f"{users:,} users, the whole catalog each, first time",
        cold,
        "s",
        f"{users * total / cold / 1e6:,.0f} million/s",
    )
    warm = seconds(everyone, 3)
    yield Measurement(
        "permissions",
        f"{users:,} users, the whole catalog each, again",
        warm,
        "s",
        f"{users * total / warm / 1e6:,.0f} million/s",
    )
    guide = AccountSimulator(Account.load(str(ROOT / "fixtures" / "guide" / "account.yaml")))
    names = list(guide.account.users)
    taken = seconds(lambda: [guide.permissions(name) for name in names]) / len(names)
    yield Measurement("permissions", "a user of the guide's account, again", taken, "s")


# ---- one request at a time


def decide_one(*, full: bool) -> Iterator[Measurement]:
    count = 50_000
    policy = corpora.five_statements()
    simulator = Simulator(identity=[policy])
    for name, requests in corpora.five_statement_requests(count).items():
        for request in requests[:300]:
            check(simulator.decide(request) == reference_decision(policy, request), name)
        value = rate(all_decided(simulator, requests), count)
        slow = reference_rate(policy, requests[:500])
        note = f"reference {slow:,.0f} /s, {value / slow:,.0f} times"
        yield Measurement("decide", f"five statements, {name}", value, "/s", note)
    requests = corpora.five_statement_requests(2000)["hit"]
    cold = seconds(lambda: Simulator(identity=[corpora.five_statements()]).decide(requests[0]), 20)
    yield Measurement("decide", "read, compile and decide once", cold, "s")
    hit = rate(lambda: list(simulator.decide_all(requests)), len(requests))
    yield from _peers(corpora.FIVE_STATEMENTS, requests[:1000], hit, [simulator.decide(r) for r in requests[:1000]])


def decide_read_only(*, full: bool) -> Iterator[Measurement]:
    policy = corpora.read_only_policy()
    simulator = Simulator(identity=[policy])
    requests = [Request(corpora.ALICE, name, "*", {}) for name in corpora.spread_actions(1000)]
    answers = list(simulator.decide_all(requests))
    for request, answer in list(zip(requests, answers, strict=True))[::10]:
        check(answer == reference_decision(policy, request), request.action)
    many = requests * 20
    warm = rate(lambda: list(simulator.decide_all(many)), len(many))
    slow = reference_rate(policy, requests[:100])
    note = f"reference {slow:,.0f} /s, {warm / slow:,.0f} times"
    yield Measurement("read-only", "ReadOnlyAccess, 1,000 actions over the catalog", warm, "/s", note)

    def cold() -> None:
        fresh = Policy(policy.kind, policy.statements, policy.version)
        list(Simulator(identity=[fresh]).decide_all(requests))

    yield Measurement("read-only", "the same, compiled anew for 1,000 requests", rate(cold, len(requests), 3), "/s")
    yield from _peers(corpora.read_only_document(), requests[:200], warm, answers[:200])


def _peers(document: Any, requests: list[Request], own: float, answers: list[str]) -> Iterator[Measurement]:
    # What the caller fixes is told to the peers as context, since they do not derive it.
    told = {"aws:username": "alice", "aws:PrincipalTag/team": "core"}
    asked = [[request.action, request.resource.arn, {**told, **request.context}] for request in requests]
    question = {
        "document": document,
        "requests": asked,
        "principal": corpora.ALICE.arn,
        "account": corpora.ALICE.account,
    }
    for name, answer in (
        ("moto", workshop.ask_python_peer("moto", question)),
        ("iam-simulate", workshop.ask_node_peer(question)),
    ):
        if answer is None:
            continue
        words = {"PERMITTED": "allowed", "DENIED": "explicitDeny", "NEUTRAL": "implicitDeny"}
        words |= {"Allowed": "allowed", "ExplicitlyDenied": "explicitDeny", "ImplicitlyDenied": "implicitDeny"}
        pairs = list(zip(requests, answer["answers"], answers, strict=True))
        same = sum(words.get(theirs) == ours for _, theirs, ours in pairs)
        note = f"policyeval {own / answer['rate']:,.0f} times; same answer {same:,} of {len(answers):,}"
        refused = [request.action for request, theirs, _ in pairs if theirs == "error"]
        if refused:
            listed = ", ".join(f"`{action}`" for action in refused[:SHOWN])
            note += f"; {len(refused)} refused as no action of its own list: {listed}"
            note += f" and {len(refused) - SHOWN} more" if len(refused) > SHOWN else ""
        others = [request.action for request, theirs, ours in pairs if theirs != "error" and words.get(theirs) != ours]
        if others:
            note += f"; another answer: {', '.join(others)}"
        yield Measurement(
            "decide" if len(requests) > 200 else "read-only", f"{name}, the same requests", answer["rate"], "/s", note
        )
    if document is corpora.FIVE_STATEMENTS:
        answer = workshop.ask_python_peer("cedarpy", {"policies": corpora.CEDAR, "requests": asked})
        if answer is not None:
            note = "its own language: an order of magnitude, not like for like"
            yield Measurement("decide", "cedarpy, five policies of its own", answer["rate"], "/s", note)


# ---- what does not apply costs nothing


def grid(*, full: bool) -> Iterator[Measurement]:
    most = 2_500_000 if full else 100_000
    for statements in (1, 10, 100, 1000):
        for patterns in (1, 10, 100, 2500):
            if statements * patterns > most:
                continue
            policy = corpora.grid_policy(statements, patterns)
            start = time.perf_counter()
            simulator = Simulator(identity=[policy])
            simulator.decide(corpora.grid_requests("hit", 1)[0])
            built = time.perf_counter() - start
            parts = []
            for name in ("hit", "miss"):
                requests = corpora.grid_requests(name, 5000)
                expected = "allowed" if name == "hit" else "implicitDeny"
                check(set(simulator.decide_all(requests)) == {expected}, f"grid {name}")
                check(reference_decision(policy, requests[0]) == expected, f"grid {name}, reference")
                parts.append(seconds(all_decided(simulator, requests), 3) / len(requests))
            numbers = {"patterns": statements * patterns, "hit": parts[0], "miss": parts[1]}
            slow = "-"
            if statements * patterns <= 100_000:
                asked = corpora.grid_requests("hit", 2)
                reference = Simulator(identity=[policy], use_index=False)
                numbers["reference"] = seconds(all_decided(reference, asked), 2) / len(asked)
                slow = f"{numbers['reference'] * 1e6:,.0f} µs"
            note = f"miss {parts[1] * 1e6:.2f} µs, reference {slow}, compiled in {built * 1e3:,.1f} ms"
            what = (
                f"{statements:,} statement{'s' * (statements > 1)} of {patterns:,} pattern{'s' * (patterns > 1)}, hit"
            )
            yield Measurement("grid", what, parts[0], "s", note, numbers)
    for resources in (1, 10, 100, 1000, 10_000):
        policy = corpora.many_resources(resources)
        simulator = Simulator(identity=[policy])
        requests = corpora.many_resources_requests(resources, 5000)
        for request in requests[:50]:
            check(simulator.decide(request) == reference_decision(policy, request), "resources")
        taken = seconds(all_decided(simulator, requests), 3) / len(requests)
        what = (
            "1 statement for a bucket" if resources == 1 else f"{resources:,} statements, each for a bucket of its own"
        )
        yield Measurement("grid", what, taken, "s")


# ---- in bulk


def bulk(*, full: bool) -> Iterator[Measurement]:
    count = 1_000_000 if full else 100_000
    account = str(ROOT / "fixtures" / "company" / "account.yaml")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.jsonl"
        corpora.write_company_requests(account, path, count)
        check_bulk(account, path)
        command = ["simulate", "--requests", str(path), "--account", account, "--jobs"]
        for jobs in (1, 2):
            start = time.perf_counter()
            run_policyeval([*command, str(jobs)])
            taken = time.perf_counter() - start
            size = path.stat().st_size / 1e6
            note = f"{count / taken:,.0f} /s, start-up included; {size:,.0f} MB of JSON"
            yield Measurement(
                "bulk",
                f"{count:,} requests of the company's account, {jobs} process{'es' * (jobs > 1)}",
                taken,
                "s",
                note,
            )
        yield Measurement("bulk", "peak memory of a process", peak_megabytes([*command, "2"]), "MB")


def check_bulk(account_path: str, path: Path) -> None:
    """The first decisions of the file are those of the account asked one by one."""
    account = Account.load(account_path)
    simulator = AccountSimulator(account)
    with open(path, encoding="utf-8") as file:
        for line, _ in zip(file, range(500), strict=False):
            asked = json.loads(line)
            request = account.request(asked["principal"], asked["action"], asked["resource"], asked["context"])
            expected = decide(account.policy_set(request), request).decision.value
            check(simulator.decide(*asked.values()) == expected, line)


SECTIONS: dict[str, Callable[..., Iterator[Measurement]]] = {
    "expand": expand,
    "permissions": permissions,
    "decide": decide_one,
    "read-only": decide_read_only,
    "grid": grid,
    "bulk": bulk,
    "lint": lint,
    "start": start,
}
