"""The account file, written by hand: users, groups, roles, and policies by path relative to the file.

The format is shown in docs/formats/account.md; it may wrap an export (`authorization-details: FILE`) to add what an
export does not hold: resource policies, the organization, settings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace

from policyeval.account.account import Account
from policyeval.account.attachments import PolicyShelf
from policyeval.account.authorization_details import read_authorization_details
from policyeval.account.model import BillingAccess, Group, Organization, Role, Settings, User
from policyeval.errors import AccountError
from policyeval.evaluation.policies import Attached
from policyeval.fields import Field
from policyeval.policy.kind import PolicyKind
from policyeval.reading import read_document
from policyeval.source import Source
from policyeval.syntax.arn import is_account_id, split_arn
from policyeval.vocabulary import did_you_mean

TOP_KEYS = (
    "account",
    "partition",
    "authorization-details",
    "managed-policies",
    "groups",
    "users",
    "roles",
    "settings",
    "resources",
    "organization",
)
_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]+")
"""What users, groups and roles may be called (IAM User Guide, reference_iam-quotas)."""


def read_account_file(source: Source, value: object, *, exact: bool) -> Account:
    """Read an account file; raises `AccountError` and whatever its policies raise, each with its place."""
    return _AccountFile(Field(value, "", source, AccountError), exact=exact).read()


class _AccountFile:
    def __init__(self, root: Field, *, exact: bool) -> None:
        self.root = root
        if isinstance(root.value, Mapping) and "Statement" in root.value:
            raise root.error("the file holds a policy, not an account", help="give a policy with `--policy FILE`")
        root.mapping(TOP_KEYS)
        field = root.need("account")
        self.id = field.text()
        if not is_account_id(self.id):
            digits = self.id.replace("-", "").replace(" ", "")
            raise field.error(
                f"`{self.id}` is no account id",
                help=f'write "{digits}"' if is_account_id(digits) else "an account id is twelve digits, in quotes",
            )
        partition = root.get("partition")
        self.partition = self.known_partition(partition) if partition is not None else "aws"
        self.directory = root.source.directory
        self.shelf = PolicyShelf(self.directory, self.id, exact=exact)

    def known_partition(self, field: Field) -> str:
        from policyeval.catalog.partitions import partitions  # few files name theirs

        if field.text() not in partitions():
            raise field.error(f"`{field.text()}` is no partition", help=did_you_mean(field.text(), partitions()))
        return field.text()

    def read(self) -> Account:
        base = self.base()
        for arn, field in self.members("managed-policies"):
            if not is_arn(arn):
                raise field.error(f"`{arn}` is no ARN", help="managed policies stand under their ARNs", on_key=True)
            self.shelf.add_managed(replace(field, value=arn), self.shelf.written_document(field))
        groups = {**base.groups, **{name: self.group(name, field) for name, field in self.members("groups")}}
        users = {**base.users, **{name: self.user(name, field, groups) for name, field in self.members("users")}}
        roles = {**base.roles, **{name: self.role(name, field) for name, field in self.members("roles")}}
        return replace(
            base,
            groups=groups,
            users=users,
            roles=roles,
            resources={arn: self.resource(arn, field) for arn, field in self.members("resources")},
            organization=self.organization(),
            settings=self.settings(),
            managed_policies=self.shelf.managed_policies(),
        )

    def base(self) -> Account:
        """The account that the file adds to: its export, or nothing."""
        field = self.root.get("authorization-details")
        if field is None:
            return Account(self.id, partition=self.partition, source=self.root.source)
        path = os.path.normpath(os.path.join(self.directory, field.text()))
        source, value = read_document(path)
        account = read_authorization_details(source, value, self.shelf)
        if account.id != self.id:
            raise field.error(f"`{field.text()}` is of account {account.id}, this file of {self.id}")
        if self.root.get("partition") is None:
            self.partition = account.partition
        elif account.partition != self.partition:
            raise field.error(f"`{field.text()}` is of the partition `{account.partition}`, not `{self.partition}`")
        return replace(account, source=self.root.source)

    def members(self, name: str) -> list[tuple[str, Field]]:
        """The members of a section; names differ by more than case, as IAM's do (reference_iam-quotas)."""
        section = self.root.get(name)
        if section is None:
            return []
        members = list(section.members())
        if name in ("groups", "users", "roles"):
            first: dict[str, str] = {}
            for key, field in members:
                other = first.setdefault(key.lower(), key)
                if other != key:
                    raise field.error(
                        f"`{key}` has the name of `{other}`: IAM ignores the case of names",
                        help="remove or rename one of the two",
                        on_key=True,
                    )
        return members

    def arn(self, kind: str, name: str, field: Field) -> str:
        longest = 128 if kind == "group" else 64
        if _NAME.fullmatch(name) is None or len(name) > longest:
            raise field.error(
                f"`{name}` cannot be the name of a {kind}",
                help=f"IAM takes up to {longest} letters, digits and `+=,.@_-`",
                on_key=True,
            )
        path = field.get("path") if isinstance(field.value, Mapping) else None
        text = path.text() if path is not None else "/"
        if path is not None and not (text.startswith("/") and text.endswith("/")):
            raise path.error(f"`{text}` is no path", help="a path begins and ends with `/`, as in `/team/`")
        return f"arn:{self.partition}:iam::{self.id}:{kind}{text}{name}"

    # ---- groups, users, roles

    def group(self, name: str, field: Field) -> Group:
        if field.value is None:
            field = replace(field, value={})
        field.mapping(("path", "policies"))
        policies = self.shelf.attach_all(field.get("policies"), PolicyKind.IDENTITY, f"group {name}")
        return Group(name, self.arn("group", name, field), policies, field.pointer, field.source)

    def user(self, name: str, field: Field, groups: Mapping[str, Group]) -> User:
        if field.value is None:
            field = replace(field, value={})
        field.mapping(("path", "groups", "policies", "permissions-boundary", "tags", "unique-id"))
        return User(
            name=name,
            arn=self.arn("user", name, field),
            groups=self.memberships(field.get("groups"), groups),
            policies=self.shelf.attach_all(field.get("policies"), PolicyKind.IDENTITY, f"user {name}"),
            boundary=self.boundary(field, f"user {name}"),
            tags=self.tags(field.get("tags")),
            unique_id=self.unique_id(field),
            pointer=field.pointer,
            source=field.source,
        )

    def memberships(self, field: Field | None, groups: Mapping[str, Group]) -> tuple[str, ...]:
        if field is None:
            return ()
        names: list[str] = []
        for item in field.items():
            name = item.text()
            if name not in groups:
                raise item.error(f"no group `{name}`", help=did_you_mean(name, groups))
            if name in names:
                raise item.error(f"the group `{name}` is there twice", help="remove one of the two")
            names.append(name)
        return tuple(names)

    def role(self, name: str, field: Field) -> Role:
        if field.value is None:
            field = replace(field, value={})
        field.mapping(("path", "policies", "trust", "permissions-boundary", "tags", "unique-id"))
        trust = field.get("trust")
        return Role(
            name=name,
            arn=self.arn("role", name, field),
            policies=self.shelf.attach_all(field.get("policies"), PolicyKind.IDENTITY, f"role {name}"),
            trust=self.shelf.attach(trust, PolicyKind.TRUST, f"role {name}") if trust is not None else None,
            boundary=self.boundary(field, f"role {name}"),
            tags=self.tags(field.get("tags")),
            unique_id=self.unique_id(field),
            pointer=field.pointer,
            source=field.source,
        )

    def boundary(self, field: Field, holder: str) -> Attached | None:
        boundary = field.get("permissions-boundary")
        return None if boundary is None else self.shelf.attach(boundary, PolicyKind.BOUNDARY, holder)

    def tags(self, field: Field | None) -> dict[str, str]:
        return {} if field is None else {key: tag.text() for key, tag in field.members()}

    def unique_id(self, field: Field) -> str | None:
        found = field.get("unique-id")
        return None if found is None else found.text()

    # ---- what else has a say

    def resource(self, arn: str, field: Field) -> Attached:
        if not is_arn(arn):
            raise field.error(f"`{arn}` is no ARN", help="resources stand under their ARNs", on_key=True)
        if split_arn(arn)[1] != self.partition:
            raise field.error(
                f"`{arn}` is in the partition `{split_arn(arn)[1]}`, the account in `{self.partition}`",
                help="nothing reaches across partitions",
                on_key=True,
            )
        if ":role/" in arn and split_arn(arn)[2] == "iam":
            raise field.error(
                f"the policy of `{arn}` is a trust policy", help="name it under `roles`, as `trust`", on_key=True
            )
        return self.shelf.attach(field, PolicyKind.RESOURCE, arn)

    def organization(self) -> Organization:
        field = self.root.get("organization")
        if field is None:
            return Organization()
        field.mapping(("id", "management-account", "scps", "rcps"))
        org_id, management = field.get("id"), field.get("management-account")
        return Organization(
            id=org_id.text() if org_id is not None else None,
            management_account=management.boolean() if management is not None else False,
            scps=self.levels(field.get("scps"), PolicyKind.SCP),
            rcps=self.levels(field.get("rcps"), PolicyKind.RCP),
        )

    def levels(self, field: Field | None, kind: PolicyKind) -> tuple[tuple[Attached, ...], ...] | None:
        """A list of levels, the root first, each a list of policies."""
        if field is None:
            return None
        levels = list(field.items())
        for level in levels:
            if not isinstance(level.value, list):
                raise level.error("a level is a list of policies", help="put it in brackets: `[policy.json]`")
        return tuple(
            self.shelf.attach_all(level, kind, f"level {index + 1} of {len(levels)}")
            for index, level in enumerate(levels)
        )

    def settings(self) -> Settings:
        field = self.root.get("settings")
        if field is None:
            return Settings(source=self.root.source)
        field.mapping(("billing-access", "password-policy"))
        billing, password = field.get("billing-access"), field.get("password-policy")
        change = None
        if password is not None:
            password.mapping(("allow-users-to-change-password",))
            change = password.get("allow-users-to-change-password")
        access: BillingAccess | None = None
        if billing is not None:
            is_activated = billing.choice(("activated", "deactivated")) == "activated"
            access = "activated" if is_activated else "deactivated"
        return Settings(
            billing_access=access,
            allow_users_to_change_password=change.boolean() if change is not None else None,
            source=self.root.source,
            billing_pointer=billing.pointer if billing is not None else "",
            password_pointer=change.pointer if change is not None else "",
        )


def is_arn(text: str) -> bool:
    """Whether a text has the six parts of an ARN."""
    return text.startswith("arn:") and len(split_arn(text)) == 6
