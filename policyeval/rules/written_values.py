"""What stands in the document where the model keeps only its meaning."""

from __future__ import annotations

import re
from functools import lru_cache

from policyeval.diagnostics.place import Where
from policyeval.policy.model import Policy
from policyeval.source import Pointer

_EMPTY = re.compile(r"\{\s*\}|\[\s*\]")


def written_value(policy: Policy, pointer: Pointer) -> object:
    """The decoded JSON at a place; `None` where there is none, or another notation. Reads the document's text again, so
    ask it only where it matters."""
    source = policy.source
    if source is None:
        return None
    span = Where(pointer).find(source)
    parent = Where(pointer.rpartition("/")[0]).find(source)
    if pointer and span == parent:
        return None
    import json

    try:
        return json.loads(source.text[span.start : span.end])
    except ValueError:
        return None


def holds_empty_values(policy: Policy) -> bool:
    """Whether the text has an empty list or object anywhere: one search, instead of a look at each element."""
    return policy.source is not None and _has_empty_value(policy.source.text)


@lru_cache(maxsize=8)
def _has_empty_value(text: str) -> bool:
    """Asked for every statement, and the text is the whole document's."""
    return _EMPTY.search(text) is not None
