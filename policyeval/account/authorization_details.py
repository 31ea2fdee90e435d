"""The output of `aws iam get-account-authorization-details`, read as an account.

Source: IAM API Reference, GetAccountAuthorizationDetails. Documents come as objects (the CLI decodes them) or
URL-encoded, as the API sends them.
"""

from __future__ import annotations

from collections.abc import Mapping

from policyeval.account.account import Account
from policyeval.account.attachments import PolicyShelf
from policyeval.account.model import Group, Role, User
from policyeval.errors import AccountError
from policyeval.evaluation.policies import Attached
from policyeval.fields import Field
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, embedded
from policyeval.source import Source
from policyeval.syntax.arn import is_account_id, split_arn

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


def is_authorization_details(value: object) -> bool:
    """Whether a decoded document looks like the command's output."""
    return isinstance(value, Mapping) and any(name in value for name in LISTS[:3])


def read_authorization_details(source: Source, value: object, shelf: PolicyShelf | None = None) -> Account:
    """Read an export; raises `AccountError` and whatever its policies raise, each with its place.

    Without a `shelf` the policies are taken exactly: nobody writes the guide's spellings into a real account.
    """
    root = Field(value, "", source, AccountError)
    if not is_authorization_details(value):
        raise root.error("the file is no output of `aws iam get-account-authorization-details`")
    if root.mapping().get("IsTruncated") is True:
        raise root.error(
            "the export is cut off: it says `IsTruncated`",
            help="run the command again without `--max-items` and `--page-size`",
        )
    for name in LISTS:
        if root.get(name) is None:
            raise root.error(
                f"the export has no `{name}`", help="run the command without `--filter`, so that all of it is there"
            )
    return _Export(root, shelf).read()


class _Export:
    def __init__(self, root: Field, shelf: PolicyShelf | None) -> None:
        self.root = root
        self.partition, self.id = self.whose()
        self.shelf = shelf if shelf is not None else PolicyShelf("", self.id, exact=True)

    def whose(self) -> tuple[str, str]:
        """The account that the export is of, read from the ARNs of what it lists."""
        for name in LISTS:
            for item in self.root.need(name).items():
                segments = split_arn(item.need("Arn").text())
                if len(segments) == 6 and is_account_id(segments[4]):
                    return segments[1], segments[4]
        raise self.root.error("the export lists nothing that belongs to an account")

    def read(self) -> Account:
        for item in self.root.need("Policies").items():
            self.shelf.add_managed(item.need("Arn"), self.default_version(item))
        groups = {group.name: group for group in map(self.group, self.root.need("GroupDetailList").items())}
        users = {}
        for item in self.root.need("UserDetailList").items():
            user = self.user(item, groups)
            users[user.name] = user
        roles = {role.name: role for role in map(self.role, self.root.need("RoleDetailList").items())}
        return Account(
            self.id,
            users,
            groups,
            roles,
            partition=self.partition,
            managed_policies=self.shelf.managed_policies(),
            source=self.root.source,
        )

    def default_version(self, policy: Field) -> Document:
        for version in policy.need("PolicyVersionList").items():
            current = version.get("IsDefaultVersion")
            if current is not None and current.boolean():
                document = version.need("Document")
                return embedded(document.value, document.source, document.pointer)
        raise policy.error(f"`{policy.need('Arn').text()}` has no default version")

    def arn(self, item: Field) -> str:
        field = item.need("Arn")
        segments = split_arn(field.text())
        if len(segments) != 6 or segments[4] != self.id:
            raise field.error(f"`{field.text()}` is not of account {self.id}")
        return field.text()

    def group(self, item: Field) -> Group:
        name = item.need("GroupName").text()
        policies = self.policies(item, "GroupPolicyList", f"group {name}")
        return Group(name, self.arn(item), policies, item.pointer, item.source)

    def user(self, item: Field, groups: Mapping[str, Group]) -> User:
        name = item.need("UserName").text()
        names = []
        for group in self.items(item, "GroupList"):
            if group.text() not in groups:
                raise group.error(f"no group `{group.text()}` in the export")
            names.append(group.text())
        return User(
            name=name,
            arn=self.arn(item),
            groups=tuple(names),
            policies=self.policies(item, "UserPolicyList", f"user {name}"),
            boundary=self.boundary(item, f"user {name}"),
            tags=self.tags(item),
            unique_id=self.text(item, "UserId"),
            pointer=item.pointer,
            source=item.source,
        )

    def role(self, item: Field) -> Role:
        name = item.need("RoleName").text()
        trust = item.need("AssumeRolePolicyDocument")
        return Role(
            name=name,
            arn=self.arn(item),
            policies=self.policies(item, "RolePolicyList", f"role {name}"),
            trust=self.shelf.attach_inline(trust, f"trust policy of {name}", PolicyKind.TRUST, f"role {name}"),
            boundary=self.boundary(item, f"role {name}"),
            tags=self.tags(item),
            unique_id=self.text(item, "RoleId"),
            pointer=item.pointer,
            source=item.source,
        )

    def policies(self, item: Field, inline: str, holder: str) -> tuple[Attached, ...]:
        """The inline policies of an identity and the managed ones attached to it."""
        found = [
            self.shelf.attach_inline(
                policy.need("PolicyDocument"), policy.need("PolicyName").text(), PolicyKind.IDENTITY, holder
            )
            for policy in self.items(item, inline)
        ]
        for attached in self.items(item, "AttachedManagedPolicies"):
            arn = attached.need("PolicyArn")
            found.append(self.shelf.attach_managed(arn, arn.text(), PolicyKind.IDENTITY, holder))
        return tuple(found)

    def boundary(self, item: Field, holder: str) -> Attached | None:
        boundary = item.get("PermissionsBoundary")
        if boundary is None:
            return None
        arn = boundary.need("PermissionsBoundaryArn")
        return self.shelf.attach_managed(arn, arn.text(), PolicyKind.BOUNDARY, holder)

    def tags(self, item: Field) -> dict[str, str]:
        return {tag.need("Key").text(): tag.need("Value").text() for tag in self.items(item, "Tags")}

    def items(self, item: Field, name: str) -> list[Field]:
        field = item.get(name)
        return [] if field is None else list(field.items())

    def text(self, item: Field, name: str) -> str | None:
        field = item.get(name)
        return None if field is None else field.text()
