"""Who asks for what, and under which policies: what commands that decide take from the command line.

The options, and what they hold: policy files by layer, a caller whom no account file knows, the owner, the clock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from policyeval.account.account import Account, is_service
from policyeval.cli.options import load_account
from policyeval.errors import RequestError
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, Request, Resource
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.policy.spelling import respell
from policyeval.syntax.arn import is_account_id

PolicyOption = Annotated[
    list[str] | None,
    typer.Option("--policy", "--identity", metavar="FILE", help="An identity policy; with it no account is needed."),
]
ResourcePolicyOption = Annotated[
    str | None, typer.Option("--resource-policy", metavar="FILE", help="The policy of the resource.")
]
BoundaryOption = Annotated[
    str | None, typer.Option("--boundary", metavar="FILE", help="The caller's permissions boundary.")
]
SessionPolicyOption = Annotated[
    list[str] | None, typer.Option("--session-policy", metavar="FILE", help="A policy of the session.")
]
ScpOption = Annotated[
    list[str] | None,
    typer.Option("--scp", metavar="FILE[,FILE…]", help="The SCPs of one level; repeat, the root first."),
]
RcpOption = Annotated[
    list[str] | None,
    typer.Option("--rcp", metavar="FILE[,FILE…]", help="The RCPs of one level; repeat, the root first."),
]
EndpointPolicyOption = Annotated[
    str | None, typer.Option("--endpoint-policy", metavar="FILE", help="The policy of the VPC endpoint.")
]
ContextOption = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="KEY=VALUE", help="A context key; repeat a key to make it a list."),
]
ContextFileOption = Annotated[
    str | None, typer.Option("--context-file", metavar="FILE", help="Context keys as a JSON or YAML mapping.")
]
ResourceAccountOption = Annotated[
    str | None, typer.Option("--resource-account", metavar="ID", help="Who owns the resource.")
]
TimeOption = Annotated[
    str | None,
    typer.Option("--time", metavar="DATE", help="The clock, as `2026-05-01T10:00:00Z`; now if left out."),
]
UNKNOWN_ACCOUNT = "000000000000"
"""The account of a caller who is only a name, when no file and no ARN tells one."""


# ---- who and what


def account_for(given: str | None, files: LayerFiles, exact: bool) -> Account | None:
    """The account to ask: none when policies are given as files and no account is named."""
    if given is None and files.any_given:
        return None
    return load_account(given, exact=exact, or_policies=True)


def resource_of(text: str, owner: str | None) -> Resource:
    resource = Resource.parse(text)
    if owner is None:
        return resource
    if not is_account_id(owner):
        raise RequestError(f"`{owner}` is no account id", help="an account id is twelve digits")
    return replace(resource, account=owner)


def request_of(
    account: Account | None,
    user: str,
    action: str,
    resource: Resource,
    context: dict[str, ContextValue],
    time: datetime | None,
) -> Request:
    if account is not None:
        request = account.request(user, action, resource, context)
        return Request(request.principal, request.action, request.resource, request.context, time)
    owner = resource.account or UNKNOWN_ACCOUNT
    partition = resource.parts.partition if resource.parts is not None else "aws"
    return authorised_request(Request(stranger(user, owner, partition), action, resource, context, time))


def stranger(user: str, account: str, partition: str) -> Principal:
    """A caller whom no account file knows: a bare name is that of a user or role of the given account."""
    if user == "anonymous" or is_service(user) or ":saml-provider/" in user or ":oidc-provider/" in user:
        return Account(account).principal(user)
    if user == "root" or is_account_id(user):
        return Principal.from_arn(f"arn:{partition}:iam::{account if user == 'root' else user}:root")
    if user.startswith("arn:"):
        return Principal.from_arn(user)
    kind, slash, _ = user.partition("/")
    service = "sts" if kind in ("assumed-role", "federated-user") else "iam"
    return Principal.from_arn(f"arn:{partition}:{service}::{account}:{user if slash else f'user/{user}'}")


# ---- what the options hold


def read_time(text: str | None) -> datetime | None:
    if text is None:
        return None

    from policyeval.evaluation.comparison import read_date

    seconds = read_date(text)
    if seconds is None or not 0 <= seconds < 253_402_300_800:
        raise RequestError(f"`{text}` is no date", help="write it as `2026-05-01T10:00:00Z` or as epoch seconds")
    return datetime.fromtimestamp(float(seconds), UTC)


class LayerFiles:
    """The policy files of the command line, by layer."""

    def __init__(
        self,
        identity: list[str] | None,
        resource: str | None,
        boundary: str | None,
        session: list[str] | None,
        scp: list[str] | None,
        rcp: list[str] | None,
        endpoint: str | None,
    ) -> None:
        self.identity = identity or []
        self.resource = resource
        self.boundary = boundary
        self.session = session
        self.scp = scp
        self.rcp = rcp
        self.endpoint = endpoint

    @property
    def any_given(self) -> bool:
        singles = (self.resource, self.boundary, self.session, self.scp, self.rcp, self.endpoint)
        return bool(self.identity) or any(given is not None for given in singles)

    def read(self, account: str | None, *, exact: bool, trust: bool = False) -> PolicySet:
        """The policies of the files; `account` is the id that the guide's placeholder stands for."""

        def one(path: str, kind: PolicyKind) -> Attached:
            policy = Policy.load(path, kind)
            notes: tuple[str, ...] = ()
            if not exact:
                policy, notes = respell(policy, account)
            return Attached(policy, None, notes)

        def levels(texts: list[str] | None, kind: PolicyKind) -> tuple[tuple[Attached, ...], ...] | None:
            if texts is None:
                return None
            return tuple(tuple(one(path, kind) for path in text.split(",")) for text in texts)

        kind = PolicyKind.TRUST if trust else PolicyKind.RESOURCE
        return PolicySet(
            identity=tuple(one(path, PolicyKind.IDENTITY) for path in self.identity),
            resource=one(self.resource, kind) if self.resource is not None else None,
            boundary=one(self.boundary, PolicyKind.BOUNDARY) if self.boundary is not None else None,
            session=tuple(one(path, PolicyKind.SESSION) for path in self.session) if self.session is not None else None,
            scp=levels(self.scp, PolicyKind.SCP),
            rcp=levels(self.rcp, PolicyKind.RCP),
            vpc_endpoint=one(self.endpoint, PolicyKind.VPC_ENDPOINT) if self.endpoint is not None else None,
        )

    def overlay(self, base: PolicySet, request: Request, account: Account | None, *, exact: bool) -> PolicySet:
        """The account's policies with those of the files: identity policies added, every other layer replaced."""
        if not self.any_given:
            return base
        from policyeval.evaluation.scope import is_role

        given = self.read(account.id if account is not None else None, exact=exact, trust=is_role(request))
        return base.beside(given)
