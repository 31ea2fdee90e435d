"""Actions that deserve a second look on `*`: they return credentials, read data, or change who may reach a resource.

Source: Service Authorization Reference, the descriptions of the actions; the choice is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from policyeval.catalog.overlay import load_overlay

Exposure = Literal["credentials", "data", "resource-exposure"]


@lru_cache(maxsize=1)
def _exposures() -> Mapping[str, tuple[str, Exposure]]:
    return {entry["action"].lower(): (entry["action"], entry["kind"]) for entry in load_overlay("sensitive")["entries"]}


@lru_cache(maxsize=3)
def exposing_actions(kind: Exposure) -> tuple[str, ...]:
    """`service:Name` of all actions of a kind, sorted."""
    return tuple(action for action, exposure in _exposures().values() if exposure == kind)


def exposure_of(action: str) -> Exposure | None:
    """What an action exposes, or nothing.

    >>> exposure_of("secretsmanager:GetSecretValue")
    'credentials'
    """
    found = _exposures().get(action.lower())
    return found[1] if found is not None else None
