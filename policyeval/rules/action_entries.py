"""The entries of `Action` and `NotAction`, and what it means for a statement when one of them matches nothing."""

from __future__ import annotations

from itertools import islice
from typing import Literal, NamedTuple

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.policy.model import Entry, Statement
from policyeval.rules.contract import RuleContext
from policyeval.rules.once import once_a_statement
from policyeval.source import Pointer

Element = Literal["Action", "NotAction"]


class ActionEntry(NamedTuple):
    """One action pattern, its place, and the element that it stands in."""

    text: str
    pointer: Pointer
    element: Element

    @property
    def prefix(self) -> str:
        """What stands before the colon; empty when there is none."""
        prefix, colon, _ = self.text.partition(":")
        return prefix if colon else ""


@once_a_statement
def action_entries(statement: Statement) -> tuple[ActionEntry, ...]:
    """All action patterns of a statement; those of `NotAction` too."""
    return (
        *(ActionEntry(*entry, "Action") for entry in statement.actions or ()),
        *(ActionEntry(*entry, "NotAction") for entry in statement.not_actions or ()),
    )


def entries_of(statement: Statement) -> tuple[Entry, ...]:
    """The same without their element."""
    return (*(statement.actions or ()), *(statement.not_actions or ()))


MOST_LOOKED_UP = 100
"""For so many entries that match nothing it is looked up what was meant, which takes milliseconds each; nobody reads
the hundredth proposal."""


def is_looked_up(pointer: Pointer, context: RuleContext) -> bool:
    """Whether an entry that matches nothing is one of the first of its policy."""
    return pointer in context.remembered(_first_unknown)


def _first_unknown(context: RuleContext) -> frozenset[Pointer]:
    entries = (entry for statement in context.policy for entry in action_entries(statement))
    unknown = (entry.pointer for entry in entries if not context.expand(entry.text))
    return frozenset(islice(unknown, MOST_LOOKED_UP))


def consequence(statement: Statement, element: Element) -> str:
    """What comes of an entry that matches nothing."""
    if element == "NotAction":
        return "AWS stores such an entry and it never matches, so nothing is left out of the statement by it"
    verb = "allows" if statement.effect == "Allow" else "denies"
    return f"AWS stores such an entry and it never matches, so it {verb} nothing"


def correction(statement: Statement, entry: ActionEntry, text: str) -> Fix:
    """A fix that writes another action, and says what it changes."""
    if entry.element == "NotAction":
        after = "which is then left out of the statement"
    else:
        after = "which is then allowed" if statement.effect == "Allow" else "which is then denied"
    return Fix(f"write `{text}`, {after}", (ReplaceText(entry.pointer, text),))
