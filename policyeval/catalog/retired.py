"""Services and actions that AWS retired, and names that AWS's own policies use though no table lists them.

    retired_service(prefix)          of one name, in any case
    retired_actions_in(pattern)      of an action pattern: the retired actions that it names
    successors(pattern)              what replaced them
    undocumented(pattern)            why a name that no table lists may be right all the same

Source: the pages named in `data/retired.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from policyeval.catalog.overlay import load_overlay
from policyeval.syntax.wildcard import has_wildcard, matches


@dataclass(frozen=True, slots=True)
class RetiredService:
    """A service that ended; the catalog may still list its actions."""

    prefix: str
    name: str
    date: str | None
    """`YYYY-MM`, or nothing when AWS names no day."""
    successors: tuple[str, ...]
    """The prefixes of the services that AWS points to instead."""
    source: str


@dataclass(frozen=True, slots=True)
class RetiredAction:
    """An action that AWS replaced by others."""

    action: str
    date: str | None
    successors: tuple[str, ...]
    """`service:Name` of the actions that replaced it."""
    source: str


@dataclass(frozen=True, slots=True)
class Undocumented:
    """An action that AWS uses in its managed policies and lists nowhere."""

    action: str
    note: str
    source: str


@lru_cache(maxsize=1)
def retired_services() -> Mapping[str, RetiredService]:
    """By lower-case prefix."""
    return {
        entry["prefix"]: RetiredService(
            entry["prefix"], entry["name"], entry["date"], tuple(entry["successors"]), entry["source"]
        )
        for entry in load_overlay("retired")["services"]
    }


@lru_cache(maxsize=1)
def retired_actions() -> Mapping[str, RetiredAction]:
    """By lower-cased name."""
    return {
        entry["action"].lower(): RetiredAction(
            entry["action"], entry["date"], tuple(entry["successors"]), entry["source"]
        )
        for entry in load_overlay("retired")["actions"]
    }


@lru_cache(maxsize=1)
def undocumented_actions() -> Mapping[str, Undocumented]:
    """By lower-cased name."""
    return {
        entry["action"].lower(): Undocumented(entry["action"], entry["note"], entry["source"])
        for entry in load_overlay("retired")["undocumented"]
    }


def retired_service(prefix: str) -> RetiredService | None:
    return retired_services().get(prefix.lower())


def retired_actions_in(pattern: str) -> tuple[RetiredAction, ...]:
    """The retired actions that an action pattern names, when it names its service: `aws-portal:View*`, not `*`."""
    lower = pattern.lower()
    if ":" not in lower or has_wildcard(lower.partition(":")[0]):
        return ()
    if not has_wildcard(lower):
        entry = retired_actions().get(lower)
        return () if entry is None else (entry,)
    return tuple(entry for name, entry in retired_actions().items() if matches(lower, name))


def successors(pattern: str) -> tuple[str, ...]:
    """The actions that replaced those that a pattern names, sorted, each once."""
    return tuple(sorted({name for entry in retired_actions_in(pattern) for name in entry.successors}))


def undocumented(pattern: str) -> Undocumented | None:
    """The first action in AWS's managed policies that a pattern names and no table lists."""
    lower = pattern.lower()
    if ":" not in lower or has_wildcard(lower.partition(":")[0]):
        return None
    return next((entry for name, entry in undocumented_actions().items() if matches(lower, name)), None)
