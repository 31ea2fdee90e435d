"""`policyeval permissions`: everything that a user may do."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, NamedTuple

import typer

from policyeval.account.simulators import AccountSimulator
from policyeval.catalog.labels import ACCESS_LEVELS
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
)
from policyeval.cli.options import AccountOption, ColorOption, ExactOption, progress, stdout_style
from policyeval.cli.questions import notes_on_absent
from policyeval.diagnostics.decision import context_options
from policyeval.diagnostics.failure import labelled
from policyeval.diagnostics.style import Role, Style, clean
from policyeval.diagnostics.summary import plural
from policyeval.diagnostics.wrapping import wrapped
from policyeval.errors import RequestError
from policyeval.evaluation.action_sets import ActionSets, action_sets
from policyeval.evaluation.permissions import Permissions
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.reservations import Reservations
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Layer
from policyeval.policy.model import Statement
from policyeval.vocabulary import did_you_mean

Format = Literal["full", "json", "csv"]
_COLUMNS = {"Permissions management": "Permissions"}
_NAMED_SERVICES = 48
_DENIED_SERVICES = 12
"""How many services that are denied explicitly have a line each: an SCP that leaves little denies hundreds."""
_SHOWN_NAMES = 40
"""How many actions of a difference are named one by one, before patterns stand for them."""
_SHOWN_PATTERNS = 60
"""How many of these patterns are named, before the number of actions of each service stands for them."""


def permissions(
    user: Annotated[
        str, typer.Argument(metavar="USER", help="A user's name, `role/NAME`, or any caller that `simulate` takes.")
    ],
    resource: Annotated[
        str, typer.Argument(metavar="[RESOURCE]", help="An ARN; `*` when left out.", show_default=False)
    ] = "*",
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
    service: Annotated[
        list[str] | None, typer.Option("--service", metavar="PREFIX", help="Only this service; may be repeated.")
    ] = None,
    level: Annotated[
        list[str] | None,
        typer.Option("--level", metavar="LEVEL", help="Only this access level, as `write`; may be repeated."),
    ] = None,
    names: Annotated[bool, typer.Option("--list", help="Print the names of the allowed actions.")] = False,
    compare: Annotated[
        str | None, typer.Option("--compare", metavar="USER2", help="What the one may do and the other may not.")
    ] = None,
    index: Annotated[bool, typer.Option("--index/--no-index", help="Decide all actions at once.")] = True,
    format: Annotated[Format, typer.Option("--format", help="How to show the answer.")] = "full",
    exact: ExactOption = False,
    color: ColorOption = "auto",
) -> None:
    """Decide every action of AWS's catalog for USER on RESOURCE, and show them by service and access level.

    An action that AWS lists under two levels is counted under both.

    Exit status: 0 answered, 2 could not do the job.
    """
    if names and format != "full":
        raise typer.BadParameter(
            f"`--list` is of the full format: {format.upper()} has the names anyway", param_hint="--list"
        )
    question = Question(
        Circumstances(
            account,
            LayerFiles(policy, resource_policy, boundary, session_policy, scp, rcp, endpoint_policy),
            exact=exact,
            owner=resource_account,
            context=context,
            context_file=context_file,
            time=time,
        ),
        resource,
        index=index,
    )
    sets = action_sets()
    selected = _selection(sets, service or [], level or [])
    with progress("deciding every action"):
        own = question.ask(user)
        other = question.ask(compare) if compare is not None else None
    style = stdout_style(color)
    if other is not None:
        difference = Difference(own, other, resource, selected)
        notes = _notes_on_both(own, other, resource, selected)
        if format == "json":
            print(_difference_json(difference, notes))
            return
        _show_difference(difference, names, format, style)
    else:
        notes = _notes(own, resource, selected)
        if format == "json":
            from policyeval.report.permissions import permissions_json

            print(permissions_json(user, resource, own.found, selected, own.told, notes))
            return
        whole = service is not None or level is not None
        _show(own, resource, selected, names, format, style, by_service=whole)
    if format == "full" and not names:
        if notes:
            print("", *(line for note in notes for line in labelled("note", note, "", style)), sep="\n")
        return
    sys.stdout.flush()
    for note in notes:
        print(f"note: {clean(note)}", file=sys.stderr)


class Answer(NamedTuple):
    """What a caller may do, under what reservation, and what to say of the caller and the policies.

    `scoped` are the statements that allow something on resources which they name.
    """

    user: str
    found: Permissions
    told: Reservations
    scoped: tuple[Statement, ...]
    notes: tuple[str, ...]


class Question:
    """What is asked about each caller: a resource, and under what."""

    def __init__(self, under: Circumstances, resource: str, *, index: bool) -> None:
        self._under = under
        self._resource = under.resource(resource)
        self._given = under.given.about(self._resource.arn)
        self._index = index

    def ask(self, user: str) -> Answer:
        under, resource = self._under, self._resource
        request, notes = under.request(user, "none:None", resource)  # an action that stands for all others
        scoped = tuple(_scoped(under.policies(request)))
        absent = notes_on_absent(under.account, request.action, resource.arn)
        notes = (*under.notes, *notes, *absent, *under.given.notes)
        if under.account is not None:
            asked = (user, resource, under.context, under.time)
            simulator = AccountSimulator(under.account, self._given, use_index=self._index)
            found = simulator.permissions(*asked)
            return Answer(user, found, simulator.reservations(found, *asked), scoped, notes)
        bare = Simulator.of(self._given, use_index=self._index)
        found = bare.permissions(request.principal, request.resource, request.context, request.time)
        return Answer(user, found, bare.reservations(request, found), scoped, notes)


def _scoped(policies: PolicySet) -> Iterator[Statement]:
    for _, attached in policies.layer(Layer.IDENTITY):
        for statement in attached.policy:
            entries = statement.resources
            if statement.effect == "Allow" and entries and all(entry.text.strip("*") for entry in entries):
                yield statement


def _notes(answer: Answer, resource: str, selected: int) -> list[str]:
    """What a person should know of the answer: how the question was taken, and what it could not take into account."""
    notes = list(answer.notes)
    if answer.found.fits_no_type:
        notes.append(f"no resource type that AWS lists fits `{resource}`, so no action applies to it")
    sets = answer.found.sets
    if resource == "*":
        on_types = selected & ~sets.table.wildcard_only
        scoped = sum(bool(sets.of_statement(statement) & on_types) for statement in answer.scoped)
        if scoped:
            said = "that names resources allows" if scoped == 1 else "that name resources allow"
            notes.append(
                f"{plural(scoped, 'statement')} {said} nothing on `*`; name a RESOURCE to ask what is allowed there"
            )
    counts = {key: bits & selected for key, bits in answer.told.missing.items() if bits & selected}
    if counts:
        several = len(counts) > 1
        keys = ", ".join(f"`{key}`" + f" ({bits.bit_count():,})" * several for key, bits in counts.items())
        every = 0
        for bits in counts.values():
            every |= bits
        notes.append(
            f"{keys} {'are' if several else 'is'} not in the request and could change the decision about "
            f"{plural(every.bit_count(), 'action')}: {context_options(list(counts))}"
        )
    for dispute, bits in answer.told.uncertain.items():
        if bits & selected:
            notes.append(
                f"{plural((bits & selected).bit_count(), 'decision')} uncertain [{dispute.rule}]: "
                f"{dispute.question}? Sources disagree; here: {dispute.taken}"
            )
    return notes


def _notes_on_both(own: Answer, other: Answer, resource: str, selected: int) -> list[str]:
    """The notes on two answers; one that is not on both names the caller."""
    ours, theirs = (_notes(answer, resource, selected) for answer in (own, other))
    alone = [(own.user, note) for note in ours if note not in theirs]
    alone += [(other.user, note) for note in theirs if note not in ours]
    return [*(note for note in ours if note in theirs), *(f"{user}: {note}" for user, note in alone)]


def _levels(sets: ActionSets, name: str) -> tuple[str, ...]:
    at = sets.table.index(name)
    return sets.table.levels[at] if at is not None else ()


def _selection(sets: ActionSets, services: Sequence[str], levels: Sequence[str]) -> int:
    """The actions of the chosen services and levels; raises `RequestError` for one that AWS does not have."""
    known = sets.table.service_ranges
    for prefix in services:
        if prefix.lower() not in known:
            raise RequestError(f"`{prefix}` is no service", help=did_you_mean(prefix, known))
    chosen = sets.of_services(services) if services else sets.everything
    if not levels:
        return chosen
    by_name = {level.lower(): level for level in ACCESS_LEVELS} | {"permissions": "Permissions management"}
    wanted = 0
    for word in levels:
        if word.lower() not in by_name:
            raise RequestError(
                f"`{word}` is no access level",
                help=did_you_mean(word, by_name) or f"the levels are {', '.join(ACCESS_LEVELS)}",
            )
        wanted |= level_set(sets, by_name[word.lower()])
    return chosen & wanted


def level_set(sets: ActionSets, level: str) -> int:
    """The actions of an access level."""
    return int("".join("1" if level in levels else "0" for levels in reversed(sets.table.levels)) or "0", 2)


# ---- one user


def _show(
    answer: Answer, resource: str, selected: int, names: bool, format: Format, style: Style, *, by_service: bool
) -> None:
    found, sets = answer.found, answer.found.sets
    if format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("action", "levels", "decision"))
        for name in sets.names(selected & found.applicable_bits):
            writer.writerow((name, "; ".join(_levels(sets, name)), found.decision(name)))
    elif names:
        sys.stdout.write("".join(f"{name}\n" for name in sets.names(found.allowed_bits & selected)))
    else:
        lines = table(answer.user, resource, found, selected, style, by_service=by_service)
        sys.stdout.write("".join(f"{line}\n" for line in lines))


def table(
    user: str, resource: str, found: Permissions, selected: int, style: Style, *, by_service: bool = False
) -> Iterator[str]:
    """What a user may do, for people: services in part as a table, the others by name or by number.

    `by_service` puts every service into the table.
    """
    sets = found.sets
    applicable = selected & found.applicable_bits
    allowed = found.allowed_bits & selected
    yield from wrapped(f"{user} on {_named(resource)}", "", style)
    for line in wrapped(_counts(found, selected), "", style):
        yield style.paint(line, "dim" if not allowed else "bold")
    without = (found.without_resource_bits & selected).bit_count()
    if without:
        verb = "works" if without == 1 else "work"
        told = f"{plural(without, 'action')} {verb} on no particular resource; ask without one about them"
        yield from wrapped(told, "", style)
    if not applicable:
        return
    shown, entire, nothing = _grouped(found, selected, by_service=by_service)
    yield ""
    total = "together" if by_service else "all services"
    yield from _rows(sets, total, shown, allowed, applicable, style)
    # The longer list is told by its length: whoever wants it has `--list` and `--service`.
    for title, prefixes in sorted((("everything in", entire), ("nothing in", nothing)), key=lambda pair: len(pair[1])):
        if not prefixes:
            continue
        yield ""
        if len(prefixes) > _NAMED_SERVICES:
            yield style.paint(f"{title} the other {len(prefixes):,} services", "bold")
        else:
            yield style.paint(f"{title} {plural(len(prefixes), 'service')}", "bold")
            yield from wrapped(", ".join(prefixes), "  ", style)


def _grouped(found: Permissions, selected: int, *, by_service: bool) -> tuple[list[str], list[str], list[str]]:
    """The services for the table: those in part, and a few that are denied explicitly; the whole; and the empty."""
    sets = found.sets
    shown: list[str] = []
    entire: list[str] = []
    denied: list[str] = []
    nothing: list[str] = []
    for prefix in sorted(sets.table.service_ranges):
        own = sets.of_services([prefix]) & selected & found.applicable_bits
        if not own:
            continue
        if by_service or 0 != own & found.allowed_bits != own:
            shown.append(prefix)
        elif own & found.allowed_bits:
            entire.append(prefix)
        else:
            (denied if own & found.explicit_bits else nothing).append(prefix)
    if len(denied) <= _DENIED_SERVICES:
        return sorted(shown + denied), entire, nothing
    return shown, entire, sorted(denied + nothing)


def _named(resource: str) -> str:
    """A resource in a headline."""
    return "`*`" if resource == "*" else resource


def _counts(found: Permissions, selected: int) -> str:
    applicable = selected & found.applicable_bits
    allowed, explicit = found.allowed_bits & selected, found.explicit_bits & selected
    parts = [f"{allowed.bit_count():,} of {plural(applicable.bit_count(), 'action')} allowed"]
    if explicit:
        parts.append(f"{explicit.bit_count():,} denied explicitly")
    elsewhere = (found.not_applicable_bits & selected).bit_count()
    if elsewhere:
        parts.append(f"{elsewhere:,} do not apply to it")
    return ", ".join(parts)


def _rows(
    sets: ActionSets, total: str, prefixes: Sequence[str], allowed: int, applicable: int, style: Style
) -> Iterator[str]:
    """A line for each service: of every access level how many actions are allowed, of how many.

    A name that is too long for the width has a line of its own.
    """
    levels = {level: level_set(sets, level) for level in ACCESS_LEVELS}
    owned = {total: applicable} if len(prefixes) != 1 else {}
    owned |= {prefix: sets.of_services([prefix]) & applicable for prefix in prefixes}
    cells = {
        name: [((own & bits & allowed).bit_count(), (own & bits).bit_count()) for bits in levels.values()]
        for name, own in owned.items()
    }
    texts = {name: [f"{may:,}/{every:,}" if every else "" for may, every in row] for name, row in cells.items()}
    heads = [_COLUMNS.get(level, level) for level in levels]
    widths = [max(len(head), *(len(row[at]) for row in texts.values())) for at, head in enumerate(heads)]
    if len(total) + sum(width + 2 for width in widths) > style.width:
        for name, counts in texts.items():
            yield style.paint(name, "bold")
            told = (f"{head} {text}" for head, text in zip(heads, counts, strict=True) if text)
            yield from wrapped(", ".join(told), "  ", style)
        return
    columns = "".join(f"  {head:>{width}}" for head, width in zip(heads, widths, strict=True))
    longest = max(len(total), style.width - len(columns))
    first = max(len(name) for name in (*texts, "service") if len(name) <= longest)
    yield style.paint("service".ljust(first) + columns, "bold")
    for name, row in cells.items():
        if len(name) > first:
            yield name
        line = (name if len(name) <= first else "").ljust(first)
        for (may, every), text, width in zip(row, texts[name], widths, strict=True):
            role: Role = "good" if may == every else "note" if may else "primary"
            line += "  " + " " * (width - len(text)) + style.paint(text, role)
        yield line.rstrip()


# ---- two users


class Difference:
    """What two callers may do on one resource, apart and together, within a selection of actions."""

    def __init__(self, first: Answer, second: Answer, resource: str, selected: int) -> None:
        self.sets = first.found.sets
        self.users = (first.user, second.user)
        self.resource = resource
        own, other = (answer.found.allowed_bits & selected for answer in (first, second))
        self.both = own & other
        self.only = (own & ~other, other & ~own)


def _difference_json(difference: Difference, notes: Sequence[str]) -> str:
    from policyeval.report.permissions import difference_json

    listed = (difference.sets.names(bits) for bits in (difference.both, *difference.only))
    return difference_json(difference.users, difference.resource, *listed, notes=notes)


def _show_difference(difference: Difference, names: bool, format: Format, style: Style) -> None:
    sets, (first, second), (ours, theirs) = difference.sets, difference.users, difference.only
    if format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("action", "allowed"))
        for bits, who in ((ours, first), (theirs, second)):
            writer.writerows((name, who) for name in sets.names(bits))
    elif names:
        for bits, sign in ((ours, "-"), (theirs, "+")):
            sys.stdout.write("".join(f"{sign} {name}\n" for name in sets.names(bits)))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _difference_lines(difference, style)))


def _difference_lines(difference: Difference, style: Style) -> Iterator[str]:
    from policyeval.evaluation.shrinking import shrink

    first, second = (clean(user) for user in difference.users)
    both = f"both may do {plural(difference.both.bit_count(), 'action')}"
    yield from wrapped(f"{first} and {second} on {_named(difference.resource)}: {both}", "", style)
    if not any(difference.only):
        yield ""
        where = "on `*`" if difference.resource == "*" else "there"
        yield style.paint(f"neither may do anything {where} that the other may not", "bold")
        return
    for bits, who, whom in zip(difference.only, (first, second), (second, first), strict=True):
        yield ""
        if not bits:
            yield style.paint(f"nothing that only {who} may do", "bold")
            continue
        yield style.paint(f"only {who}, not {whom}: {plural(bits.bit_count(), 'action')}", "bold")
        listed = list(difference.sets.names(bits))
        if len(listed) > _SHOWN_NAMES:
            listed = shrink(difference.sets, bits, quick=True).patterns
            entire = sum(pattern.endswith(":*") for pattern in listed)
            if entire > _NAMED_SERVICES:
                listed = [pattern for pattern in listed if not pattern.endswith(":*")]
                yield f"  everything in {entire} services{', and' if listed else ''}"
            if len(listed) > _SHOWN_PATTERNS:
                listed = list(_counts_by_service(difference.sets, listed))
        yield from wrapped(", ".join(listed), "  ", style)


def _counts_by_service(sets: ActionSets, patterns: Sequence[str]) -> Iterator[str]:
    """`s3 12`: of each service how many actions the patterns match."""
    actions = sets.of_patterns(patterns)
    for prefix in sorted({pattern.partition(":")[0] for pattern in patterns}):
        yield f"{prefix} {(actions & sets.of_services([prefix])).bit_count():,}"
