"""Whom a Deny of a resource control policy hits besides those it is meant for.

Resource control policies bind everybody who calls: the organization's users and roles, strangers, and services that
act for themselves. A negated operator, or `IfExists`, is true of a key that a caller's requests never carry.

Source: AWS Organizations User Guide, orgs_manage_policies_rcps_examples; IAM User Guide,
reference_policies_condition-keys (aws:PrincipalIsAWSService, aws:SourceAccount).
"""

from __future__ import annotations

from policyeval.catalog.global_keys import PrincipalKind, global_key
from policyeval.policy.model import Condition, Statement
from policyeval.rules.key_support import is_false_without_key

_IS_SERVICE = "aws:principalisawsservice"


def holds_without_key(condition: Condition) -> bool:
    """Whether a condition compares a value and is true when there is none."""
    return condition.operator.base != "Null" and not is_false_without_key(condition)


def is_about_services(statement: Statement) -> bool:
    """Whether a condition tells services from other callers, or one service from another."""
    return any(
        condition.key.lower().startswith((_IS_SERVICE, "aws:principalservicename"))
        for condition in statement.conditions
    )


def needs_service(statement: Statement) -> bool:
    """Whether a condition is true of calls by services only."""
    return any(
        _asks_whether_service(condition, "true") or _spares(condition, "User", "AssumedRole")
        for condition in statement.conditions
    )


def spares_services(statement: Statement) -> bool:
    """Whether a condition asks for a key that calls of services never carry."""
    return any(_spares(condition, "Service") for condition in statement.conditions)


def _spares(condition: Condition, *principals: PrincipalKind) -> bool:
    key = global_key(condition.key)
    return key is not None and key.absent_for.issuperset(principals) and is_false_without_key(condition)


def _asks_whether_service(condition: Condition, answer: str) -> bool:
    if condition.key.lower() != _IS_SERVICE or condition.operator.base == "Null":
        return False
    wanted = {"true": "false", "false": "true"}[answer] if condition.operator.is_negated else answer
    return bool(condition.values) and all(value.text.lower() == wanted for value in condition.values)
