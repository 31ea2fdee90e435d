"""`policyeval simulate`: decide one request and show why."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated, Literal

import typer

from policyeval.cli.layers import (
    BoundaryOption,
    Circumstances,
    ContextFileOption,
    ContextOption,
    EndpointPolicyOption,
    LayerFiles,
    PolicyOption,
    RcpOption,
    ResourceAccountOption,
    ResourcePolicyOption,
    ScpOption,
    SessionPolicyOption,
    TimeOption,
    account_for,
)
from policyeval.cli.options import AccountOption, ColorOption, ExactOption, stdout_style
from policyeval.cli.questions import notes_on_absent, notes_on_action, notes_on_star
from policyeval.evaluation.explain import explain
from policyeval.evaluation.trace import Decision, Result

Format = Literal["full", "concise", "json"]


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
    policy: PolicyOption = None,
    resource_policy: ResourcePolicyOption = None,
    boundary: BoundaryOption = None,
    session_policy: SessionPolicyOption = None,
    scp: ScpOption = None,
    rcp: RcpOption = None,
    endpoint_policy: EndpointPolicyOption = None,
    context: ContextOption = None,
    context_file: ContextFileOption = None,
    resource_account: ResourceAccountOption = None,
    time: TimeOption = None,
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
    files = LayerFiles(policy, resource_policy, boundary, session_policy, scp, rcp, endpoint_policy)
    if requests is not None:
        from policyeval.cli.bulk import simulate_requests

        asked_here = (user, action, resource, more_resources, context, context_file, resource_account, time)
        if trace:
            raise typer.BadParameter("`--trace` is of one request, and `--requests` holds many", param_hint="--trace")
        if any(given is not None for given in asked_here):
            raise typer.BadParameter(
                "the lines of `--requests` say who asks for what, with which context and when", param_hint="--requests"
            )
        known, notes = account_for(account, files, exact)
        given = files.read(known, exact=exact)
        raise typer.Exit(simulate_requests(requests, known, given, notes, jobs=jobs, index=index, format=format))
    if jobs is not None or not index:
        hint = "--jobs" if jobs is not None else "--no-index"
        raise typer.BadParameter(f"`{hint}` is for many requests, with `--requests`", param_hint=hint)
    if trace and format == "concise":
        raise typer.BadParameter(
            "`--trace` is of the other formats: a line for each resource has no room for it", param_hint="--trace"
        )
    if user is None or action is None:
        raise typer.BadParameter("USER and ACTION are needed", param_hint="USER ACTION [RESOURCE]")
    wanted = [*([] if resource is None else [resource]), *(more_resources or ())] or ["*"]
    asking = Circumstances(
        account,
        files,
        exact=exact,
        owner=resource_account,
        context=context,
        context_file=context_file,
        time=time,
    )
    results = []
    for name in wanted:
        request, notes = asking.request(user, action, asking.resource(name))
        result = explain(asking.policies(request), request)
        told = (*notes_on_action(action, name, request.resource.arn), *notes_on_absent(asking.account, action, name))
        if result.decision is not Decision.EXPLICIT_DENY:  # which would be so on any
            told = (*told, *notes_on_star(action, name))
        results.append(replace(result, notes=(*asking.notes, *notes, *told, *result.notes)))
    _show(results, user, format, trace=trace, color=color)
    raise typer.Exit(0 if all(result.allowed for result in results) else 1)


def _show(results: list[Result], user: str, format: Format, *, trace: bool, color: str) -> None:
    if format == "json":
        from policyeval.report.simulation import simulation_json

        print(simulation_json(results, trace=trace))
        return
    from policyeval.diagnostics.decision import asides, concise, render_result

    if format == "concise":
        for result in results:
            print(concise(result, user))
        sys.stdout.flush()
        for line in dict.fromkeys(line for result in results for line in asides(result)):
            print(line, file=sys.stderr)
        return
    style = stdout_style(color)  # type: ignore[arg-type]  # typer has checked the word
    for index, result in enumerate(results):
        print("\n".join([*([""] if index else []), *render_result(result, style, who=user, trace=trace)]))
    if len(results) > 1:
        allowed = sum(result.allowed for result in results)
        print(f"\n{allowed} of {len(results)} resources allowed; the request is allowed only if each is")
