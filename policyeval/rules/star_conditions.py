"""Conditions that `*` makes true of every request, or of none.

A value of `*` fits whatever single value the key holds. What is left of the condition is whether the key is there;
where that is settled, by the operator or because every request carries the key, nothing is left. A list under an
operator without a set operator fits nothing.

Source: IAM User Guide, reference_policies_elements_condition_operators (missing keys, `...IfExists`) and
reference_policies_condition-single-vs-multi-valued-context-keys; semantics section 5.3.
"""

from __future__ import annotations

from policyeval.catalog.global_keys import PrincipalKind, global_key
from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry
from policyeval.syntax.operator import Qualifier

_WITH_POLICIES: frozenset[PrincipalKind] = frozenset({"User", "AssumedRole", "FederatedUser", "Account"})
"""Principals that policies of identities and of organizations bind: they sign their requests."""
_BINDING_IDENTITIES = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP})


def star_value(condition: Condition) -> Entry | None:
    """The value that fits everything, of an operator that knows wildcards."""
    if condition.operator.positive != "StringLike":
        return None
    return next((value for value in condition.values if value.text and not value.text.strip("*")), None)


def always_carried(key: str, kind: PolicyKind) -> bool:
    """Whether every request that a policy of a kind is about carries a key, with one value."""
    found = global_key(key)
    if found is None or found.multivalued:
        return False
    if kind in _BINDING_IDENTITIES:
        return found.presence in ("always", "signed") and found.absent_for.isdisjoint(_WITH_POLICIES)
    return found.always_present


def holds_one_value(key: str) -> bool:
    """Whether no request holds a list under a key: without a set operator no condition is true of one."""
    return cardinality(key.lower()) is Cardinality.ONE


def is_always_true(condition: Condition, kind: PolicyKind) -> bool:
    """Whether a condition whose value is `*` holds for every request."""
    operator = condition.operator
    if operator.is_negated or operator.qualifier is Qualifier.FOR_ANY_VALUE:
        return False
    if operator.qualifier is Qualifier.FOR_ALL_VALUES:
        return True
    return holds_one_value(condition.key) if operator.if_exists else always_carried(condition.key, kind)


def is_never_true(condition: Condition, kind: PolicyKind) -> bool:
    """Whether a condition whose value is `*` holds for no request."""
    operator = condition.operator
    if not operator.is_negated:
        return False
    if operator.qualifier is Qualifier.FOR_ANY_VALUE:
        return not operator.if_exists
    return operator.qualifier is None and always_carried(condition.key, kind)
