"""Values of conditions that their operator cannot read.

Source: IAM User Guide, reference_policies_elements_condition_operators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Condition, Entry, Statement
from policyeval.rules.contract import Remark


def unreadable(statement: Statement, family: str, reads: Callable[[str], bool]) -> Iterator[tuple[Condition, Entry]]:
    """The values under operators of a family that cannot be read. Those with a variable are left to the rule about
    them, `invalid-variable-for-operator`."""
    for condition in statement.conditions:
        if condition.operator.family != family:
            continue
        for value in condition.values:
            if "${" not in value.text and not reads(value.text):
                yield condition, value


def unreadable_remark(condition: Condition, value: Entry, noun: str, help: str) -> Remark:
    return Remark(
        f"`{value.text}` is no {noun}",
        Where(value.pointer),
        label=f"no {noun}",
        related=(Label(Where(condition.pointer.rpartition("/")[0], on_key=True), f"compares {noun}s"),),
        notes=(
            "a value that cannot be read fits no request"
            + (", so the negated condition is true of all" if condition.operator.is_negated else ""),
        ),
        help=help,
    )
