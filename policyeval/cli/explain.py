"""`policyeval explain`: the manual of a rule."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from policyeval.cli.options import ColorOption, stdout_style
from policyeval.errors import ConfigError, did_you_mean
from policyeval.rules.manual import describe
from policyeval.rules.table import BY_NAME


def explain(
    name: Annotated[
        str, typer.Argument(metavar="RULE", help="A rule's name, or Access Analyzer's issue code.", show_default=False)
    ],
    format: Annotated[Literal["full", "json"], typer.Option("--format", help="How to show it.")] = "full",
    color: ColorOption = "auto",
) -> None:
    """Show what a rule looks for, why, and what to write instead."""
    rule = name.lower().replace("_", "-")
    if rule not in BY_NAME:
        help = did_you_mean(rule, BY_NAME) or "list the rules with `policyeval rules`"
        raise ConfigError(f"no rule `{name}`", help=help)
    info = describe(rule)
    if format == "json":
        from policyeval.report.rules import rules_json

        print(rules_json([info]))
        return
    style = stdout_style(color)
    print(style.paint(info.name, "bold"))
    print(f"{info.severity.singular}{', pedantic' if info.pedantic else ''}")
    print()
    for line in info.manual.splitlines():
        print(style.paint(line.removeprefix("## "), "bold") if line.startswith("## ") else line)
