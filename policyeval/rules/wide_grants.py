"""One action, allowed on every resource: how the statement says so, and whether anything narrows it.

The action is named itself, by a pattern, or by a `NotAction` that does not exclude it; the resources are a lone `*` or
all but some (`NotResource`). Access Analyzer's checks of `iam:PassRole` and `iam:CreateServiceLinkedRole` are the six
combinations; `role/*` and other patterns with a head are not reported, as they are not by Access Analyzer.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Condition, Policy, Statement
from policyeval.rules.breadth import is_star
from policyeval.rules.contract import Remark
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


class Subject(NamedTuple):
    """An action that is dangerous when nothing narrows it, and what to say of that."""

    action: str
    guard: str
    """The key by which a condition narrows it."""
    reach: str
    """What it is allowed for: `for every service`."""
    note: str
    help: str


def wide_remarks(
    subject: Subject, statement: Statement, policy: Policy, actions: Actions, resources: Resources
) -> Iterator[Remark]:
    """The remark on a statement that allows the action in exactly this way."""
    grant = wide_grant(statement, subject.action.lower(), subject.guard.lower(), policy)
    if grant is None or (grant.actions, grant.resources) != (actions, resources):
        return
    reach = subject.reach if resources is Resources.STAR else f"{subject.reach} but some"
    yield Remark(
        f"`{subject.action}` is allowed {reach}",
        Where(grant.resource_pointer, on_key=resources is Resources.NOT_RESOURCE),
        label=reach.partition(" ")[2],
        related=(Label(Where(grant.action_pointer, on_key=actions is Actions.NOT_ACTION), _said(grant, subject)),),
        notes=(subject.note,),
        help=subject.help,
    )


def _said(grant: Grant, subject: Subject) -> str:
    """What the action's place says of it."""
    if grant.actions is Actions.NOT_ACTION:
        return f"does not exclude `{subject.action}`"
    return "allowed here" if grant.actions is Actions.NAMED else f"`{grant.entry}` covers `{subject.action}`"


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
        if any(is_star(entry.text) for entry in statement.not_resources):
            return None
        return Resources.NOT_RESOURCE, statement.element("NotResource")
    return next(((Resources.STAR, entry.pointer) for entry in statement.resources or () if is_star(entry.text)), None)


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
    return statement.not_resources is not None or any(is_star(entry.text) for entry in statement.resources or ())
