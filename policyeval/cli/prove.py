"""`policyeval prove`: the questions of Access Analyzer's custom policy checks, answered offline.

Source: IAM Access Analyzer API Reference, CheckNoNewAccess, CheckAccessNotGranted, CheckNoPublicAccess.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import typer

from policyeval.account.account import Account
from policyeval.account.loading import is_account
from policyeval.answer.example import with_real_examples
from policyeval.cli.asked import notes_on_question
from policyeval.cli.options import ColorOption, KindOption, load_account, stdout_style
from policyeval.cli.policies import read_policies
from policyeval.diagnostics.style import Style, clean
from policyeval.errors import JsonSyntaxError, PolicyError, PolicyevalError, RequestError
from policyeval.evaluation.request import Request, Resource
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry, Policy
from policyeval.proof.difference import is_real_action, tidied
from policyeval.proof.outcome import Outcome, Verdict
from policyeval.proof.public import RESOURCE_TYPES
from policyeval.proof.public import no_public_access as ask_public
from policyeval.proof.question import (
    Asked,
    access_not_granted_to,
    no_new_access_for,
)
from policyeval.proof.question import access_not_granted as ask_access
from policyeval.proof.question import no_new_access as ask_new_access
from policyeval.proof.stack import Stack
from policyeval.syntax.operator import parse_operator
from policyeval.vocabulary import did_you_mean

Format = Literal["full", "concise", "json"]
EXIT = {Verdict.PROVED: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}

FormatOption = Annotated[Format, typer.Option("--format", help="How to show the answer.")]
CertificateOption = Annotated[
    str | None,
    typer.Option("--certificate", metavar="FILE", help="Write the proof to a file that `verify-proof` can check."),
]
UserOption = Annotated[
    str | None,
    typer.Option("--user", metavar="USER", help="Ask about one caller of an account, under all policies that apply."),
]

prove = typer.Typer(
    help="Prove what policies can never grant, or show a request that they do.\n\n"
    "Exit status: 0 proved, 1 refuted, 2 could not do the job, 3 not known.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@prove.command("no-new-access")
def no_new_access(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The policy before; with `--user` the account file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The policy after; with `--user` the account file.")],
    user: UserOption = None,
    kind: KindOption = None,
    every: Annotated[bool, typer.Option("--all", help="Find all new access rather than one example.")] = False,
    certificate: CertificateOption = None,
    format: FormatOption = "full",
    color: ColorOption = "auto",
) -> None:
    """Prove that NEW allows nothing that OLD does not.

    Exit status: 0 proved, 1 refuted, 2 could not do the job, 3 not known.
    """
    passed = "The modified permissions do not grant new access compared to the existing policy."
    failed = "The modified permissions grant new access compared to your existing policy."
    if user is not None:
        _refuse_kind(kind)
        _refuse_certificate(certificate, "of one caller's whole account")
        accounts = [Account.load(path) for path in (new, old)]
        stacks = [_stack(account, user) for account in accounts]
        outcome = _asked(lambda every: no_new_access_for(stacks[0], stacks[1], every=every), every=every)
        outcome = _telling_what_is_left_out(outcome, accounts)
    else:
        after, before = _policies((new, old), kind)
        outcome = _asked(lambda every: ask_new_access(after, before, every=every), every=every)
        _write_certificate(certificate, outcome, after, before)
    _answer(outcome, "no-new-access", passed, failed, format, stdout_style(color))


@prove.command("access-not-granted", short_help="Prove that a policy grants none of these actions.")
def access_not_granted(
    policy: Annotated[
        str | None, typer.Argument(metavar="[POLICY]", help="The policy; left out with `--user`.", show_default=False)
    ] = None,
    action: Annotated[
        list[str] | None, typer.Option("--action", metavar="PATTERN", help="What must not be granted; repeatable.")
    ] = None,
    resource: Annotated[
        list[str] | None, typer.Option("--resource", metavar="ARN", help="On which resources; all when left out.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="'OPERATOR KEY VALUE[,VALUE…]'", help="While a condition holds; all of several must."
        ),
    ] = None,
    user: UserOption = None,
    account: Annotated[
        str | None, typer.Option("--account", metavar="FILE", help="The account file that `--user` is of.")
    ] = None,
    kind: KindOption = None,
    every: Annotated[bool, typer.Option("--all", help="Find all granted access rather than one example.")] = False,
    format: FormatOption = "full",
    color: ColorOption = "auto",
) -> None:
    """Prove that a policy, or everything that applies to a caller, grants none of the actions on any of the resources.

    Exit status: 0 proved, 1 refuted, 2 could not do the job, 3 not known.
    """
    asked = Asked(tuple(action or ()), tuple(resource or ()), tuple(map(_condition, where or ())))
    if not asked.actions and not asked.resources:
        raise typer.BadParameter("name an action or a resource", param_hint="--action")
    if user is not None:
        if policy is not None:
            raise typer.BadParameter(
                "the question is about a policy or, with `--user`, about a caller, and not about both",
                param_hint="[POLICY]",
            )
        _refuse_kind(kind)
        known = load_account(account)
        stack = _stack(known, user)
        outcome = _asked(lambda every: access_not_granted_to(stack, [asked], every=every), every=every)
        outcome = _telling_what_is_left_out(outcome, [known])
    elif account is not None:
        raise typer.BadParameter("say with `--user` which caller of the account is meant", param_hint="--account")
    elif policy is not None:
        (read,) = _policies([policy], kind)
        outcome = _asked(lambda every: ask_access(read, [asked], every=every), every=every)
    else:
        raise typer.BadParameter("give a policy, or a caller with `--user`", param_hint="[POLICY]")
    if outcome.is_about_nothing:
        whose = f"request of `{user}`" if user is not None else "request"
        conditions = " and ".join(f"`{text}`" for text in where or ())
        raise RequestError(
            f"no {whose} can fulfil {conditions}" if where else f"no {whose} is asked about",
            help="nothing is asked, and any policy would pass",
        )
    passed = "The policy document does not grant access to perform the listed actions or resources."
    failed = "The policy document grants access to perform one or more of the listed actions or resources."
    notes = notes_on_question(asked)
    _answer(outcome, "access-not-granted", passed, failed, format, stdout_style(color), notes)


@prove.command("no-public-access", short_help="Prove that a resource policy lets no stranger in.")
def no_public_access(
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="A resource policy or a trust policy.")],
    resource_type: Annotated[
        str | None,
        typer.Option(
            "--resource-type",
            metavar="TYPE",
            help="What the policy is attached to, as `AWS::S3::Bucket`; only actions of its service then count.",
            autocompletion=lambda incomplete: [name for name in RESOURCE_TYPES if name.startswith(incomplete)],
        ),
    ] = None,
    kind: KindOption = None,
    every: Annotated[bool, typer.Option("--all", help="Find all public access rather than one example.")] = False,
    format: FormatOption = "full",
    color: ColorOption = "auto",
) -> None:
    """Prove that a resource policy grants nothing to strangers.

    Exit status: 0 proved, 1 refuted, 2 could not do the job, 3 not known.
    """
    services = _services_of(resource_type)
    if resource_type is not None and kind is None:
        kind = "trust" if services == ("sts",) else "resource"
    (read,) = _policies([policy], kind)
    if read.kind not in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        raise RequestError(
            f"`{policy}` is {read.kind.title}, which names nobody", help="ask it of a resource policy or a trust policy"
        )
    outcome = _asked(lambda every: ask_public(read, services=services, every=every), every=every)
    passed = "The resource policy does not grant public access for the given resource type."
    failed = "The resource policy grants public access for the given resource type."
    _answer(outcome, "no-public-access", passed, failed, format, stdout_style(color))


def _policies(paths: Sequence[str], kind: str | None) -> tuple[Policy, ...]:
    """The policies of files; raises `RequestError` where one holds an account, of which a caller must be named."""
    try:
        return read_policies(paths, kind)
    except (JsonSyntaxError, PolicyError) as error:
        if error.source is None or not is_account(error.source):
            raise
        raise RequestError(
            f"`{error.name}` holds an account, not a policy",
            help="name one of its callers with `--user`, and ask about all that applies to them",
        ) from None


def _services_of(resource_type: str | None) -> tuple[str, ...]:
    """The services whose actions a resource of a type knows; raises `RequestError` for a type that there is not."""
    if resource_type is None:
        return ()
    if resource_type not in RESOURCE_TYPES:
        raise RequestError(
            f"`{resource_type}` is no resource type of Access Analyzer",
            help=did_you_mean(resource_type, RESOURCE_TYPES) or "one is `AWS::S3::Bucket`; or leave it out",
        )
    return (RESOURCE_TYPES[resource_type],)


def _asked(ask: Callable[[bool], Outcome], *, every: bool) -> Outcome:
    """The answer; all of it where the first example is an action that AWS does not have, and so tells little."""
    outcome = ask(every)
    if every or outcome.verdict is not Verdict.REFUTED:
        return outcome
    if any(is_real_action(access.counterexample.request.action) for access in outcome.accesses):
        return outcome
    return ask(True)


def _telling_what_is_left_out(outcome: Outcome, accounts: Sequence[Account]) -> Outcome:
    """The answer with a word about the resource policies that the accounts hold: they are no part of the question."""
    held = sorted({arn for account in accounts for arn in account.resources})
    if not held:
        return outcome
    more = f" and {len(held) - 3} more" if len(held) > 3 else ""
    told = f"no resource policy gives the caller access; left out are those of {', '.join(held[:3])}{more}"
    return replace(outcome, assumptions=(*outcome.assumptions, told))


def _stack(account: Account, user: str) -> Stack:
    """What applies to a caller's requests on resources of the account that have no policy of their own."""
    caller, resource = account.principal(user), Resource("*", account.id)
    policies = account.policy_set(Request(caller, "s3:GetObject", resource))
    return Stack(caller, policies, account.organization_keys(caller, resource))


