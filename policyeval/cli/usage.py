"""What typer says of the words of a command line, in the words and the form of every other error."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import typer

from policyeval.errors import PolicyevalError
from policyeval.vocabulary import did_you_mean

_UsageError: Any = typer.BadParameter.__base__  # for which typer has no public name
_QUOTED = re.compile(r"(?<!\w)'([^']+)'(?!\w)")
_BRACED = re.compile(r"\{(\w+)\}")  # what some versions of typer write around a name
_EXTRA = re.compile(r"Got unexpected extra argument(?:\(s\)|s)? \((.*)\)", re.DOTALL)
_KINDS = {
    "is not a valid int range": "is no whole number",
    "is not a valid integer range": "is no whole number",
    "is not a valid integer": "is no whole number",
    "is not in the range": "is out of the range",
}
"""What typer says of numbers, and what people would."""


class UsageError(PolicyevalError):
    """The words of a command line that no command takes."""


class ReaderGone(Exception):
    """Whoever read standard output has gone; typer would exit with 1 for a `BrokenPipeError`, as a denial does."""


@contextlib.contextmanager
def in_own_words() -> Iterator[None]:
    """Raises `UsageError` and `ReaderGone` in the place of what typer would draw, or exit with, by itself."""
    try:
        yield
    except BrokenPipeError as gone:
        raise ReaderGone from gone
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help
            raise
        raise UsageError(_said(error), help=_help(error)) from None


def _said(error: Any) -> str:
    if hasattr(error, "possibilities"):
        return f"no such option `{error.option_name}`"
    if _is_ours(error):
        hint = str(error.param_hint or "")
        is_unnamed = hint.startswith("-") and hint not in error.message
        return f"`{hint}`: {error.message}" if is_unnamed else str(error.message)
    extra = _EXTRA.fullmatch(error.format_message())
    if extra is not None:
        return f"unexpected argument `{extra[1]}`"
    text = _QUOTED.sub(r"`\1`", error.format_message()).rstrip(".").replace("No such command", "no command")
    for theirs, ours in _KINDS.items():
        text = text.replace(theirs, ours)
    return text[:1].lower() + text[1:]


def _help(error: Any) -> str:
    if error.ctx is None:
        return "`--help` after the command tells what it takes"
    if hasattr(error, "possibilities"):
        options = [name for each in error.ctx.command.params for name in (*each.opts, *each.secondary_opts)]
        near = did_you_mean(error.option_name, (name for name in options if name.startswith("--")))
        if near is not None:
            return near
    more = f"see `{error.ctx.command_path} --help`"
    parameter = getattr(error, "param", None)
    is_of_option = parameter is not None and parameter.param_type_name == "option"
    if is_of_option or hasattr(error, "option_name") or str(getattr(error, "param_hint", "")).startswith("-"):
        return more
    usage = _BRACED.sub(r"\1", " ".join(error.ctx.get_usage().split()).removeprefix("Usage: "))
    return f"the form is `{usage}`; {more}"


def _is_ours(error: Any) -> bool:
    """Whether a command said it, and not typer of one parameter."""
    return isinstance(error, typer.BadParameter) and getattr(error, "param", None) is None
