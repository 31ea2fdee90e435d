"""What is asked: who, which action, on what, in which context.

Source: IAM User Guide, reference_policies_variables (the table of principals), reference_identifiers; semantics
sections 4.1 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache

from policyeval.errors import RequestError
from policyeval.evaluation.comparison import read_date
from policyeval.syntax.action import check_request_action
from policyeval.syntax.arn import Arn, is_account_id, parse_arn
from policyeval.vocabulary import did_you_mean

ContextValue = str | bool | int | float | Sequence[str | bool | int | float]
"""A context value; a list makes the key multivalued. Numbers and booleans act as their text."""


class PrincipalType(Enum):
    """The values of `aws:PrincipalType`, and the two callers that have none."""

    USER = "User"
    ASSUMED_ROLE = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    ACCOUNT = "Account"
    ANONYMOUS = "Anonymous"
    SERVICE = "Service"
    FEDERATED = "Federated"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    `arn` is the caller's own ARN: of the user, the role *session*, the federated user or the account's root;
    `role_arn` the role of a session, `user_arn` the user who asked for a federated session, `provider` the identity
    provider of a `Federated` caller. `unique_id` is `aws:userid`. `tags` are user or role tags overlaid by the
    session's; `None` says that they are not known.
    """

    type: PrincipalType
    arn: str | None = None
    account: str | None = None
    role_arn: str | None = None
    user_arn: str | None = None
    service: str | None = None
    provider: str | None = None
    service_linked: bool = False
    management_account: bool = False
    unique_id: str | None = None
    tags: Mapping[str, str] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        # A copy, so that what was decided for a principal stays true of it.
        if self.tags is not None:
            object.__setattr__(self, "tags", dict(self.tags))

    @staticmethod
    @lru_cache(maxsize=4096)
    def from_arn(text: str) -> Principal:
        """The principal of an ARN: a user, a role or a session of it, a federated user, or an account's root.

        A role's own ARN stands for a session of it, since a role acts only through sessions; an account id for the
        account's root user. Raises `RequestError` for any other text.
        """
        if is_account_id(text):
            text = f"arn:aws:iam::{text}:root"
        if not text.startswith("arn:"):
            raise RequestError(
                f"`{text}` is no ARN of a caller", help="write it as `arn:aws:iam::111122223333:user/alice`"
            )
        arn = parse_arn(text)
        kind, _, name = arn.resource.partition("/")
        if not is_account_id(arn.account):
            raise RequestError(f"`{text}` names no account", help="a principal's ARN holds a twelve-digit account id")
        if name.endswith("/"):
            name = ""  # a path without a name
        if arn.service == "iam" and arn.resource == "root":
            return Principal(PrincipalType.ACCOUNT, text, arn.account)
        if arn.service == "iam" and kind == "user" and name:
            return Principal(PrincipalType.USER, text, arn.account)
        if arn.service == "iam" and kind == "role" and name:
            return Principal.session(text)
        if arn.service == "sts" and kind == "assumed-role" and name.count("/") == 1:
            role = f"arn:{arn.partition}:iam::{arn.account}:role/{name.split('/')[0]}"
            return Principal(PrincipalType.ASSUMED_ROLE, text, arn.account, role_arn=role)
        if arn.service == "sts" and kind == "federated-user" and name:
            return Principal(PrincipalType.FEDERATED_USER, text, arn.account)
        raise RequestError(
            f"`{text}` is no principal",
            help="give the ARN of a user, a role, a role session, a federated user or an account's root",
        )

    @staticmethod
    def from_name(text: str) -> Principal | None:
        """The caller of a name that belongs to no account: `anonymous`, a service, or the ARN of an identity provider.

        Nothing for any other text.
        """
        if text == "anonymous":
            return Principal(PrincipalType.ANONYMOUS)
        if text.startswith("arn:"):
            is_provider = ":saml-provider/" in text or ":oidc-provider/" in text
            return Principal(PrincipalType.FEDERATED, provider=text) if is_provider else None
        if "." not in text:
            return None
        from policyeval.catalog.principals import is_service_principal  # reads its list, which few names are worth

        return Principal(PrincipalType.SERVICE, service=text) if is_service_principal(text) else None

    @staticmethod
    def session(role_arn: str, session_name: str = "session") -> Principal:
        """A session of a role. Its own ARN leaves the role's path out (reference_identifiers)."""
        arn = parse_arn(role_arn)
        name = arn.resource.rpartition("/")[2]
        return Principal(
            PrincipalType.ASSUMED_ROLE,
            f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{name}/{session_name}",
            arn.account,
            role_arn=role_arn,
            service_linked=arn.resource.startswith("role/aws-service-role/"),
        )

    @staticmethod
    def parse(value: object) -> Principal:
        """Read a principal of the case format: an ARN, what `from_name` knows, or an object with `type`.

        Raises `RequestError`.
        """
        if isinstance(value, str):
            return Principal.from_name(value) or Principal.from_arn(value)
        if not isinstance(value, Mapping):
            raise RequestError("a principal is an ARN or an object with `type`")
        for key in value:
            if key not in _PRINCIPAL_KEYS:
                raise RequestError(f"`{key}` is no part of a principal", help=did_you_mean(str(key), _PRINCIPAL_KEYS))
        names = [member.value for member in PrincipalType]
        if value.get("type") is None:
            raise RequestError("a principal has a `type`", help=f"use one of {', '.join(names)}")
        try:
            kind = PrincipalType(value.get("type"))
        except ValueError:
            raise RequestError(
                f"`{value.get('type')}` is no type of principal",
                help=did_you_mean(str(value.get("type")), names) or f"use one of {', '.join(names)}",
            ) from None
        return _complete(kind, {_FIELDS[key]: member for key, member in value.items() if key in _FIELDS}, value)

    @property
    def is_signed(self) -> bool:
        """Whether the request carries AWS credentials of an account."""
        return self.type in (
            PrincipalType.USER,
            PrincipalType.ASSUMED_ROLE,
            PrincipalType.FEDERATED_USER,
            PrincipalType.ACCOUNT,
        )

    @property
    def user_name(self) -> str | None:
        """`aws:username`: the last part of a user's ARN; nobody else has one."""
        if self.type is not PrincipalType.USER or self.arn is None:
            return None
        return self.arn.rpartition("/")[2]

    @property
    def display(self) -> str:
        """The caller in a person's words."""
        return self.arn or self.service or self.provider or "an anonymous caller"


