"""The policies that an account file or an export uses, each with what it is used as.

Read from the raw document, not from the `Account`: one broken policy must not hide what is wrong with the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policyeval.linter.documents import Usage
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, embedded
from policyeval.source import Pointer, Source, child


@dataclass(frozen=True, slots=True)
class Reference:
    """A policy in use: written out in place (`document`), or in a file of its own (`path`).

    `pointer` is the place in the account file that says so. `arn` is set for a managed policy that the account names
    and does not hold.
    """

    usage: Usage
    pointer: Pointer
    document: Document | None = None
    path: str | None = None
    arn: str | None = None


def account_references(source: Source, value: object) -> Iterator[Reference]:
    """The policies of an account file, in its order; raises `JsonSyntaxError` for a document that is no JSON."""
    return _AccountFile(source, value).references()


class _AccountFile:
    def __init__(self, source: Source, value: object) -> None:
        self.source = source
        self.root = _mapping(value)
        self.directory = source.directory
        self.managed = _mapping(self.root.get("managed-policies"))

    def references(self) -> Iterator[Reference]:
        for arn, path in self.managed.items():
            yield from self.refer(path, child("", "managed-policies", arn), Usage(PolicyKind.IDENTITY))
        for section in ("groups", "users", "roles"):
            for name, raw in _mapping(self.root.get(section)).items():
                yield from self.holder(section[:-1], name, _mapping(raw), child("", section, name))
        for arn, raw in _mapping(self.root.get("resources")).items():
            usage = Usage(PolicyKind.RESOURCE, arn, (arn,))
            yield from self.refer(raw, child("", "resources", arn), usage)
        organization = _mapping(self.root.get("organization"))
        for key, kind in (("scps", PolicyKind.SCP), ("rcps", PolicyKind.RCP)):
            for level, raw in enumerate(_list(organization.get(key))):
                at = child("", "organization", key, level)
                yield from self.refer_each(raw, at, Usage(kind, attached=(f"level {level + 1} of the organization",)))

    def holder(self, kind: str, name: str, raw: Mapping[str, object], pointer: Pointer) -> Iterator[Reference]:
        whose = f"{kind} {name}"
        yield from self.refer_each(
            raw.get("policies"), child(pointer, "policies"), Usage(PolicyKind.IDENTITY, attached=(whose,))
        )
        if "permissions-boundary" in raw:
            usage = Usage(PolicyKind.BOUNDARY, attached=(f"boundary of {whose}",))
            yield from self.refer(raw["permissions-boundary"], child(pointer, "permissions-boundary"), usage)
        if "trust" in raw:
            partition, account = self.root.get("partition", "aws"), self.root.get("account")
            path = raw.get("path", "/")
            arn = f"arn:{partition}:iam::{account}:role{path}{name}"
            usage = Usage(PolicyKind.TRUST, arn, (f"trust of {whose}",))
            yield from self.refer(raw["trust"], child(pointer, "trust"), usage)

    def refer_each(self, raw: object, pointer: Pointer, usage: Usage) -> Iterator[Reference]:
        for index, item in enumerate(_list(raw)):
            yield from self.refer(item, child(pointer, index), usage)

    def refer(self, raw: object, pointer: Pointer, usage: Usage) -> Iterator[Reference]:
        if isinstance(raw, Mapping):
            yield Reference(usage, pointer, document=Document(raw, self.source, pointer))
        elif isinstance(raw, str) and raw.startswith("arn:"):
            held = self.managed.get(raw)
            if isinstance(held, str):
                yield Reference(usage, pointer, path=self.path(held))
            elif isinstance(held, Mapping):
                at = child("", "managed-policies", raw)
                yield Reference(usage, at, document=Document(held, self.source, at))
            elif "authorization-details" not in self.root:
                yield Reference(usage, pointer, arn=raw)
        elif isinstance(raw, str) and raw:
            yield Reference(usage, pointer, path=self.path(raw))

    def path(self, written: str) -> str:
        return os.path.normpath(os.path.join(self.directory, written))


def export_references(source: Source, value: object) -> Iterator[Reference]:
    """The policies of `get-account-authorization-details`: inline ones, and the default version of managed ones."""
    root = _mapping(value)
    users = _attachments(root)
    for index, policy in enumerate(_list(root.get("Policies"))):
        raw = _mapping(policy)
        attached = tuple(users.get(str(raw.get("Arn")), ()))
        for at, version in enumerate(_list(raw.get("PolicyVersionList"))):
            if _mapping(version).get("IsDefaultVersion") is True:
                pointer = child("", "Policies", index, "PolicyVersionList", at, "Document")
                yield from _embedded(_mapping(version).get("Document"), source, pointer, PolicyKind.IDENTITY, attached)
    for section, kind, inline in _HOLDERS:
        for index, holder in enumerate(_list(root.get(section))):
            raw = _mapping(holder)
            whose = f"{kind} {raw.get(f'{kind.title()}Name')}"
            pointer = child("", section, index)
            for at, policy in enumerate(_list(raw.get(inline))):
                place = child(pointer, inline, at, "PolicyDocument")
                document = _mapping(policy).get("PolicyDocument")
                yield from _embedded(document, source, place, PolicyKind.IDENTITY, (whose,))
            if "AssumeRolePolicyDocument" in raw:
                yield from _embedded(
                    raw["AssumeRolePolicyDocument"],
                    source,
                    child(pointer, "AssumeRolePolicyDocument"),
                    PolicyKind.TRUST,
                    (f"trust of {whose}",),
                    str(raw.get("Arn")),
                )


_HOLDERS = (
    ("GroupDetailList", "group", "GroupPolicyList"),
    ("UserDetailList", "user", "UserPolicyList"),
    ("RoleDetailList", "role", "RolePolicyList"),
)


def _attachments(root: Mapping[str, object]) -> dict[str, list[str]]:
    """Who a managed policy is attached to, by its ARN."""
    found: dict[str, list[str]] = {}
    for section, kind, _ in _HOLDERS:
        for holder in map(_mapping, _list(root.get(section))):
            whose = f"{kind} {holder.get(f'{kind.title()}Name')}"
            for policy in map(_mapping, _list(holder.get("AttachedManagedPolicies"))):
                found.setdefault(str(policy.get("PolicyArn")), []).append(whose)
    return found


def _embedded(
    raw: object,
    source: Source,
    pointer: Pointer,
    kind: PolicyKind,
    attached: tuple[str, ...],
    resource: str | None = None,
) -> Iterator[Reference]:
    if raw is not None:
        yield Reference(Usage(kind, resource, attached), pointer, document=embedded(raw, source, pointer))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
