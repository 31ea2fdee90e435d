"""Access levels: what kind of thing an action does.

AWS labels each action `List`, `Read`, `Write`, `Tagging` or `Permissions management`; some have two. A few labels are
missing from AWS's own table and are added from `data/labels.json`.

Source: IAM User Guide, access_policies_understand-policy-summary-access-level-summaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from policyeval.catalog.overlay import load_overlay

ACCESS_LEVELS: Final = ("List", "Read", "Write", "Tagging", "Permissions management")


@lru_cache(maxsize=1)
def added_levels() -> Mapping[str, str]:
    """Lower-cased action -> the level that AWS's table lacks."""
    return {entry["action"].lower(): entry["level"] for entry in load_overlay("labels")["entries"]}


@lru_cache(maxsize=256)
def split_levels(text: str) -> tuple[str, ...]:
    """AWS's comma list as levels, in the order of `ACCESS_LEVELS`.

    >>> split_levels("Tagging, Write")
    ('Write', 'Tagging')
    """
    found = {part.strip() for part in text.split(",")}
    return tuple(level for level in ACCESS_LEVELS if level in found)


def access_levels(action: str, text: str) -> tuple[str, ...]:
    """The levels of an action `service:Name` whose entry in AWS's table reads `text`."""
    added = added_levels().get(action.lower())
    return split_levels(f"{text},{added}") if added else split_levels(text)
