"""Statements that allow `iam:PassRole` on every role.

Source: IAM User Guide, id_roles_use_passrole; access-analyzer-reference-policy-checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Policy, Statement
from policyeval.rules.contract import Remark
from policyeval.rules.wide_grants import Actions, Grant, Resources, wide_grant


def role_passes(statement: Statement, policy: Policy, actions: Actions, resources: Resources) -> Iterator[Remark]:
    """The remark on a statement that allows it in exactly this way."""
    grant = wide_grant(statement, "iam:passrole", "iam:passedtoservice", policy)
    if grant is None or (grant.actions, grant.resources) != (actions, resources):
        return
    reach = "every role" if resources is Resources.STAR else "every role but some"
    yield Remark(
        f"`iam:PassRole` is allowed on {reach}",
        Where(grant.resource_pointer, on_key=resources is Resources.NOT_RESOURCE),
        label=reach,
        related=(Label(Where(grant.action_pointer, on_key=actions is Actions.NOT_ACTION), passing(grant)),),
        notes=(
            "whoever passes a role to a service can act with its rights, and here with those of the most powerful role",
        ),
        help="name the roles that may be passed, and their service in a condition on `iam:PassedToService`",
    )


def passing(grant: Grant) -> str:
    """What the action's place says of it."""
    if grant.actions is Actions.NOT_ACTION:
        return "does not exclude `iam:PassRole`"
    return "allowed here" if grant.actions is Actions.NAMED else f"`{grant.entry}` covers `iam:PassRole`"
