"""`python -m benchmarks.proofs.run DIRECTORY`: the goals of the prover, measured on real edits.

DIRECTORY keeps the corpus (`corpus.fetch`). One core; every time is of one call, policies read beforehand, nothing
warmed up but Python itself. Times are of the processor. What comes of it is written into docs/proofs.md.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pages import write_part
from benchmarks.proofs.corpus import edits, fetch, load, versions
from policyeval.policy.model import Policy
from policyeval.proof.certificate import NoCertificate, certificate_text
from policyeval.proof.checker import check_certificate
from policyeval.proof.outcome import Outcome, Verdict
from policyeval.proof.question import Asked as Access
from policyeval.proof.question import access_not_granted, no_new_access

PAGE = Path(__file__).parent.parent.parent / "docs" / "proofs.md"


def measure(ask: Callable[[], Outcome]) -> tuple[float, Outcome]:
    """Milliseconds of processor time: what the call costs on one core, whatever else the machine does."""
    start = time.process_time()
    outcome = ask()
    return (time.process_time() - start) * 1000, outcome


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Asked:
    """One question asked many times: milliseconds of each, and what came of it."""

    title: str
    times: Sequence[float]
    verdicts: Counter[str]

    @property
    def decided(self) -> float:
        """How many of a hundred."""
        return 100 * (1 - self.verdicts["unknown"] / sum(self.verdicts.values()))

    def together(self, other: Asked, title: str) -> Asked:
        return Asked(title, [*self.times, *other.times], self.verdicts + other.verdicts)

    def row(self) -> str:
        times = (
            f"{statistics.median(self.times):.2f} ms",
            f"{percentile(self.times, 0.99):.0f} ms",
            f"{max(self.times):,.0f} ms",
        )
        return f"| {self.title} | {len(self.times):,} | {' | '.join(times)} | {self.decided:.2f} % |"

    def tell(self) -> Asked:
        print(f"{self.row()} {dict(self.verdicts)}", flush=True)
        return self


def successive(pairs: Sequence[tuple[str, Policy, Policy]], title: str, *, every: bool) -> Asked:
    times: list[float] = []
    verdicts: Counter[str] = Counter()
    slow: list[tuple[float, str]] = []
    for name, new, old in pairs:
        elapsed, outcome = measure(lambda new=new, old=old: no_new_access(new, old, every=every))  # type: ignore[misc]
        times.append(elapsed)
        verdicts[outcome.verdict.value] += 1
        slow.append((elapsed, f"{name} {outcome.verdict.value} {outcome.spent} steps"))
        if outcome.verdict is Verdict.UNKNOWN:
            print(f"    unknown: {new.name} against {old.name}: {outcome.doubts[0]}")
    for elapsed, text in sorted(slow, reverse=True)[:3]:
        print(f"    {elapsed:8.1f} ms  {text}")
    return Asked(title, times, verdicts).tell()


FORBIDDEN = (
    "iam:CreateUser",
    "iam:CreateAccessKey",
    "iam:AttachUserPolicy",
    "iam:PassRole",
    "kms:Decrypt",
    "secretsmanager:GetSecretValue",
    "organizations:LeaveOrganization",
    "s3:DeleteBucket",
)


def forbidden(latest: Sequence[Policy]) -> Asked:
    """`access-not-granted` over every policy: one question of eight actions each."""
    verdicts: Counter[str] = Counter()
    times = []
    for policy in latest:
        elapsed, outcome = measure(lambda one=policy: access_not_granted(one, [Access(FORBIDDEN)]))  # type: ignore[misc]
        times.append(elapsed)
        verdicts[outcome.verdict.value] += 1
    return Asked("`access-not-granted`, eight actions", times, verdicts).tell()


def certificates(pairs: Sequence[tuple[str, Policy, Policy]]) -> str:
    """What writing and checking certificates costs, beside the proofs themselves."""
    proving = checking = 0.0
    refused: Counter[str] = Counter()
    written = 0
    for _, new, old in pairs:
        elapsed, outcome = measure(lambda new=new, old=old: no_new_access(new, old))  # type: ignore[misc]
        if outcome.verdict is not Verdict.PROVED:
            continue
        proving += elapsed
        try:
            document = json.loads(certificate_text(new, old))
        except NoCertificate as reason:
            refused[str(reason)] += 1
            continue
        start = time.process_time()
        check_certificate(document, new, old)
        checking += (time.process_time() - start) * 1000
        written += 1
    for reason, count in refused.most_common(3):
        print(f"    {count:5} {reason}")
    total = written + sum(refused.values())
    return (
        f"Of {total:,} proofs a certificate could be written of {written:,}; checking them takes "
        f"{checking / proving:.1f} times as long as proving."
    )


def example(latest: Sequence[Policy]) -> str:
    """ReadOnlyAccess against PowerUserAccess, with the request that `simulate` confirms."""
    by_name = {policy.name.split()[0]: policy for policy in latest}
    outcome = no_new_access(by_name["ReadOnlyAccess"], by_name["PowerUserAccess"])
    request = outcome.accesses[0].counterexample.request
    return f"ReadOnlyAccess against PowerUserAccess is {outcome.verdict.value}, for example by `{request.action}`."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory")
    parser.add_argument("--limit", type=int, default=0)
    options = parser.parse_args()
    content = load(fetch(options.directory))
    found = list(edits(content))
    found = found[: options.limit] if options.limit else found
    gc.freeze()
    print(f"{len(content)} policies, {len(found)} successive edits")
    forth = successive([(edit.name, edit.new, edit.old) for edit in found], "new version against old", every=False)
    back = successive([(edit.name, edit.old, edit.new) for edit in found], "old version against new", every=False)
    latest = [policies[-1] for _, policies in versions(content) if policies]
    against = next(policy for policy in latest if policy.name.startswith("PowerUserAccess "))
    pairs = [(policy.name, policy, against) for policy in latest]
    some = [(edit.name, edit.new, edit.old) for edit in found[::5]]
    asked = [
        forth.together(back, "every edit, both ways").tell(),
        forth,
        back,
        successive(pairs, "latest against PowerUserAccess", every=False),
        successive(some, "all new access with examples, every fifth edit", every=True),
        forbidden(latest),
    ]
    told = [
        f"{len(found):,} edits of {len(content):,} policies, CPython {platform.python_version()}, one core.",
        "",
        "| question | number | median | p99 | most | decided |",
        "|---|--:|--:|--:|--:|--:|",
        *(each.row() for each in asked),
        "",
        f"`access-not-granted` over all policies takes {sum(asked[-1].times) / 1000:.1f} s.",
        certificates([(name, old, new) for name, new, old in some]),
        example(latest),
    ]
    print("\n".join(told))
    if not options.limit:
        write_part(PAGE, "benchmarks.proofs.run", "\n".join(told))


if __name__ == "__main__":
    main()
