"""Conditions whose list of values is empty.

Source: semantics of Access Analyzer's EMPTY_ARRAY_CONDITION checks; IAM User Guide,
reference_policies_condition-single-vs-multi-valued-context-keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from policyeval.diagnostics.place import Where
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, RuleContext
from policyeval.rules.written_values import holds_empty_values, written_value
from policyeval.syntax.operator import Operator, Qualifier


class Form(Enum):
    """What the operator of a condition adds to its meaning without values."""

    PLAIN = "plain"
    IF_EXISTS = "if-exists"
    FOR_ALL_VALUES = "for-all-values"
    FOR_ANY_VALUE = "for-any-value"


def empty_conditions(statement: Statement, context: RuleContext, form: Form) -> Iterator[Remark]:
    """The remarks on the conditions of one form that have no values."""
    if not holds_empty_values(context.policy):
        return
    for condition in statement.conditions:
        if condition.values or form_of(condition.operator) is not form:
            continue
        if written_value(context.policy, condition.pointer) != []:
            continue
        yield Remark(
            f"`{condition.key}` is compared with an empty list",
            Where(condition.pointer),
            label=truth(condition.operator),
            help="give the values that are meant, or remove the condition",
        )


def form_of(operator: Operator) -> Form:
    if operator.qualifier is not None:
        return Form.FOR_ALL_VALUES if operator.qualifier is Qualifier.FOR_ALL_VALUES else Form.FOR_ANY_VALUE
    return Form.IF_EXISTS if operator.if_exists else Form.PLAIN


def truth(operator: Operator) -> str:
    """When such a condition holds."""
    if operator.is_negated:
        return "excludes nothing; AWS's pages disagree on what that means"
    form = form_of(operator)
    return "true only without the key" if form in (Form.IF_EXISTS, Form.FOR_ALL_VALUES) else "never true"
