"""`policyeval who-can`: who may do an action."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import typer

from policyeval.account.who_can import Answer, Member, Outsider, WhoCan, by_kind
from policyeval.cli.layers import ContextFileOption, ContextOption, ResourceAccountOption, TimeOption
from policyeval.cli.options import AccountOption, ColorOption, ExactOption, load_account, progress, stdout_style
from policyeval.diagnostics.style import Style, clean, text_width
from policyeval.diagnostics.summary import plural
from policyeval.diagnostics.wrapping import wrap, wrapped

Format = Literal["full", "json"]
_NAMED = 8
"""How many callers are named whose answers hang on one dispute."""


def who_can(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="`service:Name`, as `s3:GetObject`.")],
    resource: Annotated[
        str, typer.Argument(metavar="[RESOURCE]", help="An ARN; `*` when left out.", show_default=False)
    ] = "*",
    account: AccountOption = None,
    context: ContextOption = None,
    context_file: ContextFileOption = None,
    resource_account: ResourceAccountOption = None,
    time: TimeOption = None,
    format: Annotated[Format, typer.Option("--format", help="How to show the answer.")] = "full",
    exact: ExactOption = False,
    color: ColorOption = "auto",
) -> None:
    """List the users and roles that may do ACTION on RESOURCE, and whom the resource's policy lets in.

    Exit status: 0 answered, 2 could not do the job.
    """
    from policyeval.account import who_can as asking
    from policyeval.cli import questions
    from policyeval.cli.layers import resource_of
    from policyeval.evaluation.request import read_time

    given = questions.read_context(context or [], context_file)
    clock = None if time is None else read_time(time)
    known = load_account(account, exact=exact)
    with progress("asking for every user and role"):
        found = asking.who_can(known, action, resource_of(resource, resource_account), given, clock)
    notes = (
        *questions.notes_on_context(given),
        *questions.notes_on_action(action, resource, found.resource),
        *questions.notes_on_star(action, resource),
        *questions.notes_on_absent(known, action, resource),
    )
    if format == "json":
        from policyeval.report.who_can import who_can_json

        print(who_can_json(found, notes))
        return
    sys.stdout.write("".join(f"{line}\n" for line in table(found, notes, stdout_style(color))))


def table(found: WhoCan, notes: Sequence[str], style: Style) -> Iterator[str]:
    """The answer for people, within the style's width."""
    where = "" if found.resource == "*" else f" on {found.resource}"
    yield from wrapped(f"{found.action}{where}", "", style, hanging="  ")
    yield from _section("allowed", [_of_member(member) for member in found.allowed], style)
    yield from _section("allowed with more context", [_of_member(member) for member in found.possible], style)
    yield from _section(
        "let in by the resource's own policy", [_of_outsider(outsider) for outsider in found.outsiders], style
    )
    yield ""
    yield from wrapped(_closing(found), "", style, hanging="  ")
    for dispute, names in found.uncertain.items():
        who = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
        yield from wrapped(
            f"uncertain for {who}: {dispute.question}; {dispute.taken} [{dispute.rule}]", "", style, hanging="  "
        )
    for note in notes:
        yield from wrapped(f"note: {note}", "", style, hanging="  ")


Row = tuple[str, str]
"""Who, and why."""


def _of_member(member: Member) -> Row:
    return member.name, _why(member.answer)


def _of_outsider(outsider: Outsider) -> Row:
    label = {"Service": "service ", "Federated": "provider ", "Account": "account "}.get(outsider.kind, "")
    return f"{label}{outsider.name}", _why(outsider.answer)


def _why(answer: Answer) -> str:
    from policyeval.diagnostics.decision import source_of

    keys = ", ".join(f"`{key}`" for key in answer.depends_on)
    first = source_of(answer.deciding[0]) if answer.deciding else "root needs no policy"
    more = f" and {len(answer.deciding) - 1} more" if len(answer.deciding) > 1 else ""
    if not keys:
        return f"{first}{more}"
    hinge = f"unless {keys} takes it away" if answer.is_allowed else f"needs {keys}"
    return f"{hinge}; {first}{more}" if not answer.is_allowed else f"{first}{more}; {hinge}"


def _section(title: str, rows: Sequence[Row], style: Style) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield style.paint(f"{title} ({len(rows)})", "bold")
    names = [clean(name) for name, _ in rows]
    column = min(max(map(text_width, names)), style.width // 3)
    for name, (_, why) in zip(names, rows, strict=True):
        head = f"  {name}{' ' * (column + 2 - text_width(name))}"
        if text_width(name) > column:  # a line of its own
            yield from wrapped(name, "  ", style)
            head = " " * 6
        text = wrap(clean(why), style.width - text_width(head), whole=True)
        yield head + text[0]
        yield from (" " * text_width(head) + line for line in text[1:])


def _closing(found: WhoCan) -> str:
    counts = zip(by_kind(found.denied), ("user", "role"), strict=True)
    parts = [plural(count, noun) for count, noun in counts if count]
    root = "may not do it"
    if found.root.is_allowed:
        root = "may do it as well"
    elif found.root.could_be_allowed:
        root = "may do it with more context"
    return f"denied: {' and '.join(parts) or 'nobody'}; the root user {root}"
