"""`policyeval simulate`: decide one request and show why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from policyeval.account.account import Account, is_service
from policyeval.cli.options import AccountOption, ColorOption, ExactOption, load_account, stdout_style
from policyeval.cli.questions import notes_on_action, read_context
from policyeval.errors import RequestError
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, Request, Resource
from policyeval.evaluation.trace import Decision, Result
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.policy.spelling import respell
from policyeval.syntax.arn import is_account_id

Format = Literal["full", "concise", "json"]
UNKNOWN_ACCOUNT = "000000000000"
"""The account of a caller who is only a name, when no file and no ARN tells one."""


def simulate(
    user: Annotated[
        str | None,
        typer.Argument(
            metavar="USER",
            help="A user's name, `role/NAME`, `root`, `anonymous`, a service such as `ec2.amazonaws.com`, or an ARN.",
            show_default=False,
        ),
    ] = None,
    action: Annotated[
        str | None, typer.Argument(metavar="ACTION", help="`service:Name`, as `s3:GetObject`.", show_default=False)
    ] = None,
    resource: Annotated[
        str | None, typer.Argument(metavar="[RESOURCE]", help="An ARN; `*` when left out.", show_default=False)
    ] = None,
    more_resources: Annotated[
        list[str] | None,
        typer.Option(
            "--resource", metavar="ARN", help="A further resource; all must be allowed. May be given several times."
        ),
    ] = None,
    account: AccountOption = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy", "--identity", metavar="FILE", help="An identity policy; with it no account is needed."
        ),
    ] = None,
    resource_policy: Annotated[
        str | None, typer.Option("--resource-policy", metavar="FILE", help="The policy of the resource.")
    ] = None,
    boundary: Annotated[
        str | None, typer.Option("--boundary", metavar="FILE", help="The caller's permissions boundary.")
    ] = None,
    session_policy: Annotated[
        list[str] | None, typer.Option("--session-policy", metavar="FILE", help="A policy of the session.")
    ] = None,
    scp: Annotated[
        list[str] | None,
        typer.Option("--scp", metavar="FILE[,FILE…]", help="The SCPs of one level; repeat, the root first."),
    ] = None,
    rcp: Annotated[
        list[str] | None,
        typer.Option("--rcp", metavar="FILE[,FILE…]", help="The RCPs of one level; repeat, the root first."),
    ] = None,
    endpoint_policy: Annotated[
        str | None, typer.Option("--endpoint-policy", metavar="FILE", help="The policy of the VPC endpoint.")
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option("--context", metavar="KEY=VALUE", help="A context key; repeat a key to make it a list."),
    ] = None,
    context_file: Annotated[
        str | None, typer.Option("--context-file", metavar="FILE", help="Context keys as a JSON or YAML mapping.")
    ] = None,
    resource_account: Annotated[
        str | None, typer.Option("--resource-account", metavar="ID", help="Who owns the resource.")
    ] = None,
    time: Annotated[
        str | None,
        typer.Option("--time", metavar="DATE", help="The clock, as `2026-05-01T10:00:00Z`; now if left out."),
    ] = None,
    requests: Annotated[
        str | None,
        typer.Option(
            "--requests", metavar="FILE", help="Many requests, one JSON object a line; `-` for standard input."
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, metavar="N", help="Processes for `--requests`; all cores if left out."),
    ] = None,
    index: Annotated[bool, typer.Option("--index/--no-index", help="Use the fast path for `--requests`.")] = True,
    format: Annotated[Format, typer.Option("--format", help="How to show the answer.")] = "full",
    trace: Annotated[bool, typer.Option("--trace", help="List every statement considered.")] = False,
    exact: ExactOption = False,
    color: ColorOption = "auto",
) -> None:
    """Decide what AWS would answer to USER doing ACTION on RESOURCE, and show why.

    Exit status: 0 allowed, 1 denied, 2 could not do the job.
    """
    files = _LayerFiles(policy, resource_policy, boundary, session_policy, scp, rcp, endpoint_policy)
    if requests is not None:
        from policyeval.cli.bulk import simulate_requests

        asked_here = (user, action, resource, more_resources, context, context_file, resource_account, time)
        if trace or any(given is not None for given in asked_here):
            raise typer.BadParameter(
                "the file's lines say who asks for what, with which context and when; --trace is for one request",
                param_hint="--requests",
            )
        raise typer.Exit(
            simulate_requests(
                requests,
                _account_for(account, files, exact),
                files.read(None, exact=exact),
                jobs=jobs,
                index=index,
                format=format,
            )
        )
    if user is None or action is None:
        raise typer.BadParameter("USER and ACTION are needed", param_hint="USER ACTION [RESOURCE]")
    wanted = [*([] if resource is None else [resource]), *(more_resources or ())] or ["*"]
    given = read_context(context or [], context_file)
    known = _account_for(account, files, exact)
    results = []
    for name in wanted:
        asked = _resource(name, resource_account)
        request = _request(known, user, action, asked, given, _read_time(time))
        policies = known.policy_set(request) if known is not None else PolicySet()
        policies = files.overlay(policies, request, known, exact=exact)
        result = explain(policies, request)
        results.append(replace(result, notes=(*_notes(known, user, result, name), *result.notes)))
    _show(results, user, format, trace=trace, color=color)
    raise typer.Exit(0 if all(result.allowed for result in results) else 1)


def _show(results: list[Result], user: str, format: Format, *, trace: bool, color: str) -> None:
    if format == "json":
        from policyeval.report.simulation import simulation_json

        print(simulation_json(results, trace=trace))
        return
    from policyeval.diagnostics.decision import concise, render_result

    style = stdout_style(color)  # type: ignore[arg-type]  # typer has checked the word
    for index, result in enumerate(results):
        if format == "concise":
            print(concise(result, user))
        else:
            print("\n".join([*([""] if index else []), *render_result(result, style, who=user, trace=trace)]))
    if len(results) > 1 and format == "full":
        allowed = sum(result.allowed for result in results)
        print(f"\n{allowed} of {len(results)} resources allowed; the request is allowed only if each is")


# ---- who and what


def _account_for(given: str | None, files: _LayerFiles, exact: bool) -> Account | None:
    """The account to ask: none when policies are given as files and no account is named."""
    if given is None and files.any_given:
        return None
    return load_account(given, exact=exact)


def _resource(text: str, owner: str | None) -> Resource:
    resource = Resource.parse(text)
    if owner is None:
        return resource
    if not is_account_id(owner):
        raise RequestError(f"`{owner}` is no account id", help="an account id is twelve digits")
    return replace(resource, account=owner)


def _request(
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
    return authorised_request(Request(_stranger(user, owner, partition), action, resource, context, time))


def _stranger(user: str, account: str, partition: str) -> Principal:
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


def _notes(account: Account | None, user: str, result: Result, asked: str) -> tuple[str, ...]:
    """What a person should know of the question itself."""
    from policyeval.catalog.catalog import catalog

    request = result.request
    notes = []
    if account is None and request.principal.account == UNKNOWN_ACCOUNT:
        notes.append(f"no account is given: `{user}` is taken as {request.principal.arn}")
    notes.extend(notes_on_action(request.action, asked, request.resource.arn))
    known = catalog().action(request.action)
    if known is not None and asked == "*" and not known.is_wildcard_only and not _is_explicit(result):
        types = " or ".join(sorted({kind.name for kind in known.resource_types if kind.required})[:3])
        if types:
            notes.append(f"`{known.full_name}` acts on a resource ({types}); `*` asks for no particular one")
    return tuple(notes)


def _is_explicit(result: Result) -> bool:
    return result.decision is Decision.EXPLICIT_DENY


# ---- what the options hold


def _read_time(text: str | None) -> datetime | None:
    if text is None:
        return None

    from policyeval.evaluation.comparison import read_date

    seconds = read_date(text)
    if seconds is None or not 0 <= seconds < 253_402_300_800:
        raise RequestError(f"`{text}` is no date", help="write it as `2026-05-01T10:00:00Z` or as epoch seconds")
    return datetime.fromtimestamp(float(seconds), UTC)


class _LayerFiles:
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
        return PolicySet(
            identity=(*base.identity, *given.identity),
            resource=given.resource or base.resource,
            boundary=given.boundary or base.boundary,
            session=given.session if given.session is not None else base.session,
            scp=given.scp if given.scp is not None else base.scp,
            rcp=given.rcp if given.rcp is not None else base.rcp,
            vpc_endpoint=given.vpc_endpoint or base.vpc_endpoint,
            settings=base.settings,
        )
