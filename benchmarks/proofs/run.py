"""`python -m benchmarks.proofs.run DIRECTORY`: the goals of the prover, measured on real edits.

DIRECTORY keeps the corpus (`corpus.fetch`). One core; every time is of one call, policies read beforehand, nothing
warmed up but Python itself. Times are of the processor.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence

from benchmarks.proofs.corpus import edits, fetch, load, versions
from policyeval.policy.model import Policy
from policyeval.proof.certificate import NoCertificate, certificate_text
from policyeval.proof.checker import check_certificate
from policyeval.proof.outcome import Outcome, Verdict
from policyeval.proof.question import Asked, access_not_granted, no_new_access


def measure(ask: Callable[[], Outcome]) -> tuple[float, Outcome]:
    """Milliseconds of processor time: what the call costs on one core, whatever else the machine does."""
    start = time.process_time()
    outcome = ask()
    return (time.process_time() - start) * 1000, outcome


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(title: str, times: Sequence[float], verdicts: Counter[str]) -> None:
    total = sum(verdicts.values())
    decided = 100 * (1 - verdicts["unknown"] / total)
    print(
        f"{title}: {total} questions, median {statistics.median(times):.2f} ms, p90 {percentile(times, 0.9):.2f} ms, "
        f"p99 {percentile(times, 0.99):.1f} ms, max {max(times):.0f} ms, decided {decided:.2f} %, {dict(verdicts)}"
    )


def successive(pairs: Sequence[tuple[str, Policy, Policy]], title: str, *, every: bool) -> None:
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
    report(title, times, verdicts)
    for elapsed, text in sorted(slow, reverse=True)[:3]:
        print(f"    {elapsed:8.1f} ms  {text}")


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


def forbidden(latest: Sequence[Policy]) -> None:
    """`access-not-granted` over every policy: one question of eight actions each."""
    verdicts: Counter[str] = Counter()
    times = []
    for policy in latest:
        asked = [Asked(FORBIDDEN)]
        elapsed, outcome = measure(lambda one=policy, asked=asked: access_not_granted(one, asked))  # type: ignore[misc]
        times.append(elapsed)
        verdicts[outcome.verdict.value] += 1
    report("access-not-granted", times, verdicts)
    print(f"    all {len(latest)} policies: {sum(times) / 1000:.2f} s")


def certificates(pairs: Sequence[tuple[str, Policy, Policy]]) -> None:
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
    share = 100 * checking / proving if proving else 0.0
    print(f"certificates: {written} written, {sum(refused.values())} not; checking takes {share:.0f} % of proving")
    for reason, count in refused.most_common(3):
        print(f"    {count:5} {reason}")


def examples(latest: Sequence[Policy]) -> None:
    """ReadOnlyAccess against PowerUserAccess, with the request that `simulate` confirms."""
    by_name = {policy.name.split()[0]: policy for policy in latest}
    outcome = no_new_access(by_name["ReadOnlyAccess"], by_name["PowerUserAccess"])
    request = outcome.accesses[0].counterexample.request
    asked = f"{request.action} on {request.resource.arn}"
    print(f"ReadOnlyAccess against PowerUserAccess: {outcome.verdict.value}: {asked}")


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
    successive([(edit.name, edit.new, edit.old) for edit in found], "new against old", every=False)
    successive([(edit.name, edit.old, edit.new) for edit in found], "old against new", every=False)
    latest = [policies[-1] for _, policies in versions(content) if policies]
    against = next(policy for policy in latest if policy.name.startswith("PowerUserAccess "))
    successive([(policy.name, policy, against) for policy in latest], "latest against PowerUserAccess", every=False)
    successive([(edit.name, edit.new, edit.old) for edit in found[::5]], "all new access, every fifth edit", every=True)
    forbidden(latest)
    certificates([(edit.name, edit.old, edit.new) for edit in found[::5]])
    examples(latest)


if __name__ == "__main__":
    main()
