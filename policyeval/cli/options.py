"""Options that several commands share, and what they mean."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from policyeval.diagnostics.style import ColorChoice, Style
from policyeval.errors import AccountError

if TYPE_CHECKING:
    from policyeval.account.account import Account

AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="FILE",
        help="An account file, or an export of `aws iam get-account-authorization-details`.",
    ),
]
ColorOption = Annotated[ColorChoice, typer.Option("--color", help="When to use colour.")]
ExactOption = Annotated[
    bool, typer.Option("--exact", help="Take `$<key>` and the account id's placeholder as AWS would: literally.")
]
KindName = Literal["identity", "permissionsBoundary", "session", "resource", "trust", "scp", "rcp", "vpcEndpoint"]
KindOption = Annotated[
    KindName | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help=f"What kind of policy the files hold, inferred when left out: {', '.join(get_args(KindName))}.",
    ),
]
DEFAULT_ACCOUNT_FILE = "account.yaml"


def stdout_style(color: ColorChoice) -> Style:
    return Style.of(sys.stdout, color)


def find_account_file(given: str | None) -> str | None:
    """The account file that somebody named, else `account.yaml` in the working directory."""
    return named_account_file(given) or (found_account_file() if given is None else None)


def named_account_file(given: str | None) -> str | None:
    """`--account`, else `POLICYEVAL_ACCOUNT`, else the configuration; an empty `--account` names none."""
    named = os.environ.get("POLICYEVAL_ACCOUNT") if given is None else given
    if named or given is not None:
        return named or None
    from policyeval.config import load_config

    return load_config().account


def found_account_file() -> str | None:
    """`account.yaml` in the working directory, which nobody named."""
    return DEFAULT_ACCOUNT_FILE if os.path.exists(DEFAULT_ACCOUNT_FILE) else None


def load_account(given: str | None, *, exact: bool = False, or_policies: bool = False) -> Account:
    """The account to work on; raises `AccountError` when none is named and none is found.

    `or_policies` says that the command takes policy files in its place.
    """
    from policyeval.account.account import Account  # `check` shares these options and needs no accounts

    path = find_account_file(given)
    if path is None:
        raise AccountError(
            "no account to simulate",
            help=f"name one with `--account FILE`, {'give policies with `--policy FILE`, ' if or_policies else ''}"
            "or make one with `policyeval init`",
        )
    with progress(f"reading {path}"):
        return Account.load(path, exact=exact)


@contextmanager
def progress(doing: str) -> Iterator[None]:
    """Say on standard error what takes longer than a second, when that is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    timer = threading.Timer(1.0, lambda: print(f"{doing} …", file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
