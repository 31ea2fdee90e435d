"""Conditions put into a statement, or taken out of it whole."""

from __future__ import annotations

from policyeval.diagnostics.fix import Edit, InsertMember, Remove
from policyeval.policy.model import Condition, Statement
from policyeval.rules.operator_edits import block_of
from policyeval.source import child


def add_condition(statement: Statement, operator: str, key: str, value: object) -> Edit | None:
    """The edit that asks for one more key; nothing when the operator already asks for it.

    The statement has a `Condition`. A key goes beside those that stand under the same operator.
    """
    block = statement.element("Condition")
    under = [condition for condition in statement.conditions if condition.operator.written == operator]
    if any(condition.key.lower() == key.lower() for condition in under):
        return None
    if under:
        return InsertMember(child(block, operator), key, value)
    return InsertMember(block, operator, {key: value})


def remove_condition(statement: Statement, condition: Condition) -> Edit:
    """The edit that takes out a condition, with its operator and the `Condition` when nothing else stands in them."""
    if len(statement.conditions) == 1:
        return Remove(statement.element("Condition"))
    block = block_of(condition)
    alone = all(other is condition or block_of(other) != block for other in statement.conditions)
    return Remove(block if alone else condition.pointer)
