"""Statements that allow `iam:CreateServiceLinkedRole` for every service.

Source: IAM User Guide, id_roles_create-service-linked-role; access-analyzer-reference-policy-checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Policy, Statement
from policyeval.rules.contract import Remark
from policyeval.rules.wide_grants import Actions, Grant, Resources, wide_grant


def creations(statement: Statement, policy: Policy, actions: Actions, resources: Resources) -> Iterator[Remark]:
    """The remark on a statement that allows it in exactly this way."""
    grant = wide_grant(statement, "iam:createservicelinkedrole", "iam:awsservicename", policy)
    if grant is None or (grant.actions, grant.resources) != (actions, resources):
        return
    reach = "every service" if resources is Resources.STAR else "every service but some"
    yield Remark(
        f"`iam:CreateServiceLinkedRole` is allowed for {reach}",
        Where(grant.resource_pointer, on_key=resources is Resources.NOT_RESOURCE),
        label=reach,
        related=(Label(Where(grant.action_pointer, on_key=actions is Actions.NOT_ACTION), creating(grant)),),
        notes=("a service-linked role gives its service rights in the account that nobody here can change",),
        help="name the service in a condition on `iam:AWSServiceName`, or its role's ARN",
    )


def creating(grant: Grant) -> str:
    """What the action's place says of it."""
    if grant.actions is Actions.NOT_ACTION:
        return "does not exclude `iam:CreateServiceLinkedRole`"
    return "allowed here" if grant.actions is Actions.NAMED else f"`{grant.entry}` covers `iam:CreateServiceLinkedRole`"
