"""Index, `permissions` and reference on the same drawn questions, as many as asked for.

    python -m benchmarks.differential --examples 100000 --seed 1 --jobs 2

An example is one request against one set of policies; every seed draws a chain of them, so a seed that is printed
draws its questions again. The exit status is 1 when they differ on any.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

from benchmarks.pages import write_part
from tests.property.agreement import disagreements, reference_answer
from tests.property.questions import draw_questions

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
WORLDS, REQUESTS = 5, 8


def ask(seed: int) -> tuple[int, Counter[str], list[str]]:
    """The questions of one seed: how many, the reference's answers, and what differs."""
    answers: Counter[str] = Counter()
    found = []
    count = 0
    for world, policies, requests in draw_questions(Random(seed), WORLDS, REQUESTS):
        count += len(requests)
        answers.update(reference_answer(policies, request).partition(":")[0] for request in requests)
        for request, expected, answer, at_once in disagreements(policies, requests):
            layers = {name: held for name, held in world.layers.items() if held}
            found.append(
                f"seed {seed}: reference {expected}, index {answer}, permissions {at_once}\n"
                f"  {request}\n  {json.dumps(layers, default=str)}"
            )
    return count, answers, found


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.differential", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the counts into docs/benchmarks.md")
    chosen = parser.parse_args()
    seeds = range(chosen.seed, chosen.seed + -(-chosen.examples // (WORLDS * REQUESTS)))
    start, count, answers, differing = time.monotonic(), 0, Counter[str](), 0
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for asked, answered, found in pool.map(ask, seeds, chunksize=4):
            count += asked
            answers.update(answered)
            differing += len(found)
            for text in found:
                print(text)
            if sys.stderr.isatty():
                print(f"\r{count:,}", end="", file=sys.stderr, flush=True)
    counts = ", ".join(f"{number:,} {answer}" for answer, number in answers.most_common())
    told = f"{count:,} examples in {time.monotonic() - start:,.0f} s: {counts}; {differing:,} on which they differ"
    print(told)
    if chosen.write and not differing:
        write_part(PAGE, "benchmarks.differential", f"The last long run: {told}.")
    raise SystemExit(1 if differing else 0)


if __name__ == "__main__":
    main()
