"""Who asks for what, and under which policies: what commands that decide take from the command line.

The options, and what they hold: policy files by layer, a caller whom no account file knows, the owner, context and
clock. Typer wants each option in the signature of each command; what they mean together is said here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated

import typer

from policyeval.account.account import Account
from policyeval.cli.options import found_account_file, load_account, named_account_file
from policyeval.cli.questions import notes_on_context, read_context
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.plan import is_role_arn
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Principal, Request, Resource, read_time
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, find_document, policy_of
from policyeval.policy.spelling import respell
from policyeval.reading import name_of, read_source
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


# ---- the policies of the files


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a policy file is taken: exactly, or as the guide's spellings mean it; `account` is for the placeholder."""

    account: str | None
    exact: bool

    def attach(self, document: Document, kind: PolicyKind, name: str) -> Attached:
        """Raises `PolicyError`."""
        policy = policy_of(document, kind, name)
        if self.exact:
            return Attached(policy)
        policy, notes = respell(policy, self.account)
        return Attached(policy, None, notes)


@dataclass(frozen=True, slots=True)
class GivenPolicies:
    """The policies of the command line's files, by layer, each file having been read once.

    What the resource's own policy is read as depends on what is asked about: a role has a trust policy.
    """

    layers: PolicySet = field(default_factory=PolicySet)
    resource: tuple[Document, str] | None = None
    """The document of the resource's policy, and what to call it."""
    spelling: Spelling = field(default_factory=lambda: Spelling(None, exact=True))

    @property
    def notes(self) -> tuple[str, ...]:
        """Where files are read otherwise than written; raises `PolicyError` for a resource's policy that is none.

        What can be read as a trust policy can be read as any resource's.
        """
        return tuple(dict.fromkeys(note for attached in self.about("*") for note in attached.notes))

    def about(self, arn: str) -> PolicySet:
        """Those that have a say about a resource; raises `PolicyError` where its own cannot be of that kind."""
        if self.resource is None:
            return self.layers
        kind = PolicyKind.TRUST if is_role_arn(arn) else PolicyKind.RESOURCE
        document, name = self.resource
        return replace(self.layers, resource=self.spelling.attach(document, kind, name))


@dataclass(frozen=True, slots=True)
class LayerFiles:
    """The policy files that the options name, by layer."""

    identity: list[str] | None
    resource: str | None
    boundary: str | None
    session: list[str] | None
    scp: list[str] | None
    rcp: list[str] | None
    endpoint: str | None

    @property
    def any_given(self) -> bool:
        singles = (self.resource, self.boundary, self.session, self.scp, self.rcp, self.endpoint)
        return bool(self.identity) or any(given is not None for given in singles)

    def read(self, account: Account | None, *, exact: bool) -> GivenPolicies:
        """The policies of the files; raises what reading them raises, but for the kind of the resource's own."""
        spelling = Spelling(account.id if account is not None else None, exact)
        documents: dict[str, Document] = {}

        def document(path: str) -> Document:
            if path not in documents:
                documents[path] = find_document(read_source(path))
            return documents[path]

        def one(path: str | None, kind: PolicyKind) -> Attached | None:
            return None if path is None else spelling.attach(document(path), kind, name_of(path))

        def several(paths: list[str], kind: PolicyKind) -> tuple[Attached, ...]:
            return tuple(spelling.attach(document(path), kind, name_of(path)) for path in paths)

        def levels(texts: list[str] | None, kind: PolicyKind) -> tuple[tuple[Attached, ...], ...] | None:
            return None if texts is None else tuple(several(text.split(","), kind) for text in texts)

        layers = PolicySet(
            identity=several(self.identity or [], PolicyKind.IDENTITY),
            boundary=one(self.boundary, PolicyKind.BOUNDARY),
            session=several(self.session, PolicyKind.SESSION) if self.session is not None else None,
            scp=levels(self.scp, PolicyKind.SCP),
            rcp=levels(self.rcp, PolicyKind.RCP),
            vpc_endpoint=one(self.endpoint, PolicyKind.VPC_ENDPOINT),
        )
        resource = (document(self.resource), name_of(self.resource)) if self.resource is not None else None
        return GivenPolicies(layers, resource, spelling)