_FIELDS = {
    "arn": "arn",
    "account": "account",
    "roleArn": "role_arn",
    "userArn": "user_arn",
    "service": "service",
    "provider": "provider",
    "serviceLinked": "service_linked",
    "managementAccount": "management_account",
    "uniqueId": "unique_id",
}
_FLAGS = ("service_linked", "management_account")
_KEYS = {name: key for key, name in _FIELDS.items()}
_PRINCIPAL_KEYS = ("type", *_FIELDS, "tags")
_NEEDS = {
    PrincipalType.USER: ("arn",),
    PrincipalType.ASSUMED_ROLE: ("arn",),
    PrincipalType.FEDERATED_USER: ("arn",),
    PrincipalType.ACCOUNT: ("arn",),
    PrincipalType.ANONYMOUS: (),
    PrincipalType.SERVICE: ("service",),
    PrincipalType.FEDERATED: ("provider",),
}


def _complete(kind: PrincipalType, given: dict[str, object], value: Mapping[str, object]) -> Principal:
    """Check the parts of a principal against its type, and fill in what follows from its ARN."""
    for name, member in given.items():
        if name in _FLAGS:
            if not isinstance(member, bool):
                raise RequestError(f"`{_KEYS[name]}` of a principal is true or false")
        elif not isinstance(member, str):
            raise RequestError(f"`{_KEYS[name]}` of a principal is a string", help="write account ids in quotes")
    if kind is PrincipalType.ACCOUNT and "arn" not in given and "account" in given:
        given["arn"] = f"arn:aws:iam::{given['account']}:root"
    if kind is PrincipalType.ASSUMED_ROLE and "arn" not in given and "role_arn" in given:
        given["arn"] = Principal.session(str(given["role_arn"])).arn
    missing = [name for name in _NEEDS[kind] if name not in given]
    if missing:
        raise RequestError(f"a principal of type `{kind.value}` needs `{missing[0]}`")
    tags = value.get("tags")
    if tags is not None and not (isinstance(tags, Mapping) and all(isinstance(tag, str) for tag in tags.values())):
        raise RequestError("`tags` of a principal is an object from tag key to tag value")
    base = Principal.from_arn(str(given["arn"])) if "arn" in given else Principal(kind)
    if base.type is not kind:
        raise RequestError(
            f"`{given['arn']}` is the ARN of a principal of type `{base.type.value}`, not `{kind.value}`"
        )
    account = given.get("account", base.account)
    if "arn" in given and account != base.account:
        raise RequestError(f"the principal's account is `{account}`, but its ARN names `{base.account}`")
    role_arn = given.get("role_arn", base.role_arn)
    parts: dict[str, object] = {
        "arn": base.arn,
        "account": account,
        "service_linked": isinstance(role_arn, str) and ":role/aws-service-role/" in role_arn,
        **given,
        "role_arn": role_arn,
        "tags": dict(tags) if tags is not None else None,
    }
    return Principal(kind, **parts)  # type: ignore[arg-type]  # each part was checked against its field above


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for. `arn` is an ARN, or `*` for an action that is authorised on no particular resource.

    `account` owns the resource: given, or read from the ARN, or unknown (`None`: an S3 ARN does not tell);
    `management_account` says that the owner is its organization's management account. That a given owner is the one
    that the ARN names is checked by `parse` alone: a proof asks about policies whoever owns the resource.

    Raises `RequestError` for a text that is no ARN.
    """

    arn: str
    account: str | None = None
    management_account: bool = False

    def __post_init__(self) -> None:
        if self.arn == "*":
            return
        named = parse_arn(self.arn).account
        if self.account is None and is_account_id(named):
            object.__setattr__(self, "account", named)

    @staticmethod
    def parse(value: object) -> Resource:
        """Read a resource of the case format: an ARN or `*`, or `{arn, account, managementAccount}`.

        Raises `RequestError`, also for another owner than the ARN names.
        """
        if isinstance(value, str):
            # An owner that is given costs less than one that is filled in: a tenth of `Simulator.decide`.
            owner = parse_arn(value).account if value != "*" else ""
            return Resource(value, owner if is_account_id(owner) else None)
        if not isinstance(value, Mapping):
            raise RequestError("a resource is an ARN, `*`, or an object with `arn`")
        for key in value:
            if key not in _RESOURCE_KEYS:
                raise RequestError(f"`{key}` is no part of a resource", help=did_you_mean(str(key), _RESOURCE_KEYS))
        arn, account = value.get("arn"), value.get("account")
        if not isinstance(arn, str):
            raise RequestError("a resource needs `arn`, an ARN or `*`")
        if account is not None and not (isinstance(account, str) and is_account_id(account)):
            raise RequestError(f"`{account}` is no account id", help="an account id is twelve digits, in quotes")
        management = value.get("managementAccount", False)
        if not isinstance(management, bool):
            raise RequestError("`managementAccount` of a resource is true or false")
        named = parse_arn(arn).account if arn != "*" else ""
        if account is not None and account != named and is_account_id(named):
            raise RequestError(f"the resource's account is `{account}`, but its ARN names `{named}`")
        return Resource(arn, account, management)

    @property
    def parts(self) -> Arn | None:
        """The segments of the ARN; nothing for `*`."""
        return None if self.arn == "*" else parse_arn(self.arn)


_RESOURCE_KEYS = ("arn", "account", "managementAccount")


@dataclass(frozen=True, slots=True, init=False)
class Request:
    """One question to AWS. `time` is the clock's, for `aws:CurrentTime` and `aws:EpochTime`; now when left out."""

    principal: Principal
    action: str
    resource: Resource
    context: Mapping[str, ContextValue] = field(hash=False)
    time: datetime | None

    def __init__(
        self,
        principal: Principal | str | Mapping[str, object],
        action: str,
        resource: Resource | str | Mapping[str, object] = "*",
        context: Mapping[str, ContextValue] | None = None,
        time: datetime | None = None,
    ) -> None:
        """Raises `RequestError` for a principal, action or resource that cannot be."""
        who = principal if isinstance(principal, Principal) else Principal.parse(principal)
        object.__setattr__(self, "principal", who)
        object.__setattr__(self, "action", check_request_action(action))
        object.__setattr__(self, "resource", resource if isinstance(resource, Resource) else Resource.parse(resource))
        object.__setattr__(self, "context", {} if context is None else context)
        object.__setattr__(self, "time", time)

    def with_resource(self, resource: Resource) -> Request:
        return Request(self.principal, self.action, resource, self.context, self.time)


_YEAR_10000 = 253_402_300_800
"""In epoch seconds; no `datetime` can name it."""


def read_time(text: str) -> datetime:
    """The clock of a request, from a W3C date or epoch seconds; raises `RequestError`."""
    seconds = read_date(text)
    if seconds is None or not 0 <= seconds < _YEAR_10000:
        raise RequestError(f"`{text}` is no date", help="write it as `2026-05-01T10:00:00Z` or as epoch seconds")
    return datetime.fromtimestamp(float(seconds), UTC)
