"""`policyeval shrink`: the fewest patterns that match exactly these actions."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

import typer

from policyeval.cli.expand import hint, read_words
from policyeval.diagnostics.summary import plural
from policyeval.errors import RequestError
from policyeval.evaluation.action_sets import action_sets
from policyeval.evaluation.shrinking import shrink as shrink_set

Format = Literal["full", "json"]
SCHEMA = "policyeval.shrink/1"


def shrink(
    actions: Annotated[
        list[str],
        typer.Argument(metavar="ACTION...", help="Actions or patterns, or `-` for standard input, one a line."),
    ],
    whole_words: Annotated[
        bool, typer.Option("--whole-words", help="Put no wildcard inside a word, though it may take more patterns.")
    ] = False,
    format: Annotated[Format, typer.Option("--format", help="How to show the patterns.")] = "full",
) -> None:
    """Print the fewest patterns that match exactly the given actions of AWS's catalog, and no others.

    AWS adds actions every week, and a future one may fall under a wildcard; the output says so.
    Exit status: 0 done, 2 could not do the job.
    """
    from policyeval.catalog.catalog import catalog

    sets = action_sets()
    wanted = 0
    words = list(read_words(actions))
    for word in words:
        found = sets.of_patterns([word])
        if not found:
            raise RequestError(f"`{word}` matches no action", help=hint(sets, word).removeprefix("; ") or None)
        wanted |= found
    patterns, fewest = shrink_set(sets, wanted, words, whole_words=whole_words)
    date = catalog().date.isoformat()
    wild = any("*" in pattern for pattern in patterns)
    if format == "json":
        document = {
            "schema": SCHEMA,
            "actions": wanted.bit_count(),
            "patterns": patterns,
            "fewest": fewest,
            "date": date,
        }
        print(json.dumps(document, indent=2))
        return
    sys.stdout.write("".join(f"{pattern}\n" for pattern in patterns))
    sys.stdout.flush()
    counts = f"{len(patterns):,} for {plural(wanted.bit_count(), 'action')}"
    said = f"{counts}{'' if fewest else ', perhaps not the fewest'}, exact for AWS's list of {date}"
    print(f"{said}; future actions may fall under a wildcard" if wild else said, file=sys.stderr)
