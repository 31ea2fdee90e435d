"""One action, allowed on every resource: how the statement says so, and whether anything narrows it.

The action is named itself, by a pattern, or by a `NotAction` that does not exclude it; the resources are a lone `*` or
all but some (`NotResource`). Access Analyzer's checks of `iam:PassRole` and `iam:CreateServiceLinkedRole` are the six
combinations; `role/*` and other patterns with a head are not reported, as they are not by Access Analyzer.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.source import Pointer
from policyeval.syntax.action import compile_action


class Actions(Enum):
    """How a statement comes to speak of the action."""

    NAMED = "named"
    PATTERN = "pattern"
    NOT_ACTION = "not-action"


class Resources(Enum):
    """How a statement comes to speak of every resource."""

    STAR = "star"
    NOT_RESOURCE = "not-resource"


class Grant(NamedTuple):
    """An Allow of one action on every resource, with the places that say so; `entry` is the action's own text."""

    actions: Actions
    resources: Resources
    action_pointer: Pointer
    resource_pointer: Pointer
    entry: str | None


def wide_grant(statement: Statement, action: str, guard: str, policy: Policy) -> Grant | None:
    """How a statement allows an action (lower case) on every resource; nothing when it does not, when a condition on
    the key `guard` (lower case) holds it, or when a Deny of the same policy takes it back."""
    if statement.effect != "Allow":
        return None
    naming = _naming(statement, action)
    resources = _resources(statement)
    if naming is None or resources is None:
        return None
    if any(_holds(condition, guard) for condition in statement.conditions):
        return None
    if any(_takes_back(other, action, guard) for other in policy):
        return None
    return Grant(naming[0], resources[0], naming[1], resources[1], naming[2])


def _naming(statement: Statement, action: str) -> tuple[Actions, Pointer, str | None] | None:
    if statement.not_actions is not None:
        if any(compile_action(entry.text)(action) for entry in statement.not_actions):
            return None
        return Actions.NOT_ACTION, statement.element("NotAction"), None
    fitting = [entry for entry in statement.actions or () if compile_action(entry.text)(action)]
    # Without the pattern the action itself would still be there.
    fitting.sort(key=lambda entry: entry.text.lower() != action)
    for entry in fitting:
        actions = Actions.NAMED if entry.text.lower() == action else Actions.PATTERN
        return actions, entry.pointer, entry.text
    return None


def _resources(statement: Statement) -> tuple[Resources, Pointer] | None:
    if statement.not_resources is not None:
        if any(_is_everything(entry) for entry in statement.not_resources):
            return None
        return Resources.NOT_RESOURCE, statement.element("NotResource")
    return next(((Resources.STAR, entry.pointer) for entry in statement.resources or () if _is_everything(entry)), None)


def _is_everything(entry: Entry) -> bool:
    return bool(entry.text) and not entry.text.strip("*")


def _holds(condition: Condition, guard: str) -> bool:
    """Whether a condition lets only some values of the guarding key through. One with `IfExists` is true without it."""
    operator = condition.operator
    if condition.key.lower() != guard or operator.base == "Null" or operator.if_exists or operator.is_negated:
        return False
    return not any(value.text.startswith("*") for value in condition.values)


def _takes_back(statement: Statement, action: str, guard: str) -> bool:
    """Whether a Deny leaves of the action only some resources, or some values of the guarding key, or nothing."""
    if statement.effect != "Deny" or _naming(statement, action) is None:
        return False
    if not all(condition.key.lower() == guard and condition.operator.is_negated for condition in statement.conditions):
        return False
    return statement.not_resources is not None or any(_is_everything(entry) for entry in statement.resources or ())
