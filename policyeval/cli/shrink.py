"""`policyeval shrink`: the fewest patterns that match exactly these actions."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

import typer

from policyeval.cli.expand import read_words
from policyeval.errors import RequestError
from policyeval.evaluation.action_sets import ActionSets, action_sets
from policyeval.evaluation.shrinking import shrink as shrink_set

Format = Literal["full", "json"]
SCHEMA = "policyeval.shrink/1"


def shrink(
    actions: Annotated[
        list[str],
        typer.Argument(metavar="ACTION...", help="Actions or patterns, or `-` for standard input, one a line."),
    ],
    format: Annotated[Format, typer.Option("--format", help="How to show the patterns.")] = "full",
) -> None:
    """Print the fewest patterns that match exactly the given actions of AWS's catalog, and no others.

    AWS adds actions every week, and a future one may fall under a wildcard; the output says so.
    Exit status: 0 done, 2 could not do the job.
    """
    from policyeval.catalog.catalog import catalog

    sets = action_sets()
    wanted = 0
    for word in read_words(actions):
        found = sets.of_patterns([word])
        if not found:
            raise RequestError(f"`{word}` matches no action", help=_help(sets, word))
        wanted |= found
    patterns = shrink_set(sets, wanted)
    date = catalog().date.isoformat()
    wild = any("*" in pattern for pattern in patterns)
    if format == "json":
        print(
            json.dumps({"schema": SCHEMA, "actions": wanted.bit_count(), "patterns": patterns, "date": date}, indent=2)
        )
        return
    sys.stdout.write("".join(f"{pattern}\n" for pattern in patterns))
    sys.stdout.flush()
    noun = "action" if wanted.bit_count() == 1 else "actions"
    said = f"{len(patterns):,} for {wanted.bit_count():,} {noun}, exact for AWS's list of {date}"
    print(f"{said}; future actions may fall under a wildcard" if wild else said, file=sys.stderr)


def _help(sets: ActionSets, word: str) -> str | None:
    from policyeval.catalog.catalog import catalog
    from policyeval.catalog.suggest import did_you_mean_action

    best = did_you_mean_action(word, catalog())
    return f"did you mean `{best}`?" if best and sets.of_names([best]) else None
