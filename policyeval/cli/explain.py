"""`policyeval explain`: the manual of a rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

import typer

from policyeval.cli.options import ColorOption, stdout_style
from policyeval.diagnostics.style import Style
from policyeval.diagnostics.wrapping import wrapped
from policyeval.errors import ConfigError
from policyeval.rules.manual import describe
from policyeval.rules.table import BY_NAME
from policyeval.vocabulary import did_you_mean

_LINK = re.compile(r"- \[(.+)\]\((https://\S+)\)")


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="RULE",
            help="A rule's name, or Access Analyzer's issue code.",
            show_default=False,
            autocompletion=lambda incomplete: [name for name in BY_NAME if name.startswith(incomplete)],
        ),
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
    for line in _fitted(info.manual, style):
        print(style.paint(line.removeprefix("## "), "bold") if line.startswith("## ") else line)


def _fitted(manual: str, style: Style) -> Iterator[str]:
    """A manual's lines, paragraphs wrapped to the width; examples and addresses stay whole, each on its own lines."""
    paragraph: list[str] = []
    in_example = False
    for line in [*manual.splitlines(), ""]:
        begins = line.startswith(("```", "## ", "- ")) or not line or in_example
        if begins and paragraph:
            yield from _wrapped(" ".join(paragraph), style)
            paragraph = []
        if line.startswith("```"):
            in_example = not in_example
            yield line
        elif in_example or line.startswith("## ") or not line:
            yield line
        else:
            paragraph.append(line.strip())


def _wrapped(paragraph: str, style: Style) -> Iterator[str]:
    indent = "  " if paragraph.startswith("- ") else ""
    link = _LINK.fullmatch(paragraph)
    text = f"- {link[1]}:" if link else paragraph
    yield from wrapped(text, "", style, hanging=indent)
    if link:
        yield f"  {link[2]}"
