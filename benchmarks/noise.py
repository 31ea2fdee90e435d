"""`python -m benchmarks.noise`: what `check` says of AWS's managed policies, in docs/managed-policies.md.

The policies are valid by construction, so an `error` is either a service or an action that AWS has retired since, or a
fault of ours. A rule that speaks of more than two in a hundred needs a reason here; without one the command fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.workshop import managed_policies
from policyeval.reading import write_whole
from policyeval.rules.table import BY_NAME

PAGE = Path(__file__).parent.parent / "docs" / "managed-policies.md"
NOISY = 0.02
REASONS: Mapping[str, str] = {
    "action-needs-resource-star": "each is an Allow that gives nothing or a Deny that denies nothing, which AWS's own "
    "authors read past as others do",
    "retired-action": "AWS leaves the names of services that it closed in its policies",
    "no-resource-fits-action": "object actions on ARNs of another type: the Allow gives nothing",
    "equivalent-to-null-false": "Access Analyzer says the same of the same statements",
    "privilege-escalation": "each lets its holder get more rights than it names, whatever else there is",
    "privilege-escalation-through-resource": "as above, with a target that must be there already",
    "forallvalues-without-null-check": "AWS's guide itself asks for the `Null` check",
    "invalid-arn-resource": "ARNs of a form that AWS's reference does not give; see the errors below",
    "redundant-resource": "Access Analyzer says the same; the finding is a suggestion",
    "redundant-action": "Access Analyzer says the same; the finding is a suggestion",
    "policy-too-large": "AWS's own policies may be larger than a customer's",
    "policy-size-exceeds-identity-policy-quota": "AWS's own policies may be larger than a customer's",
}


def findings() -> dict[str, list[dict[str, Any]]]:
    """The findings of one run of the command over all policies, by policy."""
    policies = managed_policies()
    if not policies:
        sys.exit("error: the managed policies are not there; `python -m benchmarks --set-up` fetches them")
    with tempfile.TemporaryDirectory() as folder:
        for name, document in policies.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
        command = [sys.executable, "-m", "policyeval", "check", "--format", "json", "--fail-on", "never", folder]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if ran.returncode:
        sys.exit(ran.stderr)
    by_policy: dict[str, list[dict[str, Any]]] = {name: [] for name in policies}
    for finding in json.loads(ran.stdout)["findings"]:
        by_policy[Path(finding["file"]).stem].append(finding)
    return by_policy


def page(by_policy: Mapping[str, list[dict[str, Any]]]) -> str:
    found: Counter[str] = Counter()
    holders: defaultdict[str, set[str]] = defaultdict(set)
    errors: Counter[str] = Counter()
    for policy, said in by_policy.items():
        for finding in said:
            found[finding["rule"]] += 1
            holders[finding["rule"]].add(policy)
            if finding["severity"] == "error":
                errors[finding["message"]] += 1
    total = len(by_policy)
    noisy = [rule for rule, names in holders.items() if len(names) > NOISY * total]
    unexplained = [rule for rule in noisy if rule not in REASONS]
    if unexplained:
        sys.exit(f"error: more than {NOISY:.0%} and no reason: {', '.join(sorted(unexplained))}")
    return "\n".join(_lines(total, found, holders, noisy, errors)) + "\n"


def _lines(
    total: int,
    found: Counter[str],
    holders: Mapping[str, set[str]],
    noisy: list[str],
    errors: Counter[str],
) -> Iterator[str]:
    clean = total - len(set().union(*holders.values()))
    yield "# What `check` says of AWS's managed policies"
    yield ""
    yield "<!-- Written by `python -m benchmarks.noise`. -->"
    yield ""
    yield f"{total:,} policies, the default rules; {clean:,} without a finding. A policy counts once for a rule."
    yield ""
    yield "| rule | severity | policies | | findings |"
    yield "|---|---|--:|--:|--:|"
    for rule, names in sorted(holders.items(), key=lambda item: (-len(item[1]), item[0])):
        severity = BY_NAME[rule].severity.value
        yield f"| [{rule}](rules/{rule}.md) | {severity} | {len(names)} | {len(names) / total:.1%} | {found[rule]} |"
    yield ""
    yield f"## Rules that speak of more than {NOISY:.0%}"
    yield ""
    for rule in sorted(noisy, key=lambda name: -len(holders[name])):
        yield f"- `{rule}`: {REASONS[rule]}."
    yield ""
    yield "## Every error"
    yield ""
    for message, count in sorted(errors.items()):
        yield f"- {message}" + (f" ({count} times)" if count > 1 else "")


if __name__ == "__main__":
    write_whole(PAGE, page(findings()))
    print(f"written to {PAGE}")
