"""`policyeval init`: a starter account, the guide's groups and policies."""

from __future__ import annotations

import os
import shlex
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from policyeval.diagnostics.style import clean
from policyeval.errors import PolicyevalError
from policyeval.policy.spelling import ACCOUNT_PLACEHOLDER
from policyeval.reading import WriteError, stage
from policyeval.syntax.arn import is_account_id

EXAMPLE_ACCOUNT = "123456789012"
"""The account id that the guide's fixtures are written for."""

FILES = (
    "account.yaml",
    "administrator.json",
    "billing.json",
    "cases.yaml",
    "manage-own-access-keys.json",
    "manage-own-mfa.json",
    "power-user.json",
    "set-own-password.json",
)


class InitError(PolicyevalError):
    """The starter cannot be written."""


def init(
    directory: Annotated[str, typer.Argument(metavar="[DIR]", help="Where to write it.")] = ".",
    account_id: Annotated[
        str, typer.Option("--account-id", metavar="ID", help="The twelve digits of the account.")
    ] = EXAMPLE_ACCOUNT,
    force: Annotated[bool, typer.Option("--force", help="Write over files that exist.")] = False,
) -> None:
    """Write a starter account: groups, users, policies and decision cases, to try and to change.

    Everything is written or nothing is.
    """
    if not is_account_id(account_id):
        raise InitError(
            f"`{account_id}` is no account id",
            help="give `--account-id` with the twelve digits of your account",
        )
    texts = {name: starter_text(name, account_id) for name in FILES}
    target = Path(directory)
    taken = [name for name in FILES if os.path.lexists(target / name)]
    if taken and not force:
        raise InitError(
            f"`{target / taken[0]}` exists" + (f", and {len(taken) - 1} more of the files" if len(taken) > 1 else ""),
            help="choose another directory, or write over them with `--force`",
        )
    write_all(target, texts)
    print(f"wrote {len(texts)} files to {clean(str(target))}")
    if account_id == EXAMPLE_ACCOUNT:
        print(f"account: {account_id}, which AWS keeps for examples; `--account-id` sets your own")
    account, all_of_it = (clean(shlex.quote(str(path))) for path in (target / "account.yaml", target))
    print(f"next: policyeval simulate alice iam:ListUsers --account {account}")
    print(f"      policyeval check {all_of_it}")
    print(f"      policyeval test {all_of_it}")


def starter_text(name: str, account_id: str) -> str:
    """A file of the guide's account, for another account."""
    text = (starter_directory() / name).read_text(encoding="utf-8")
    return text.replace(ACCOUNT_PLACEHOLDER, account_id).replace(EXAMPLE_ACCOUNT, account_id)


def starter_directory() -> Path:
    """Where the guide's account is: package data in a wheel, `fixtures/guide` in a checkout."""
    package = Path(__file__).parent.parent
    packaged = package / "starter"
    return packaged if packaged.is_dir() else package.parent / "fixtures" / "guide"


def write_all(directory: Path, texts: dict[str, str]) -> None:
    """Write files beside their places first, and only then move them there; undo all of it on trouble.

    A file that was there keeps its content until its successor, whole, takes its name in one step, and its permissions
    and links for good (`reading.write_whole`).
    """
    made = [parent for parent in (directory, *directory.parents) if not os.path.exists(parent)]
    staged: dict[Path, Path] = {}
    kept: dict[Path, Path] = {}
    moved: list[Path] = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            temporary, target = stage(directory / name, text)
            staged[target] = temporary
        for target, temporary in staged.items():
            if target.is_file():
                kept[target] = target.with_name(f".{target.name}.{os.getpid()}.old")
                shutil.copy2(target, kept[target])
            os.replace(temporary, target)
            moved.append(target)
    except BaseException as trouble:
        for target in moved:
            if target in kept:
                os.replace(kept[target], target)
            else:
                target.unlink()
        if not isinstance(trouble, OSError | WriteError):
            raise
        reason = trouble.message if isinstance(trouble, WriteError) else (trouble.strerror or str(trouble)).lower()
        raise InitError(
            f"cannot write to `{directory}`: {reason.removeprefix('file cannot be written: ')}",
            help="nothing was changed; choose a directory that you may write to",
        ) from trouble
    finally:
        for leftover in (*staged.values(), *kept.values()):
            with suppress(OSError):
                leftover.unlink()
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
