"""Paths of privilege escalation: sets of actions that let their holder get rights that were not given.

A path is an AND of ORs: it is open when of every group at least one action is allowed. `pass_to` adds that
`iam:PassRole` must admit one of these service principals (`iam:PassedToService`).

Source: the public lists named in `data/escalation.json`, of which every entry is covered; each path says by which ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from policyeval.catalog.overlay import load_overlay

Scope = Literal["self-contained", "existing-resource"]


@dataclass(frozen=True, slots=True)
class EscalationPath:
    """One path; `name` is in kebab-case."""

    name: str
    gain: str
    """What its holder can do, continuing "lets its holder ..."."""
    groups: tuple[tuple[str, ...], ...]
    """`service:Name`; of each group one action is needed."""
    pass_to: tuple[str, ...]
    """Service principals to which the role is handed; empty when none is."""
    scope: Scope
    """`existing-resource` when it also needs a target that is already there: a build project, a running instance, a
    policy that denies."""
    harmless_on_self: bool
    """Whether the actions gain nothing when they reach only the holder's own user."""
    retired: bool
    """Whether AWS retired its service, so that the path is history."""

    @property
    def actions(self) -> tuple[str, ...]:
        """All actions of all groups."""
        return tuple(action for group in self.groups for action in group)


@lru_cache(maxsize=1)
def escalation_paths() -> tuple[EscalationPath, ...]:
    """All paths, the self-contained that IAM alone opens first."""
    return tuple(
        EscalationPath(
            name=entry["name"],
            gain=entry["gain"],
            groups=tuple(tuple(group) for group in entry["groups"]),
            pass_to=tuple(entry.get("pass_to", ())),
            scope=entry["scope"],
            harmless_on_self=entry.get("harmless_on_self", False),
            retired=entry.get("retired", False),
        )
        for entry in load_overlay("escalation")["entries"]
    )
