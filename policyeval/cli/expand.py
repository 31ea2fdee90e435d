"""`policyeval expand`: the actions that wildcards match."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, NamedTuple

import typer

from policyeval.diagnostics.style import clean, clean_json
from policyeval.evaluation.action_sets import ActionSets, action_sets
from policyeval.reading import name_of, read_bytes, source_from_bytes
from policyeval.syntax.wildcard import has_wildcard
from policyeval.vocabulary import nearest

Format = Literal["full", "json", "csv"]
SCHEMA = "policyeval.expand/1"


class Asked(NamedTuple):
    """A pattern, or a policy file as the patterns of its statements, and the actions that it matches."""

    text: str
    actions: int


def expand(
    patterns: Annotated[
        list[str],
        typer.Argument(
            metavar="PATTERN...",
            help="`s3:Get*`, a policy file, or `-` for patterns on standard input, one a line.",
        ),
    ],
    count: Annotated[bool, typer.Option("--count", help="Print how many actions each matches.")] = False,
    effect: Annotated[
        Literal["Allow", "Deny"], typer.Option("--effect", help="Which statements of a policy file to take.")
    ] = "Allow",
    format: Annotated[Format, typer.Option("--format", help="How to show the actions.")] = "full",
) -> None:
    """List the actions of AWS's catalog that PATTERNs match, each once, in order.

    Exit status: 0 every pattern matches something, 1 one matches nothing, 2 could not do the job.
    """
    if count and format != "full":
        why = "JSON has the counts anyway" if format == "json" else "CSV has a line for each action"
        raise typer.BadParameter(f"`--count` is of the full format: {why}", param_hint="--count")
    sets = action_sets()
    asked = list(_read(sets, patterns, effect))
    if format == "json":
        print(_json(sets, asked))
    elif format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("pattern", "action"))
        writer.writerows((one.text, name) for one in asked for name in sets.names(one.actions))
    elif count:
        _print_counts(asked)
    else:
        sys.stdout.write("".join(f"{name}\n" for name in sets.names(union(asked))))
    empty = [one for one in asked if not one.actions]
    for one in empty:
        print(f"`{clean(one.text)}` matches no action{hint(sets, one.text)}", file=sys.stderr)
    raise typer.Exit(1 if empty else 0)


def union(asked: Sequence[Asked]) -> int:
    found = 0
    for one in asked:
        found |= one.actions
    return found


def read_words(arguments: Sequence[str]) -> Iterator[str]:
    """The arguments, with the lines of standard input in the place of `-`, but for blank lines and `#` comments."""
    for argument in arguments:
        if argument != "-":
            yield argument
            continue
        lines = (line.partition("#")[0].strip() for line in read_text("-").splitlines())
        yield from filter(None, lines)


def read_text(path: str) -> str:
    """The text of a file, or of standard input for `-`, which may be empty; raises `ReadError`."""
    data = read_bytes(path)
    return source_from_bytes(data, name_of(path)).text if data else ""


def _read(sets: ActionSets, arguments: Sequence[str], effect: str) -> Iterator[Asked]:
    for argument in arguments:
        # A line of standard input is never taken for a file, whatever it holds.
        if argument != "-" and _is_file(argument):
            yield Asked(argument, _of_policy(sets, argument, effect))
        else:
            yield from (Asked(word, sets.of_patterns([word])) for word in read_words([argument]))


def _is_file(word: str) -> bool:
    """Whether a word names a policy file; no action pattern has a slash, an ending `.json`, or no colon."""
    return word.endswith(".json") or os.sep in word or (":" not in word and os.path.isfile(word))


def _of_policy(sets: ActionSets, path: str, effect: str) -> int:
    """The actions that some statement of a policy file speaks of, whatever its resources and conditions."""
    from policyeval.policy.document import read_policy
    from policyeval.policy.kind import PolicyKind
    from policyeval.policy.loading import find_document
    from policyeval.reading import read_source

    source = read_source(path)
    document = find_document(source)
    # A resource policy may hold everything that another kind may.
    policy, _ = read_policy(document.value, PolicyKind.RESOURCE, name=path, source=source, pointer=document.pointer)
    found = 0
    for statement in policy:
        if statement.effect == effect:
            found |= sets.of_statement(statement)
    return found


def _print_counts(asked: Sequence[Asked]) -> None:
    if len(asked) == 1:
        print(asked[0].actions.bit_count())
        return
    width = len(str(union(asked).bit_count()))
    for one in asked:
        print(f"{one.actions.bit_count():{width}}  {clean(one.text)}")
    print(f"{union(asked).bit_count():{width}}  together")


def _json(sets: ActionSets, asked: Sequence[Asked]) -> str:
    patterns = [
        {"pattern": one.text, "count": one.actions.bit_count(), "actions": list(sets.names(one.actions))}
        for one in asked
    ]
    answer = {"schema": SCHEMA, "count": union(asked).bit_count(), "patterns": patterns}
    return clean_json(json.dumps(answer, indent=2))


def hint(sets: ActionSets, pattern: str) -> str:
    """What may have been meant by a pattern that matches no action, to put behind that."""
    from policyeval.catalog.catalog import catalog
    from policyeval.catalog.suggest import did_you_mean_action

    prefix, colon, name = pattern.partition(":")
    services = sets.table.service_ranges
    if not colon:
        known = prefix.lower() if prefix.lower() in services else nearest(prefix, services)
        return f"; did you mean `{known}:*`?" if known else "; a pattern is a service and a name, as `s3:Get*`"
    if has_wildcard(prefix):
        return "; no wildcard may stand in the service, so name each service by itself"
    if prefix.lower() not in services:
        known = nearest(prefix, services)
        return f"; `{clean(prefix)}` is no service" + (f", did you mean `{known}`?" if known else "")
    best = did_you_mean_action(pattern, catalog()) if not has_wildcard(name) else None
    return f"; did you mean `{best}`?" if best else ""
