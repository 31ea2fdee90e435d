"""Where the users, groups and roles of an account stand, for rules that speak of them."""

from __future__ import annotations

from policyeval.account.model import Group, Role, User
from policyeval.diagnostics.place import Where
from policyeval.evaluation.policies import Attached
from policyeval.source import Pointer, child

_NAMES = {Group: "GroupName", User: "UserName", Role: "RoleName"}


def place_of(holder: Group | User | Role) -> Where:
    """The name of a user, group or role: a key of the account file, a member of an export."""
    if _stands_in_export(holder.pointer):
        return Where(child(holder.pointer, _NAMES[type(holder)]), source=holder.source)
    return Where(holder.pointer, on_key=True, source=holder.source)


def place_of_membership(user: User, index: int) -> Where:
    """Where a user is made a member of their n-th group."""
    section = "GroupList" if _stands_in_export(user.pointer) else "groups"
    return Where(child(user.pointer, section, index), source=user.source)


def place_of_boundary(holder: User | Role) -> Where:
    """Where a permissions boundary is set."""
    in_export = _stands_in_export(holder.pointer)
    names = ("PermissionsBoundary", "PermissionsBoundaryArn") if in_export else ("permissions-boundary",)
    return Where(child(holder.pointer, *names), source=holder.source)


def place_of_policies(holder: Group | User | Role) -> Where:
    """Where the first policy is attached to a holder that has some."""
    if not _stands_in_export(holder.pointer):
        return Where(child(holder.pointer, "policies"), on_key=True, source=holder.source)
    return place_of(holder)


def managed_attachments(holder: Group | User | Role) -> list[Attached]:
    """The managed policies of a holder; a policy file that an account file names is one."""
    if not _stands_in_export(holder.pointer):
        return [
            attached
            for attached in holder.policies
            if attached.policy.pointer == "" or attached.policy.pointer.startswith("/managed-policies/")
        ]
    return [attached for attached in holder.policies if attached.policy.pointer.startswith("/Policies/")]


def _stands_in_export(pointer: Pointer) -> bool:
    return pointer.startswith(("/UserDetailList/", "/GroupDetailList/", "/RoleDetailList/"))
