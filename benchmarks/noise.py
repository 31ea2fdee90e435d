"""`python -m benchmarks.noise`: what `check` says of AWS's managed policies, in docs/managed-policies.md.

AWS stores these policies, so an `error` in one is a slip of AWS's own authors, or a fault of ours. Every error needs a
reason here, and so does a rule that speaks of more than two in a hundred; without one, or with one that nothing asks
for any more, the command fails.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.pages import part
from benchmarks.running import run_policyeval
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
    "invalid-arn-resource": "ARNs of a form that AWS's reference does not give; see the errors below",
    "redundant-resource": "Access Analyzer says the same; the finding is a suggestion",
    "redundant-action": "Access Analyzer says the same; the finding is a suggestion",
    "policy-too-large": "AWS's own policies may be larger than a customer's",
    "policy-size-exceeds-identity-policy-quota": "AWS's own policies may be larger than a customer's",
}


@dataclass(frozen=True, slots=True)
class Slip:
    """Why errors of one rule in AWS's policies are right: part of the message, and what AWS's own pages say of it."""

    rule: str
    text: str
    reason: str


NOT_SUPPORTED = "unsupported-action-for-condition-key"
NO_SUCH_ARN = "invalid-arn-resource"
SLIPS = (
    Slip("invalid-action", "`budgets:", "AWS Budgets has `budgets:ViewBudget` and `budgets:ModifyBudget` only"),
    Slip(NO_SUCH_ARN, "`connector-profile/*`", "the ARNs of AppFlow are written `connectorprofile/`"),
    Slip(NO_SUCH_ARN, "`endpointconfig/*`", "the ARNs of SageMaker AI are written `endpoint-config/`"),
    Slip(NO_SUCH_ARN, "`statemachine:*sagemaker*`", "ARNs are compared by case: AWS writes `stateMachine:`"),
    Slip(NO_SUCH_ARN, "`vpc-endpoint:*`", "the ARNs of EC2 have a slash there: `vpc-endpoint/`"),
    Slip(NO_SUCH_ARN, "`vpcconnection/*`", "ARNs are compared by case: AWS writes `vpcConnection/`"),
    Slip(NO_SUCH_ARN, "the ARN names no resource", "`arn:aws:organizations::*:` ends where the resource should begin"),
    Slip("missing-arn-account", "`kms`", "`arn:aws:kms:*::*` asks for a key without an account; all have one"),
    Slip("missing-qualifier", "`events:detail-type`", "the key holds a list; Access Analyzer says the same of it"),
    Slip(
        "variable-unsupported-in-element",
        "the account of an ARN",
        "the IAM User Guide allows variables after the fifth colon only",
    ),
    Slip(NOT_SUPPORTED, "`ec2:", "`ec2:Describe...` has neither resources nor their keys, as EC2's guide says"),
    Slip(NOT_SUPPORTED, "`application-autoscaling:", "the `Describe...` actions take no condition keys"),
    Slip(NOT_SUPPORTED, "`aws-marketplace:", "AWS's reference gives these actions other keys, or none"),
    Slip(NOT_SUPPORTED, "`deadline:SearchWorkers`", "AWS's reference gives the action no keys, unlike its siblings"),
    Slip(NOT_SUPPORTED, "`dms:", "a task's tags are keys of actions on tasks, and this one is about assessment runs"),
    Slip(NOT_SUPPORTED, "`glue:", "AWS's reference gives these actions, unlike those on tables, no keys"),
    Slip(NOT_SUPPORTED, "`nimble:", "AWS's reference gives the action the Studio's id and the caller's, not an owner"),
    Slip(NOT_SUPPORTED, "`ram:GetResourceShares`", "the action lists, and AWS's reference gives it tag keys only"),
    Slip(NOT_SUPPORTED, "`redshift-data:", "only the actions that run a statement know its catalog"),
)


def findings() -> dict[str, list[dict[str, Any]]]:
    """The findings of one run of the command over all policies, by policy."""
    policies = managed_policies()
    if not policies:
        sys.exit("error: the managed policies are not there; `python -m benchmarks --set-up` fetches them")
    with tempfile.TemporaryDirectory() as folder:
        for name, document in policies.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
        ran = run_policyeval(["check", "--format", "json", "--fail-on", "never", folder], directory=Path(folder))
    if ran.returncode:
        sys.exit(ran.stderr)
    by_policy: dict[str, list[dict[str, Any]]] = {name: [] for name in policies}
    for finding in json.loads(ran.stdout)["findings"]:
        by_policy[Path(finding["file"]).stem].append(finding)
    return by_policy


def page(by_policy: Mapping[str, list[dict[str, Any]]]) -> str:
    found: Counter[str] = Counter()
    holders: defaultdict[str, set[str]] = defaultdict(set)
    errors: Counter[tuple[str, str]] = Counter()
    for policy, said in by_policy.items():
        for finding in said:
            found[finding["rule"]] += 1
            holders[finding["rule"]].add(policy)
            if finding["severity"] == "error":
                errors[finding["rule"], finding["message"]] += 1
    total = len(by_policy)
    noisy = [rule for rule, names in holders.items() if len(names) > NOISY * total]
    unexplained = [rule for rule in noisy if rule not in REASONS]
    if unexplained:
        sys.exit(f"error: more than {NOISY:.0%} and no reason: {', '.join(sorted(unexplained))}")
    return "\n".join(_lines(total, found, holders, noisy, explained(errors))) + "\n"


def explained(errors: Mapping[tuple[str, str], int]) -> list[tuple[Slip, list[str]]]:
    """The messages of all errors by reason; ends the command when an error has no reason, or a reason no error."""
    messages: dict[Slip, list[str]] = {slip: [] for slip in SLIPS}
    unexplained = []
    for (rule, message), count in sorted(errors.items()):
        slip = next((slip for slip in SLIPS if slip.rule == rule and slip.text in message), None)
        if slip is None:
            unexplained.append(f"{rule}: {message}")
        else:
            messages[slip].append(message + (f" ({count} times)" if count > 1 else ""))
    if unexplained:
        sys.exit("error: errors without a reason\n" + "\n".join(unexplained))
    outlived = [f"{slip.rule}: {slip.text}" for slip, found in messages.items() if not found]
    if outlived:
        sys.exit("error: reasons without an error\n" + "\n".join(outlived))
    return list(messages.items())


def _lines(
    total: int,
    found: Counter[str],
    holders: Mapping[str, set[str]],
    noisy: list[str],
    errors: Sequence[tuple[Slip, Sequence[str]]],
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
    yield "None is about a name that AWS has retired, or about one that is right: each is a slip of the policy, for the"
    yield "reason given. `python -m benchmarks.noise` fails at an error without one."
    yield ""
    for slip, messages in errors:
        yield f"- [{slip.rule}](rules/{slip.rule}.md): {slip.reason}"
        for message in messages:
            yield f"  - {message}"
    yield ""
    yield "## Simulated"
    yield ""
    yield "Each policy, attached to a user, through the fast path and through the reference."
    yield ""
    yield part(PAGE, "benchmarks.managed")


if __name__ == "__main__":
    write_whole(PAGE, page(findings()))
    print(f"written to {PAGE}")