def _condition(text: str) -> Condition:
    """`StringEquals aws:RequestedRegion eu-west-1,eu-north-1`; raises `RequestError`."""
    words = text.split(None, 2)
    operator = parse_operator(words[0]) if words else None
    if len(words) != 3 or operator is None or ":" not in words[1]:
        raise RequestError(
            f"`{text}` is no condition", help="the form is `OPERATOR KEY VALUE`, as `StringEquals aws:username alice`"
        )
    return Condition(operator, words[1], tuple(Entry(value.strip(), "") for value in words[2].split(",")), "")


# ---- the answer


def _answer(
    outcome: Outcome,
    question: str,
    passed: str,
    failed: str,
    format: Format,
    style: Style,
    notes: Sequence[str] = (),
) -> None:
    """Print the answer; `notes` are what is to be said of the question itself."""
    outcome = with_real_examples(tidied(outcome))
    if format == "json":
        from policyeval.answer.data import outcome_object, to_json

        print(to_json(outcome_object(outcome, question, passed, failed, notes)))
    else:
        for line in _lines(outcome, question, format, style, notes):
            print(line)
    raise typer.Exit(EXIT[outcome.verdict])


def _lines(outcome: Outcome, question: str, format: Format, style: Style, notes: Sequence[str]) -> Sequence[str]:
    from policyeval.answer.drawing import GAINED, GRANTED, draw_access
    from policyeval.answer.words import catalog_note
    from policyeval.diagnostics.failure import labelled

    painted = style.paint(outcome.verdict.value.upper(), "good" if outcome.verdict is Verdict.PROVED else "error")
    lines = [f"{painted}  {question}"]
    if format == "concise":
        return [f"{lines[0]}  ({clean('; '.join(notes))})"] if notes else lines
    for note in notes:
        lines += labelled("note", note, "  ", style)
    word = GAINED if question == "no-new-access" else GRANTED
    for access in outcome.accesses:
        lines += ["", *draw_access(access, style, word=word)]
    for doubt in outcome.doubts:
        lines += labelled("unknown", doubt, "  ", style)
    catalog = catalog_note(outcome)
    if catalog is not None:
        lines += labelled("note", catalog, "  ", style)
    for assumption in outcome.assumptions:
        lines += labelled("assuming", assumption, "  ", style)
    return lines


def _refuse_kind(kind: str | None) -> None:
    if kind is not None:
        raise typer.BadParameter("an account file says by itself what kind its policies are of", param_hint="--kind")


def _refuse_certificate(path: str | None, what: str) -> None:
    if path is not None:
        raise PolicyevalError(f"no certificate can be written {what}", help="ask about two policies")


def _write_certificate(path: str | None, outcome: Outcome, new: Policy, old: Policy) -> None:
    """Write the certificate of a proof; where there can be none say so, and let the answer stand."""
    if path is None:
        return
    from policyeval.proof.certificate import NoCertificate, certificate_text
    from policyeval.reading import write_whole

    try:
        if outcome.verdict is not Verdict.PROVED:
            raise NoCertificate("there is no proof")
        text = certificate_text(new, old)
    except NoCertificate as reason:
        print(f"note: no certificate was written: {clean(str(reason))}", file=sys.stderr)
    else:
        write_whole(path, text)
