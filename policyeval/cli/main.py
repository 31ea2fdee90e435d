"""The command line: one module per command, loaded when it is called.

Exit status: 0 yes or clean, 1 no or findings, 2 could not do the job.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
import typer.core
import typer.main

from policyeval.cli.usage import ReaderGone, UsageError, in_own_words
from policyeval.errors import PolicyevalError
from policyeval.limits import check_settings
from policyeval.vocabulary import did_you_mean

COMMANDS = {
    "check": ("policyeval.cli.check", "check", "Say what is wrong with policies, where, and how to mend it."),
    "simulate": ("policyeval.cli.simulate", "simulate", "Decide a request as AWS would, and show why."),
    "test": ("policyeval.cli.test", "test", "Run the decision cases that a team keeps for its policies."),
    "permissions": ("policyeval.cli.permissions", "permissions", "Decide every action that AWS has for one caller."),
    "who-can": ("policyeval.cli.who_can", "who_can", "List who may do an action on a resource."),
    "expand": ("policyeval.cli.expand", "expand", "List the actions that wildcards match."),
    "shrink": ("policyeval.cli.shrink", "shrink", "Print the fewest wildcards that match just these actions."),
    "diff": ("policyeval.cli.diff", "diff", "Say what a change of policy grants, and takes away."),
    "prove": ("policyeval.cli.prove", "prove", "Prove what policies never grant, or show that they do."),
    "verify-proof": ("policyeval.cli.verify_proof", "verify_proof", "Check a proof that `prove` wrote."),
    "explain": ("policyeval.cli.explain", "explain", "Show what a rule looks for, and what to write instead."),
    "rules": ("policyeval.cli.rules", "rules", "List the rules of `check`."),
    "init": ("policyeval.cli.init", "init", "Write a starter account, to try and to change."),
}
"""Each command's module and function, and what it does in a line of the help."""
COULD_NOT = 2


class LazyGroup(typer.core.TyperGroup):
    """A group whose commands are imported when they are asked for, so that no command pays for another."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        with in_own_words():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with in_own_words():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, function, summary = COMMANDS[cmd_name]
        found = getattr(importlib.import_module(module), function)
        if isinstance(found, typer.Typer):
            group = typer.main.get_group(found)
            group.name, group.short_help = cmd_name, summary
            return group
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(cmd_name)(found)
        command = typer.main.get_command(single)
        command.name, command.short_help = cmd_name, summary
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = did_you_mean(name, (*COMMANDS, "--version", "--help"))
            raise UsageError(f"no command `{name}`", help=near or "see `policyeval --help`")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=LazyGroup,
    help="Check AWS IAM policies and simulate what they decide, without AWS.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from policyeval.catalog.catalog import catalog

        typer.echo(f"policyeval {version('policyeval')} (AWS data of {catalog().date.isoformat()})")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Show the version and the data's date."
    ),
) -> None:
    """Check AWS IAM policies and simulate what they decide, without AWS."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; every error that a user can cause is drawn on standard error."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # until the end
    if sys.stdout is None:
        print("error: standard output is closed", file=sys.stderr)
        raise SystemExit(COULD_NOT)
    for stream in (sys.stdout, sys.stderr):
        # What an old terminal's encoding cannot say is escaped rather than fatal.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        check_settings()
        try:
            app(args=arguments, prog_name="policyeval")
        finally:
            sys.stdout.flush()
    except PolicyevalError as error:
        from policyeval.diagnostics.failure import draw_failure
        from policyeval.diagnostics.style import Style

        for line in draw_failure(error, Style.of(sys.stderr, _color(arguments))):
            print(line, file=sys.stderr)
        raise SystemExit(COULD_NOT) from None
    except (BrokenPipeError, ReaderGone):
        # The reader is gone (`| head`): nothing is left to say, and nobody to say it to.
        _discard_output()
        raise SystemExit(COULD_NOT) from None
    except OSError as trouble:
        # Those about a file have its name and never get here; what is left is an answer that could not be delivered.
        if trouble.filename is not None:
            _report_fault()
            raise SystemExit(COULD_NOT) from None
        _discard_output()
        reason = (trouble.strerror or str(trouble)).lower()
        print(f"error: standard output cannot be written: {reason}", file=sys.stderr)
        raise SystemExit(COULD_NOT) from None
    except Exception:
        _report_fault()
        raise SystemExit(COULD_NOT) from None


def _report_fault() -> None:
    """Show an exception that should not be. Left to Python it would exit with 1, which says `denied` or `findings`."""
    import traceback

    traceback.print_exc()
    print("error: policyeval itself failed, as shown above; please report it", file=sys.stderr)


def _discard_output() -> None:
    """Point standard output at nothing, so that the interpreter's last flush has somewhere to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _color(arguments: Sequence[str] | None) -> Any:
    """`--color` as given, for errors that end a command before it could look."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for word, following in zip(words, [*words[1:], ""], strict=True):
        choice = following if word == "--color" else word.removeprefix("--color=") if "--color=" in word else ""
        if choice in ("auto", "always", "never"):
            return choice
    return "auto"
