"""An AWS account as files describe it: users, groups, roles, what is attached to them, and what else has a say.

Source: IAM User Guide, access_policies_managed-vs-inline, access_policies_boundaries, id_roles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from policyeval.evaluation.policies import Attached
from policyeval.source import Pointer, Source

BillingAccess = Literal["activated", "deactivated"]


@dataclass(frozen=True)
class ManagedPolicy:
    """A managed policy that the account holds; `attached` says whether anything in the account names it."""

    arn: str
    attached: bool
    pointer: Pointer = ""
    source: Source | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Group:
    """A group of users. Its policies apply to each member; it is never a principal itself.

    `pointer` is where it stands in `source`: the account file, or the export that it wraps.
    """

    name: str
    arn: str
    policies: tuple[Attached, ...] = ()
    pointer: Pointer = ""
    source: Source | None = field(default=None, repr=False)


@dataclass(frozen=True)
class User:
    """A user. `groups` are names; `policies` those attached to the user directly, inline ones included."""

    name: str
    arn: str
    groups: tuple[str, ...] = ()
    policies: tuple[Attached, ...] = ()
    boundary: Attached | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    unique_id: str | None = None
    pointer: Pointer = ""
    source: Source | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Role:
    """A role. `trust` is its resource policy, which speaks of who may assume it."""

    name: str
    arn: str
    policies: tuple[Attached, ...] = ()
    trust: Attached | None = None
    boundary: Attached | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    unique_id: str | None = None
    pointer: Pointer = ""
    source: Source | None = field(default=None, repr=False)

    @property
    def service_linked(self) -> bool:
        return ":role/aws-service-role/" in self.arn


@dataclass(frozen=True)
class Settings:
    """What an account sets outside of policies; `None` where the account does not say.

    Source: Billing User Guide, control-access-billing; IAM User Guide, id_credentials_passwords_account-policy.
    """

    billing_access: BillingAccess | None = None
    allow_users_to_change_password: bool | None = None
    source: Source | None = field(default=None, repr=False)
    billing_pointer: Pointer = ""
    password_pointer: Pointer = ""


@dataclass(frozen=True)
class Organization:
    """What the organization imposes: levels of SCPs and RCPs, its root first, the account last."""

    id: str | None = None
    management_account: bool = False
    scps: tuple[tuple[Attached, ...], ...] | None = None
    rcps: tuple[tuple[Attached, ...], ...] | None = None
