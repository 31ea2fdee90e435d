"""Service principals of resource policies, and what ties their calls to resources of known owners.

Source: IAM User Guide, confused-deputy.
"""

from __future__ import annotations

import re

from policyeval.catalog.global_keys import global_key
from policyeval.policy.model import Condition, Policy, PrincipalEntry, Statement

_TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)


def service_callers(statement: Statement) -> tuple[PrincipalEntry, ...]:
    """The service principals that a statement allows."""
    if statement.effect != "Allow":
        return ()
    return tuple(entry for entry in statement.principals or () if entry.type == "Service")


def is_tied(statement: Statement, policy: Policy) -> bool:
    """Whether a condition ties the call to a resource, an account or an organization: by one of the keys that are made
    for it, or by any whose value names an account (such as the encryption context in a policy of a KMS key)."""
    from policyeval.catalog.key_lists import confused_deputy_keys
    from policyeval.rules.pinning import fits_strangers

    for condition in statement.conditions:
        if condition.operator.is_negated or condition.operator.base == "Null":
            continue
        if condition.key.lower() in confused_deputy_keys():
            if all(not fits_strangers(condition, value, policy) for value in condition.values):
                return True
            continue
        if any("arn:" in value.text or _TWELVE_DIGITS.search(value.text) for value in condition.values):
            return True
    return False


def wide_ties(statement: Statement) -> tuple[Condition, ...]:
    """Conditions on the keys that are made for it."""
    from policyeval.catalog.key_lists import confused_deputy_keys

    return tuple(each for each in statement.conditions if each.key.lower() in confused_deputy_keys())


def weak_ties(statement: Statement) -> tuple[Condition, ...]:
    """Conditions that look as if they tied the call to somebody: on keys that callers choose, or that service
    principals lack, or that AWS deprecated."""
    return tuple(condition for condition in statement.conditions if _is_weak(condition))


def _is_weak(condition: Condition) -> bool:
    from policyeval.catalog.key_lists import keys_absent_for_service_principals

    key = global_key(condition.key)
    if key is None:
        return False
    return key.spoofable or key.status == "deprecated" or key.name.lower() in keys_absent_for_service_principals()
