"""The account as one thing to ask: who is who, which policies have a say, and what AWS would decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from policyeval.account.model import Group, ManagedPolicy, Organization, Role, Settings, User
from policyeval.account.settings import billing_gate, password_grant
from policyeval.errors import RequestError
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource
from policyeval.evaluation.trace import Result
from policyeval.policy.kind import TRUST_ACTIONS
from policyeval.policy.model import Policy
from policyeval.source import Source
from policyeval.syntax.arn import Arn, is_account_id, parse_arn, split_arn
from policyeval.vocabulary import nearest

WAYS_TO_NAME_A_CALLER = (
    "give a user's name, `role/NAME`, `assumed-role/NAME/SESSION`, `federated-user/NAME`, `root`, `anonymous`, "
    "a service or an ARN"
)


@dataclass(frozen=True)
class Account:
    """An account: twelve-digit `id`, users, groups and roles by name, resource policies by ARN."""

    id: str
    users: Mapping[str, User] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    resources: Mapping[str, Attached] = field(default_factory=dict)
    organization: Organization = field(default_factory=Organization)
    settings: Settings = field(default_factory=Settings)
    partition: str = "aws"
    managed_policies: tuple[ManagedPolicy, ...] = ()
    source: Source | None = field(default=None, repr=False)

    @staticmethod
    def load(path: str, *, exact: bool = False) -> Account:
        """Read an account file, or the output of `aws iam get-account-authorization-details`.

        `exact` takes policies as AWS would: neither `$<key>` nor the account id's placeholder means anything then.
        Raises `AccountError`, `ReadError`, `PolicyError` or a syntax error, each with its place.
        """
        from policyeval.account.loading import load_account  # which makes accounts, and so imports this module

        return load_account(path, exact=exact)

    def simulate(
        self,
        principal: str | Principal | Mapping[str, object],
        action: str,
        resource: str | Resource | Mapping[str, object] = "*",
        context: Mapping[str, ContextValue] | None = None,
        time: datetime | None = None,
        *,
        session: Sequence[Policy] | None = None,
    ) -> Result:
        """Decide one request and say why; raises `RequestError` for a caller, action or resource that cannot be.

        `principal` is a user's name, `role/NAME`, an ARN, or an object of the case format; `time` is the clock's, now
        when left out; `session` are the session policies with which a role or federated session was made.
        """
        request = self.request(principal, action, resource, context, time)
        policies = self.policy_set(request)
        if session is not None:
            policies = replace(policies, session=tuple(Attached(policy) for policy in session))
        return explain(policies, request)

    # ---- who asks

    def request(
        self,
        principal: str | Principal | Mapping[str, object],
        action: str,
        resource: str | Resource | Mapping[str, object] = "*",
        context: Mapping[str, ContextValue] | None = None,
        time: datetime | None = None,
    ) -> Request:
        """A request with everything that the account knows: tags, ids, owner of the resource, the organization."""
        who = principal if isinstance(principal, Principal) else self.principal(principal)
        what = resource if isinstance(resource, Resource) else Resource.parse(resource)
        if what.parts is not None and what.parts.partition not in (self.partition, "*"):
            raise RequestError(
                f"`{what.arn}` is in the partition `{what.parts.partition}`, the account in `{self.partition}`",
                help="nothing reaches across partitions",
            )
        if what.account is None:
            what = replace(what, account=self.id)
        if what.account == self.id and self.organization.management_account:
            what = replace(what, management_account=True)
        given = {} if context is None else dict(context)
        return authorised_request(Request(who, action, what, {**self.organization_keys(who, what), **given}, time))

    def organization_keys(self, principal: Principal, resource: Resource) -> dict[str, str]:
        """The keys that follow from the organization's id, where the account file tells it."""
        keys: dict[str, str] = {}
        if self.organization.id is not None:
            if principal.is_signed and principal.account == self.id:
                keys["aws:PrincipalOrgID"] = self.organization.id
            if resource.account == self.id:
                keys["aws:ResourceOrgID"] = self.organization.id
        return keys

    def principal(self, value: str | Mapping[str, object], *, described: bool = False) -> Principal:
        """The caller by name: a user's name, `role/NAME`, `root`, `anonymous`, a service, or an ARN.

        An ARN of this account must be that of a user or role that the account has. Callers of other accounts are
        described: by an object with `type`, or by identity policies from elsewhere, as `described` says. Raises
        `RequestError`, with the nearest good name.
        """
        if not isinstance(value, str):
            return self.described(Principal.parse(value))
        if not value:
            raise RequestError("the caller's name is empty", help=WAYS_TO_NAME_A_CALLER)
        if value == "root":
            return self.known(Principal.from_arn(f"arn:{self.partition}:iam::{self.id}:root"))
        of_nobody = Principal.from_name(value)
        if of_nobody is not None:
            return of_nobody
        if value.startswith("arn:") or is_account_id(value):
            principal = Principal.from_arn(value)
            return principal if described and principal.account != self.id else self.own(value)
        kind, slash, name = value.partition("/")
        if not slash:
            return self.user_principal(value)
        if kind == "user":
            return self.user_principal(name)
        if kind == "role":
            return self.role_principal(name)
        if kind == "assumed-role" and name.count("/") == 1:
            role, session = name.split("/")
            return self.role_principal(role, session)
        if kind == "federated-user" and name:
            return self.own(f"arn:{self.partition}:sts::{self.id}:federated-user/{name}")
        raise RequestError(f"`{value}` is no principal", help=WAYS_TO_NAME_A_CALLER)

    def own(self, arn: str) -> Principal:
        """The principal of an ARN, which must be of this account and exist in it."""
        principal = Principal.from_arn(arn)
        if principal.account != self.id:
            raise RequestError(
                f"`{arn}` is of account {principal.account}, and these files describe {self.id}",
                help="describe a caller of another account by its policies: `--identity FILE`",
            )
        parsed = parse_arn(principal.arn or arn)
        if parsed.partition != self.partition:
            raise RequestError(f"`{arn}` is in the partition `{parsed.partition}`, the account in `{self.partition}`")
        if principal.type is PrincipalType.USER:
            return self.user_principal(arn.rsplit("/", 1)[-1], arn)
        if principal.type is PrincipalType.ASSUMED_ROLE:
            return self.session_principal(principal, parsed, arn)
        return self.known(principal)

    def session_principal(self, principal: Principal, session: Arn, given: str) -> Principal:
        _, role, name = session.resource.split("/")
        return self.role_principal(role, name, given if ":role/" in given else None)

    def user_principal(self, name: str, arn: str | None = None) -> Principal:
        """A user by name, its path before it or not; `arn` is what the user must then have."""
        bare = name.rsplit("/", 1)[-1]
        user = self.users.get(bare)
        if user is None or arn not in (None, user.arn) or (name != bare and not user.arn.endswith(f":user/{name}")):
            if bare in self.roles and arn is None:
                raise RequestError(f"no user `{name}`; there is a role of that name", help=f"write `role/{bare}`")
            raise RequestError(f"no user `{arn or name}`", help=_did_you_mean(bare, self.users, as_arn=arn is not None))
        return self.known(Principal(PrincipalType.USER, user.arn, self.id, tags=user.tags, unique_id=user.unique_id))

    def role_principal(self, name: str, session: str = "session", arn: str | None = None) -> Principal:
        """A session of a role by name, its path before it or not; `arn` is what the role must then have."""
        bare = name.rsplit("/", 1)[-1]
        role = self.roles.get(bare)
        if role is None or arn not in (None, role.arn) or (name != bare and not role.arn.endswith(f":role/{name}")):
            raise RequestError(f"no role `{arn or name}`", help=_did_you_mean(bare, self.roles, as_arn=arn is not None))
        return self.known(Principal.session(role.arn, session))

    def described(self, principal: Principal) -> Principal:
        """A caller that was described in full: one of this account must be in it."""
        if principal.account != self.id or principal.arn is None:
            return principal
        if principal.type is PrincipalType.USER:
            self.user_principal(principal.arn.rsplit("/", 1)[-1], principal.arn)
        if principal.type is PrincipalType.ASSUMED_ROLE and principal.role_arn is not None:
            # The ARN of a session leaves the role's path out (reference_identifiers).
            bare = f"arn:{self.partition}:iam::{self.id}:role/{principal.arn.split('/')[1]}"
            given = None if principal.role_arn == bare else principal.role_arn
            own = self.role_principal(principal.arn.split("/")[1], principal.arn.split("/")[2], given)
            principal = replace(principal, role_arn=own.role_arn, service_linked=own.service_linked)
        return self.known(principal)

    def known(self, principal: Principal) -> Principal:
        """The principal with what the account knows of it: tags and ids it has, and its place in the organization."""
        if principal.account != self.id:
            return principal
        holder = self.holder(principal)
        if principal.tags is None and holder is not None:
            principal = replace(principal, tags=holder.tags)
        if principal.unique_id is None and holder is not None and holder.unique_id is not None:
            principal = replace(principal, unique_id=unique_id_of(principal, holder.unique_id))
        management = principal.management_account or self.organization.management_account
        return replace(principal, management_account=management)

    def holder(self, principal: Principal) -> User | Role | None:
        """The user or role whose policies a caller carries; for a federated session the user who asked for it."""
        if principal.account != self.id:
            return None
        if principal.type is PrincipalType.ASSUMED_ROLE and principal.role_arn is not None:
            return self.roles.get(principal.role_arn.rsplit("/", 1)[-1])
        arn = principal.user_arn if principal.type is PrincipalType.FEDERATED_USER else principal.arn
        return self.users.get(arn.rsplit("/", 1)[-1]) if arn is not None else None

    def absence(self, arn: str) -> str | None:
        """What to say of the ARN of a user, group or role that this account does not have; nothing of any other."""
        segments = split_arn(arn)
        if len(segments) != 6 or segments[2] != "iam" or segments[4] != self.id:
            return None
        kind, _, name = segments[5].partition("/")
        kinds: dict[str, Mapping[str, User | Group | Role]] = {
            "user": self.users,
            "group": self.groups,
            "role": self.roles,
        }
        if kind not in kinds or any(holder.arn == arn for holder in kinds[kind].values()):
            return None
        help = _did_you_mean(name.rsplit("/", 1)[-1], kinds[kind], as_arn=True)
        return f"the account has no {kind} `{arn}`" + (f"; {help}" if help else "")

    # ---- which policies have a say

    def policy_set(self, request: Request) -> PolicySet:
        """Every policy of the account that takes part in a request."""
        principal = request.principal
        inside = principal.account == self.id
        holder = self.holder(principal)
        owned = request.resource.account == self.id
        return PolicySet(
            identity=self.identity_policies(holder) if holder is not None else (),
            resource=self.resource_policy(request),
            boundary=holder.boundary if holder is not None else None,
            scp=self.organization.scps if inside else None,
            rcp=self.organization.rcps if owned else None,
            settings=billing_gate(self.settings) if inside else None,
        )

    def identity_policies(self, holder: User | Role) -> tuple[Attached, ...]:
        """The policies of a role; of a user, those of the groups and the password setting as well."""
        if isinstance(holder, Role):
            return holder.policies
        grouped = tuple(attached for name in holder.groups for attached in self.groups[name].policies)
        setting = password_grant(self.settings, holder.arn)
        return (*holder.policies, *grouped, *((setting,) if setting is not None else ()))

    def resource_policy(self, request: Request) -> Attached | None:
        """The policy of the resource, or of what holds it: a bucket's speaks of its objects.

        A role's is its trust policy, for the actions of assuming it and no others.
        """
        arn = request.resource.arn
        role = self.role_of(arn)
        if role is not None:
            return role.trust if request.action.lower() in TRUST_ACTIONS else None
        if arn in self.resources:
            return self.resources[arn]
        holding = [known for known in self.resources if arn.startswith((f"{known}/", f"{known}:"))]
        return self.resources[max(holding, key=len)] if holding else None

    def role_of(self, arn: str) -> Role | None:
        """The account's role with that ARN."""
        role = self.roles.get(arn.rsplit("/", 1)[-1]) if ":role/" in arn else None
        return role if role is not None and role.arn == arn else None


def _did_you_mean(name: str, holders: Mapping[str, User | Group | Role], *, as_arn: bool) -> str | None:
    """The one of a name without its path, or the nearest, told as it was asked for."""
    best = nearest(name, holders)
    return None if best is None else f"did you mean `{holders[best].arn if as_arn else best}`?"


def unique_id_of(principal: Principal, holder: str) -> str | None:
    """`aws:userid` of a caller whose user or role has the id `holder` (reference_policies_variables)."""
    if principal.type is PrincipalType.ASSUMED_ROLE and principal.arn is not None:
        return f"{holder}:{principal.arn.rsplit('/', 1)[-1]}"
    return holder if principal.type is PrincipalType.USER else None
