"""Quotas on policies: how large one may be and how many may be attached.

Source: IAM User Guide, reference_iam-quotas; Organizations User Guide, orgs_reference_limits; the services' own pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from policyeval.catalog.overlay import load_overlay

Counts = Literal["non-whitespace-characters", "characters", "bytes"]


@dataclass(frozen=True, slots=True)
class SizeQuota:
    """How large a policy of a kind may be."""

    kind: str
    """As in the case format: `identity`, `permissionsBoundary`, `session`, `trust`, `resource`, `scp`, ..."""
    subject: str
    """What is counted, in words: `inline policies of a user, together`."""
    limit: int
    counts: Counts
    maximum: int | None
    """What AWS raises the limit to on request."""
    since: str | None
    """The day from which the limit holds, `YYYY-MM-DD`, if it changed lately."""
    before: int | None
    """The limit before that day."""
    service: str | None
    """For resource-based policies, the prefix of the service."""
    source: str


@dataclass(frozen=True, slots=True)
class CountQuota:
    """How many of a thing AWS permits by default, and at most."""

    subject: str
    limit: int
    maximum: int | None
    since: str | None
    before: int | None
    source: str


@lru_cache(maxsize=1)
def size_quotas() -> tuple[SizeQuota, ...]:
    return tuple(
        SizeQuota(
            kind=entry["kind"],
            subject=entry["subject"],
            limit=entry["limit"],
            counts=entry["counts"],
            maximum=entry.get("maximum"),
            since=entry.get("since"),
            before=entry.get("before"),
            service=entry.get("service"),
            source=entry["source"],
        )
        for entry in load_overlay("quotas")["sizes"]
    )


@lru_cache(maxsize=1)
def count_quotas() -> tuple[CountQuota, ...]:
    return tuple(
        CountQuota(
            subject=entry["subject"],
            limit=entry["limit"],
            maximum=entry.get("maximum"),
            since=entry.get("since"),
            before=entry.get("before"),
            source=entry["source"],
        )
        for entry in load_overlay("quotas")["counts"]
    )


def size_quotas_of(kind: str, *, service: str | None = None) -> tuple[SizeQuota, ...]:
    """The quotas of a policy kind, the smallest first; for resource-based policies those of one service.

    >>> [quota.limit for quota in size_quotas_of("identity")]
    [2048, 5120, 6144, 10240]
    """
    found = [quota for quota in size_quotas() if quota.kind == kind and quota.service == service]
    return tuple(sorted(found, key=lambda quota: quota.limit))


def count_quota(subject: str) -> CountQuota:
    """The quota with a subject of `count_quotas`; `KeyError` for any other text."""
    for quota in count_quotas():
        if quota.subject == subject:
            return quota
    raise KeyError(subject)
