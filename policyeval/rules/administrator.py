"""Who is an administrator: whoever may do everything, the rights of others included."""

from __future__ import annotations

from policyeval.policy.model import Policy, Statement
from policyeval.rules.breadth import always_denied, is_every_action, is_unconditional, star_in
from policyeval.rules.contract import RuleContext

_OVER_OTHERS = (
    "iam:attachrolepolicy",
    "iam:attachuserpolicy",
    "iam:createpolicyversion",
    "iam:putrolepolicy",
    "iam:putuserpolicy",
)
"""What makes the holder of everything else an administrator again."""


def administrator_statement(policy: Policy, context: RuleContext) -> Statement | None:
    """The statement that allows everything on everything, unless the policy itself denies to change rights."""
    for statement in policy:
        if (
            statement.effect == "Allow"
            and is_unconditional(statement)
            and star_in(statement.resources) is not None
            and any(is_every_action(entry.text) for entry in statement.actions or ())
        ):
            return None if always_denied(policy, context).issuperset(_OVER_OTHERS) else statement
    return None
