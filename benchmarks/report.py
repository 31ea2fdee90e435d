"""docs/benchmarks.md, written from the results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.curves import ALT, FIGURE
from benchmarks.measuring import Measurement
from benchmarks.pages import part

READINGS = {
    "expand": (
        "Patterns into sets of actions",
        "A pattern is a range of the sorted names, found by bisection. policyuniverse works on its own, older list of "
        "actions, so its set is another one.",
    ),
    "permissions": (
        "Every action at once",
        "For one caller, resource and context the statements are judged once each, and the actions by operations on "
        "sets. The first time pays for expanding the patterns; another context does not.",
    ),
    "decide": (
        "One request at a time",
        "Requests with distinct resources, so that no answer can be remembered. What bounds it is Python's own calls: "
        "a decision is some fifteen of them. Beside each peer stands how many of its answers are the same.",
    ),
    "read-only": (
        "One request against thousands of patterns",
        "The statements that speak of an action are found once for each action. Compiled anew, a request pays for that "
        "and for its share of the index. iam-simulate refuses actions that its own, older list does not have before it "
        "looks at the policy: those are no other decisions.",
    ),
    "grid": (
        "What does not apply costs nothing",
        "The time of a decision, while statements and patterns grow that do not apply to it. It stays where it is, "
        "from one pattern to a hundred thousand; the reference grows with each. Compiling is paid once for a policy.",
    ),
    "bulk": (
        "In bulk",
        "`policyeval simulate --requests`. The goal was a million in ten seconds on two cores. Reading a line's JSON "
        "by the standard library and checking it takes a third of a request's time, deciding it another, and the rest "
        "is the loop, the start of the processes and what each compiles for itself.",
    ),
    "lint": (
        "The linter",
        "`policyeval check` as a command over the texts of AWS's managed policies; parliament as a library on the "
        "same texts. The start of both is included. A text on which parliament ends with an error counts as read. The "
        "goals were three seconds on two cores and ten times parliament; a statement is asked some fifty of the rules, "
        "and no rule takes more than a tenth of the whole, so that nothing is left to take away at one stroke.",
    ),
    "start": (
        "Start-up",
        "Whole commands, the interpreter's own start included. The goal for a check of one file was 150 ms, and less "
        "than the peers take to say their version. Half of it is loading typer; the rest is in our modules and in "
        "reading what AWS defines of the services that a policy names.",
    ),
}


def write_report(results: dict[str, Any], path: Path) -> None:
    """Write the page; what it says is the numbers and how to read them."""
    measured = [Measurement(**entry) for entry in results["measurements"]]
    lines = [
        "# Benchmarks",
        "",
        "<!-- Written by `python -m benchmarks`; change benchmarks/report.py instead. -->",
        "",
        f"One run on Python {results['python']} ({results['machine']}), a small shared machine: read the ratios, not",
        "the absolute numbers. Each time is the best of several, and every answer was checked against the reference",
        "before anything was timed. `python -m benchmarks --set-up` makes it all again, peers included; peers that are",
        "not installed are left out.",
    ]
    for section, (title, reading) in READINGS.items():
        rows = [measurement for measurement in measured if measurement.section == section]
        if not rows:
            continue
        lines += ["", f"## {title}", "", reading]
        if section == "grid":
            lines += ["", f"![{ALT}](figures/{FIGURE.name})"]
        lines += ["", "| what | measured | |", "|---|---:|---|"]
        lines += (f"| {row.name} | {row.text} | {row.note} |" for row in rows)
    lines += [
        "",
        "## That it is right",
        "",
        "`python -m benchmarks.differential --examples 100000` asks index, `permissions` and reference the same drawn",
        "questions and prints every one on which they differ. `python -m benchmarks.managed` compares `permissions`",
        "with the reference for every action of the catalog on AWS's managed policies, the largest first.",
        "Its counts are [there](managed-policies.md#simulated).",
        "",
        part(path, "benchmarks.differential"),
        "",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
