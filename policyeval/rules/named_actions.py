"""Which of a few actions a statement names, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from policyeval.policy.model import Statement
from policyeval.rules.wording import quoted
from policyeval.source import Pointer
from policyeval.syntax.action import compile_action


class NamedActions(NamedTuple):
    """An entry of `Action`, or `NotAction` as a whole, and those of the actions asked for that it names."""

    text: str
    pointer: Pointer
    actions: tuple[str, ...]

    @property
    def is_pattern(self) -> bool:
        """Whether the actions are named by a wildcard, or by not being excluded."""
        return [action.lower() for action in self.actions] != [self.text.lower()]

    def label(self, text: str) -> str:
        """`text` about the actions: an entry that spells its action out needs no name."""
        return f"names {quoted(self.actions, most=2)}: {text}" if self.is_pattern else text


def named_actions(statement: Statement, actions: Iterable[str]) -> list[NamedActions]:
    """The places at which a statement names some of `actions` (`service:Name`), in the document's order.

    Cost: an entry times an action; no table is loaded.
    """
    wanted = tuple(actions)
    if statement.not_actions is not None:
        excluded = [compile_action(entry.text) for entry in statement.not_actions]
        left = tuple(action for action in wanted if not any(fits(action.lower()) for fits in excluded))
        return [NamedActions("NotAction", statement.element("NotAction"), left)] if left else []
    found = []
    for entry in statement.actions or ():
        fits = compile_action(entry.text)
        named = tuple(action for action in wanted if fits(action.lower()))
        if named:
            found.append(NamedActions(entry.text, entry.pointer, named))
    return found


def every_action(named: Iterable[NamedActions]) -> tuple[str, ...]:
    """The actions of all places, each once."""
    return tuple(dict.fromkeys(action for each in named for action in each.actions))