# ---- who asks for what


def account_for(given: str | None, files: LayerFiles, exact: bool) -> tuple[Account | None, tuple[str, ...]]:
    """The account to ask, and what to say of that: beside policies of files it is one that somebody named, or none."""
    if not files.any_given or named_account_file(given) is not None:
        return load_account(given, exact=exact, or_policies=True), ()
    left = found_account_file() if given is None else None
    if left is None:
        return None, ()
    return None, (f"policies are given, so `{left}` has no say; `--account {left}` joins it to them",)


class Circumstances:
    """Under what callers are asked about: an account or none, policies of files, owner of the resource, context, clock.

    `notes` are what to say of all that, whoever asks. Raises what reading any of these raises.
    """

    def __init__(
        self,
        account: str | None,
        files: LayerFiles,
        *,
        exact: bool,
        owner: str | None,
        context: list[str] | None,
        context_file: str | None,
        time: str | None,
    ) -> None:
        self.context = read_context(context or [], context_file)
        self.time = None if time is None else read_time(time)
        self.account, of_account = account_for(account, files, exact)
        self.notes = (*of_account, *notes_on_context(self.context))
        self.given = files.read(self.account, exact=exact)
        self._owner = owner

    def resource(self, text: str) -> Resource:
        """What is asked for, owned by whom `--resource-account` says; raises `RequestError`."""
        return resource_of(text, self._owner)

    def request(self, user: str, action: str, resource: Resource) -> tuple[Request, tuple[str, ...]]:
        """A request as AWS authorizes it, and what to say of the caller; raises `RequestError`."""
        if self.account is not None:
            caller = self.account.principal(user, described=bool(self.given.layers.identity))
            return self.account.request(caller, action, resource, self.context, self.time), ()
        caller, notes = caller_of(user, resource)
        return authorised_request(Request(caller, action, resource, self.context, self.time)), notes

    def policies(self, request: Request) -> PolicySet:
        """Every policy that takes part in a request."""
        base = self.account.policy_set(request) if self.account is not None else PolicySet()
        return base.beside(self.given.about(request.resource.arn))


def resource_of(text: str, owner: str | None) -> Resource:
    """What is asked for, owned by an account if one is given; raises `RequestError`."""
    return Resource.parse(text if owner is None else {"arn": text, "account": owner})


def caller_of(user: str, resource: Resource) -> tuple[Principal, tuple[str, ...]]:
    """A caller whom no account file knows, and what to say of that: a bare name is that of somebody in the account that
    owns the resource."""
    caller = stranger(user, *home_of(resource))
    if caller.account != UNKNOWN_ACCOUNT:
        return caller, ()
    return caller, (f"no account is given: `{user}` is taken as {caller.arn}",)


def home_of(resource: Resource) -> tuple[str, str]:
    """Account and partition of a caller of whom only a name is known."""
    return resource.account or UNKNOWN_ACCOUNT, resource.parts.partition if resource.parts is not None else "aws"


def stranger(user: str, account: str, partition: str) -> Principal:
    """A caller whom no account file knows: a bare name is that of a user or role of the given account."""
    known = Principal.from_name(user)
    if known is not None:
        return known
    if user == "root" or is_account_id(user):
        return Principal.from_arn(f"arn:{partition}:iam::{account if user == 'root' else user}:root")
    if user.startswith("arn:"):
        return Principal.from_arn(user)
    kind, slash, _ = user.partition("/")
    service = "sts" if kind in ("assumed-role", "federated-user") else "iam"
    return Principal.from_arn(f"arn:{partition}:{service}::{account}:{user if slash else f'user/{user}'}")
