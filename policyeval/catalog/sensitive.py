"""Actions that deserve a second look on `*`: they return credentials, read data, or change who may reach a resource.

Source: Service Authorization Reference, the descriptions of the actions; the choice is ours.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from policyeval.catalog.overlay import load_overlay

Exposure = Literal["credentials", "data", "resource-exposure"]


@lru_cache(maxsize=3)
def exposing_actions(kind: Exposure) -> tuple[str, ...]:
    """`service:Name` of all actions of a kind, in the order of the overlay."""
    return tuple(entry["action"] for entry in load_overlay("sensitive")["entries"] if entry["kind"] == kind)
