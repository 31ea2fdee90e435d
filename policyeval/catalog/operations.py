"""Names of API operations that are no IAM actions, and the actions that authorize them.

Source: the pages named in `data/operations.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from policyeval.catalog.overlay import load_overlay


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, written like an action with the prefix of its service."""

    name: str
    actions: tuple[str, ...]
    """`service:Name` of the actions that the call needs."""
    source: str


@lru_cache(maxsize=1)
def operations() -> Mapping[str, Operation]:
    """By lower-cased name."""
    return {
        entry["operation"].lower(): Operation(entry["operation"], tuple(entry["actions"]), entry["source"])
        for entry in load_overlay("operations")["entries"]
    }


def operation(text: str) -> Operation | None:
    """The operation of a name such as `s3:HeadObject`, in any case.

    >>> operation("s3:headobject").actions
    ('s3:GetObject',)
    """
    return operations().get(text.lower())
