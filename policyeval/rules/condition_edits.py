"""Conditions put into a statement, or taken out of it whole."""

from __future__ import annotations

from policyeval.diagnostics.fix import Edit, InsertMember, Remove
from policyeval.policy.model import Condition, Policy, Statement
from policyeval.rules.operator_edits import block_of
from policyeval.rules.written_values import written_value
from policyeval.source import child, pointer_tokens


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


def remove_condition(policy: Policy, statement: Statement, condition: Condition) -> Edit:
    """The edit that takes out a condition, with its operator and the `Condition` when nothing else stands in them.

    Looks at the text: what could not be read is no condition of the statement, and must not go with this one.
    """
    whole, block = statement.element("Condition"), block_of(condition)
    written = written_value(policy, whole)
    operators = written if isinstance(written, dict) else {}
    name = pointer_tokens(block)[-1]
    if len(operators.get(name) or ()) != 1:
        return Remove(condition.pointer)
    return Remove(block if any(keys for operator, keys in operators.items() if operator != name) else whole)
