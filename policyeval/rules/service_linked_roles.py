"""Statements that allow `iam:CreateServiceLinkedRole` for every service.

Source: IAM User Guide, id_roles_create-service-linked-role; access-analyzer-reference-policy-checks.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.policy.model import Policy, Statement
from policyeval.rules.contract import Remark
from policyeval.rules.wide_grants import Actions, Resources, Subject, wide_remarks

_CREATE_ROLE = Subject(
    "iam:CreateServiceLinkedRole",
    "iam:AWSServiceName",
    "for every service",
    "a service-linked role gives its service rights in the account that nobody here can change",
    "name the service in a condition on `iam:AWSServiceName`, or its role's ARN",
)


def creations(statement: Statement, policy: Policy, actions: Actions, resources: Resources) -> Iterator[Remark]:
    """The remark on a statement that allows it in exactly this way."""
    return wide_remarks(_CREATE_ROLE, statement, policy, actions, resources)
