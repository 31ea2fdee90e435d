"""Statements that allow `iam:PassRole` on every role.

Source: IAM User Guide, id_roles_use_passrole; access-analyzer-reference-policy-checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.policy.model import Policy, Statement
from policyeval.rules.contract import Remark
from policyeval.rules.wide_grants import Actions, Resources, Subject, wide_remarks

_PASS_ROLE = Subject(
    "iam:PassRole",
    "iam:PassedToService",
    "on every role",
    "whoever passes a role to a service can act with its rights, and here with those of the most powerful role",
    "name the roles that may be passed, and their service in a condition on `iam:PassedToService`",
)


def role_passes(statement: Statement, policy: Policy, actions: Actions, resources: Resources) -> Iterator[Remark]:
    """The remark on a statement that allows it in exactly this way."""
    return wide_remarks(_PASS_ROLE, statement, policy, actions, resources)
