"""`Action` and `Resource`, or their negations, that are empty lists."""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, RuleContext
from policyeval.rules.written_values import holds_empty_values, written_value


def empty_lists(statement: Statement, context: RuleContext, element: str) -> Iterator[Remark]:
    """The remarks on an element, where AWS takes it without entries; elsewhere the reader refuses it."""
    if not context.kind.elements.accepts_empty_lists or not holds_empty_values(context.policy):
        return
    noun = element.lower()
    for name in (element, f"Not{element}"):
        if written_value(context.policy, statement.element(name)) != []:
            continue
        every = name != element
        yield Remark(
            f"`{name}` is an empty list",
            Where(statement.element(name)),
            label="excludes nothing" if every else "names nothing",
            notes=(f"the statement applies to every {noun}" if every else "the statement never applies",),
            help=f"name the {noun}s, or remove the statement",
        )
