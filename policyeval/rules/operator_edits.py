"""Writing another operator over a condition, where that touches nothing else."""

from __future__ import annotations

from policyeval.diagnostics.fix import Edit, ReplaceText
from policyeval.policy.model import Condition, Policy, Statement
from policyeval.rules.written_values import holds_empty_values, written_value
from policyeval.source import Pointer


def block_of(condition: Condition) -> Pointer:
    """The place of the operator that a condition stands under; its key is the operator's name."""
    return condition.pointer.rpartition("/")[0]


def rename_operator(policy: Policy, statement: Statement, condition: Condition, name: str) -> tuple[Edit, ...]:
    """The edit, or none when other keys stand under the operator or the new name is taken."""
    block = block_of(condition)
    for other in statement.conditions:
        if other is not condition and (block_of(other) == block or other.operator.canonical == name):
            return ()
    if holds_empty_values(policy):  # an operator without keys is no condition, and has its name all the same
        written = written_value(policy, statement.element("Condition"))
        if isinstance(written, dict) and any(operator.lower() == name.lower() for operator in written):
            return ()
    return (ReplaceText(block, name, on_key=True),)
