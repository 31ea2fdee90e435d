"""Allows of everything but what they name."""

from __future__ import annotations

from policyeval.policy.model import Policy, Statement
from policyeval.rules.breadth import always_denied, is_every_action
from policyeval.rules.contract import RuleContext

BROAD = 20
"""An Allow of this many actions, or more, that are not reading is one of everything but."""


def is_narrowed(statement: Statement, policy: Policy) -> bool:
    """Whether a condition narrows an Allow, or a Deny of the same policy of everything but a few."""
    if statement.conditions:
        return True
    return any(
        deny.effect == "Deny"
        and (
            deny.not_actions is not None
            or deny.not_resources is not None
            or any(is_every_action(entry.text) for entry in deny.actions or ())
        )
        for deny in policy
    )


def changes_something(actions: frozenset[str], policy: Policy, context: RuleContext) -> list[str]:
    """Those of the actions that write or manage permissions and that no absolute Deny of the policy takes back."""
    table = context.catalog.table
    found = []
    for name in sorted(actions - always_denied(policy, context)):
        at = table.index(name)
        if at is not None and {"Write", "Permissions management"} & set(table.levels[at]):
            found.append(table.names[at])
    return found
