"""Requests near a policy: its actions, resources and values, and values next to these."""

from __future__ import annotations

import random
from collections.abc import Iterator

from policyeval.evaluation.request import ContextValue, Request, Resource
from policyeval.linter.kinds import infer_kind
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import examine, find_document
from policyeval.policy.model import Policy
from policyeval.rules.expansion import expand_pattern
from policyeval.source import Source
from tests.proof.sampling import CALLERS, allows

TRIES = 300
WORDS = ("", "x", "a/b", "team")


def read(text: str, kind: PolicyKind | None) -> Policy | None:
    """The policy of a text; nothing when AWS would refuse it."""
    document = find_document(Source("policy.json", text))
    policy, problems = examine(document, kind or infer_kind(document.value), "policy.json")
    return None if problems else policy


def requests(policies: list[Policy], seed: int = 1) -> Iterator[Request]:
    """`TRIES` requests that the policies speak of, some of them only nearly."""
    rng = random.Random(seed)
    statements = [statement for policy in policies for statement in policy]
    patterns = [e.text for s in statements for e in (*(s.actions or ()), *(s.not_actions or ()))]
    actions = sorted(
        {a for pattern in patterns for a in expand_pattern(pattern)[:20]} | {"s3:GetObject", "iam:PassRole"}
    )
    resources = [e.text for s in statements for e in (*(s.resources or ()), *(s.not_resources or ()))]
    conditions = [condition for s in statements for condition in s.conditions]
    for _ in range(TRIES):
        context: dict[str, ContextValue] = {}
        for condition in conditions:
            if rng.random() < 0.75:
                values = [filled(rng, entry.text) for entry in condition.values] + ["other", "true", "false"]
                several = condition.operator.qualifier is not None and rng.random() < 0.5
                context[condition.key] = rng.sample(values, min(2, len(values))) if several else rng.choice(values)
        pattern = rng.choice([*resources, "*", "arn:aws:s3:::team-logs/key"])
        caller = rng.choice(CALLERS) if policies[0].kind.elements.principal else CALLERS[1]
        yield Request(caller, rng.choice(actions), Resource(concrete(rng, pattern)), context)


def filled(rng: random.Random, pattern: str) -> str:
    """A text that fits a pattern, more often than not."""
    return "".join(rng.choice(WORDS) if c == "*" else "q" if c == "?" else c for c in pattern)


def concrete(rng: random.Random, pattern: str) -> str:
    """An ARN that fits an entry of `Resource`, or `*`."""
    if not pattern.strip("*") or not pattern.startswith("arn:"):
        return rng.choice(("*", "arn:aws:s3:::team-logs/key"))
    segments = [filled(rng, part) for part in (pattern.split(":", 5) + ["*"] * 5)[:6]]
    defaults = ["arn", "aws", "s3", "", "", "key"]
    return ":".join(part or default for part, default in zip(segments, defaults, strict=True))


def differences(before: str, after: str, kind: PolicyKind | None) -> list[Request]:
    """The requests that one of two policies allows and the other does not, among those tried."""
    old, new = read(before, kind), read(after, kind)
    assert old is not None, "a safe fix of a policy that AWS refuses promises what nobody can check"
    assert new is not None
    return [request for request in requests([old, new]) if allows(old, request) != allows(new, request)]
