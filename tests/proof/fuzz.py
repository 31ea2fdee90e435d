"""The long run: `python -m tests.proof.fuzz --pairs 100000 --seed 1`.

Draws pairs of policies of every kind, asks the prover, and tries to refute what it says with the reference evaluator.
Prints a line for each kind; exit status 1 at the first answer that is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from policyeval.policy.kind import PolicyKind
from policyeval.proof.outcome import Verdict
from policyeval.proof.question import no_new_access
from tests.proof.sampling import Document, allows, differences, draw_pair, read

KINDS = (
    PolicyKind.IDENTITY,
    PolicyKind.RESOURCE,
    PolicyKind.TRUST,
    PolicyKind.SCP,
    PolicyKind.RCP,
    PolicyKind.VPC_ENDPOINT,
    PolicyKind.BOUNDARY,
)


class Unsound(AssertionError):
    """The prover said what the evaluator refutes."""


@dataclass
class Tally:
    verdicts: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    seconds: float = 0.0


def try_to_refute(rng: random.Random, kind: PolicyKind, new: Document, old: Document, tries: int, tally: Tally) -> None:
    """Ask the prover about one pair; raises `Unsound`."""
    new_policy, old_policy = read(new, kind), read(old, kind)
    start = time.perf_counter()
    outcome = no_new_access(new_policy, old_policy)
    tally.seconds += time.perf_counter() - start
    tally.verdicts[outcome.verdict.value] += 1
    if outcome.verdict is Verdict.REFUTED:
        request = outcome.accesses[0].counterexample.request
        if not allows(new_policy, request) or allows(old_policy, request):
            raise Unsound(describe("refuted without a counterexample", kind, new, old, request))
        return
    if outcome.verdict is Verdict.UNKNOWN:
        tally.doubts[outcome.doubts[0]] += 1
        return
    tally.requests += tries
    found = next(differences(rng, kind, new, old, tries), None)
    if found is not None:
        raise Unsound(describe("proved, and yet there is", kind, new, old, found))


def describe(fact: str, kind: PolicyKind, new: Document, old: Document, request: object) -> str:
    return f"{fact} ({kind.value}): {request}\nnew: {json.dumps(new)}\nold: {json.dumps(old)}"


def run(seed: int, kind: PolicyKind, pairs: int, tries: int) -> Tally:
    rng = random.Random(f"{seed} {kind.value}")
    tally = Tally()
    for _ in range(pairs):
        first, second = draw_pair(rng, kind)
        try_to_refute(rng, kind, first, second, tries, tally)
        try_to_refute(rng, kind, second, first, tries, tally)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--tries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=[kind.value for kind in KINDS])
    options = parser.parse_args()
    for kind in KINDS:
        if options.kind not in (None, kind.value):
            continue
        try:
            tally = run(options.seed, kind, options.pairs, options.tries)
        except Unsound as wrong:
            print(wrong)
            return 1
        print(f"{kind.value:20} {dict(tally.verdicts)} {tally.requests} requests, {tally.seconds:.1f} s proving")
        for doubt, count in tally.doubts.most_common(5):
            print(f"    {count:5} {doubt}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
