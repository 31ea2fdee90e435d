"""How many values a request can hold under a condition key.

Source: IAM User Guide, reference_policies_condition-single-vs-multi-valued-context-keys; semantics section 5.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from policyeval.evaluation.context import MULTIVALUED_KEYS


class Cardinality(Enum):
    """What a request can hold under a key."""

    ONE = "one value"
    LIST = "a list"
    EITHER = "one value or a list"


@lru_cache(maxsize=4096)
def cardinality(key: str) -> Cardinality:
    """What AWS's tables say that a request holds under a key; `EITHER` for a key that they do not know."""
    if key in MULTIVALUED_KEYS:
        return Cardinality.LIST
    from policyeval.catalog.global_keys import global_key

    if global_key(key) is not None:
        return Cardinality.ONE
    from policyeval.catalog.catalog import catalog

    entry = catalog().condition_key(key)
    return Cardinality.EITHER if entry is None or entry.multivalued else Cardinality.ONE
