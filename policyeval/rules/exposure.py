"""Actions that deserve a second look when they are allowed on everything."""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.sensitive import Exposure, exposing_actions
from policyeval.diagnostics.place import Label, Where
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.breadth import always_denied, is_unconditional, star_in
from policyeval.rules.contract import Remark, RuleContext
from policyeval.rules.wording import quoted
from policyeval.syntax.action import compile_action

HOLDER_KINDS = frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION})


def exposures(statement: Statement, context: RuleContext, kind: Exposure, deed: str) -> Iterator[Remark]:
    """One remark for all actions of a kind that a statement allows on everything; `deed` says what they do."""
    star = star_in(statement.resources)
    if statement.effect != "Allow" or star is None or not is_unconditional(statement) or statement.actions is None:
        return
    names = [name for name in exposing_actions(kind) if name.lower() in context.actions(statement)]
    denied = always_denied(context.policy, context) if names else frozenset()
    names = [name for name in names if name.lower() not in denied]
    if not names:
        return
    entry = next(each for each in statement.actions if any(compile_action(each.text)(name.lower()) for name in names))
    yield Remark(
        f"{quoted(names)} {deed if len(names) > 1 else _singular(deed)} on every resource",
        Where(entry.pointer),
        label="allowed here",
        related=(Label(Where(star.pointer), "on every resource"),),
        help="name the resources, or ask something of the request in a condition",
    )


def _singular(deed: str) -> str:
    verb, _, rest = deed.partition(" ")
    return f"{verb}s {rest}"
