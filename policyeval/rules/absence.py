"""Condition keys that a request may lack, and what a statement does about it.

Source: IAM User Guide, reference_policies_condition-keys; semantics sections 5.2 and 8.
"""

from __future__ import annotations

from policyeval.catalog.global_keys import GlobalKey, global_key
from policyeval.policy.model import Condition, Statement
from policyeval.rules.key_support import is_false_without_key


def requires_key(statement: Statement, key: str, but: Condition | None = None) -> bool:
    """Whether some other condition of a statement fails for a request without the key: `Null` false, and the like."""
    lower = key.lower()
    return any(
        condition is not but and condition.key.lower() == lower and is_false_without_key(condition)
        for condition in statement.conditions
    )


def optional_key(key: str) -> GlobalKey | None:
    """The entry of a global key that some signed requests lack."""
    found = global_key(key)
    return found if found is not None and found.presence not in ("always", "signed", "never") else None
