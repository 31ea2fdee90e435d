"""`policyeval rules`: the list of rules."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from policyeval.cli.options import ColorOption, stdout_style
from policyeval.diagnostics.render.full import ROLES
from policyeval.diagnostics.wrapping import wrapped
from policyeval.rules.manual import describe
from policyeval.rules.table import ALL_RULES


def rules(
    format: Annotated[Literal["full", "json"], typer.Option("--format", help="How to show them.")] = "full",
    color: ColorOption = "auto",
) -> None:
    """List the rules of `check`: name, severity, and what each finds."""
    infos = [describe(rule.name) for rule in ALL_RULES]
    if format == "json":
        from policyeval.report.rules import rules_json

        print(rules_json(infos))
        return
    style = stdout_style(color)
    for info in sorted(infos, key=lambda info: (info.severity.rank, info.name)):
        severity = style.paint(f"{info.severity.value:<16}", ROLES[info.severity])
        pedantic = style.paint(" (pedantic)", "dim") if info.pedantic else ""
        print(f"{severity}  {info.name}{pedantic}")
        for line in wrapped(info.summary, "    ", style):
            print(line)
