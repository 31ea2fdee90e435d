"""`policyeval diff`: what a change of policies gives and what it takes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

import typer

from policyeval.answer.comparison import Compared, headline
from policyeval.answer.review import RULE, github, markdown, sarif
from policyeval.cli.options import ColorOption, stdout_style
from policyeval.cli.policies import KindOption, kind_of, read_document, read_policy_file
from policyeval.config import Config, load_config
from policyeval.diagnostics.style import Style, clean
from policyeval.errors import ReadError
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import policy_of
from policyeval.policy.model import CURRENT_VERSION, Policy
from policyeval.proof.difference import compare_policies
from policyeval.proof.outcome import Verdict

Format = Literal["full", "concise", "json", "markdown", "github", "sarif"]
NEW_ACCESS, COULD_NOT, UNKNOWN = 1, 2, 3


def diff(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="OLD NEW | PATHS...", help="Two policy files; with `--git`, files to compare.", show_default=False
        ),
    ] = None,
    git: Annotated[
        str | None,
        typer.Option("--git", metavar="REV", help="Compare each path with what it was in a revision of git."),
    ] = None,
    kind: KindOption = None,
    removed: Annotated[bool, typer.Option("--removed/--no-removed", help="Show what is taken away as well.")] = True,
    format: Annotated[Format, typer.Option("--format", help="How to show the answer.")] = "full",
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="The configuration; the nearest one when left out.")
    ] = None,
    color: ColorOption = "auto",
) -> None:
    """Say what NEW allows that OLD does not, and the reverse, with a request that shows each difference.

    Exit status: 0 nothing new, 1 something new, 2 could not do the job, 3 not known.
    """
    settings = load_config(config)
    if git is not None:
        compared = list(_since(git, files or ["."], kind, settings))
    elif files is not None and len(files) == 2:
        compared = [_pair(files[0], files[1], kind, settings)]
    else:
        raise typer.BadParameter("give two policy files, or `--git REV` and paths", param_hint="OLD NEW")
    _show(compared, format, stdout_style(color), removed=removed)
    raise typer.Exit(status(compared))


def status(compared: Sequence[Compared]) -> int:
    """1 for new access that is not allowed, else 3 for what is not known, else 0."""
    if any(one.verdict is Verdict.REFUTED and one.allowed is None for one in compared):
        return NEW_ACCESS
    return UNKNOWN if any(one.verdict is Verdict.UNKNOWN for one in compared) else 0


# ---- what is compared


def _pair(old: str, new: str, kind: str | None, settings: Config) -> Compared:
    own = kind_of(new, kind, settings)
    difference = compare_policies([read_policy_file(new, own)], [read_policy_file(old, own)])
    return Compared(new, old, difference, _allowance(new, settings))


def _since(revision: str, paths: Sequence[str], kind: str | None, settings: Config) -> Iterator[Compared]:
    """Each policy file that differs from the revision; files that hold no policy are passed over."""
    if revision == "HEAD" and _is_unborn():
        revision = _run_git(["hash-object", "-t", "tree", os.devnull], "git cannot compare").strip()
    else:
        _run_git(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], f"`{revision}` is no revision of git")
    for path in paths:
        if not os.path.exists(path) and not _succeeds(["cat-file", "-e", f"{revision}:./{path}"]):
            raise ReadError("no such file, now or in the revision", name=path)
    listed = _run_git(
        ["diff", "--name-only", "--no-renames", "--relative", "-z", revision, "--", *paths], "git cannot compare"
    )
    untracked = _run_git(["ls-files", "--others", "--exclude-standard", "-z", "--", *paths], "git cannot list files")
    for path in sorted({*listed.split("\0"), *untracked.split("\0")} - {""}):
        if not path.endswith(".json"):
            continue
        new = read_document(path) if os.path.exists(path) else None
        before = _content(revision, path)
        old = read_document(f"{path}@{revision}", before) if before is not None else None
        if new is None and old is None:
            continue
        some = new or old
        assert some is not None
        own = kind_of(path, kind, settings, some.value)
        sides = [
            policy_of(document, own, document.source.name) if document is not None else _nothing(own)
            for document in (new, old)
        ]
        yield Compared(path, f"{path}@{revision}", compare_policies(sides[:1], sides[1:]), _allowance(path, settings))


def _nothing(kind: PolicyKind) -> Policy:
    """A file that is not there: a policy without statements."""
    return Policy(kind, (), CURRENT_VERSION, name="no policy")


def _content(revision: str, path: str) -> str | None:
    """A file's text in a revision, or nothing when it was not there."""
    spec = f"{revision}:./{path}"
    found = subprocess.run(["git", "cat-file", "blob", spec], capture_output=True, check=False)
    if found.returncode != 0:
        return None
    try:
        return found.stdout.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReadError("the file is not UTF-8", name=f"{path}@{revision}") from None


def _is_unborn() -> bool:
    """Whether nothing was ever committed: everything is new then."""
    return _succeeds(["symbolic-ref", "-q", "HEAD"]) and not _succeeds(["rev-parse", "--verify", "--quiet", "HEAD"])


def _succeeds(arguments: Sequence[str]) -> bool:
    try:
        return subprocess.run(["git", *arguments], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _run_git(arguments: Sequence[str], trouble: str) -> str:
    """What git prints; raises `ReadError` when it fails or is not there."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise ReadError("git is not installed", help="`--git` asks git for the old policies") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ReadError(trouble, help=said[-1] if said else "run it inside a repository")
    return done.stdout.decode("utf-8", "surrogateescape")


def _allowance(path: str, settings: Config) -> str | None:
    """The reason for which the configuration accepts new access in a file: an allowance of `new-access`."""
    from fnmatch import fnmatchcase

    from policyeval.suppression import file_fits, is_expired

    file = os.path.relpath(path, settings.directory).replace(os.sep, "/")
    for allowance in settings.allow:
        names_us = any(fnmatchcase(RULE, rule) and rule != "*" for rule in allowance.rules)
        here = not allowance.files or any(file_fits(pattern, file) for pattern in allowance.files)
        if names_us and here and not is_expired(allowance, date.today()):
            return allowance.reason
    return None


# ---- how it is shown


def _show(compared: Sequence[Compared], format: Format, style: Style, *, removed: bool) -> None:
    if format == "json":
        from policyeval.answer.data import comparison_object, to_json

        print(to_json(comparison_object(compared)))
    elif format == "markdown":
        print(markdown(compared), end="")
    elif format == "github":
        for line in github(compared):
            print(line)
    elif format == "sarif":
        from importlib.metadata import version

        print(sarif(compared, version("policyeval")))
    else:
        for at, one in enumerate(compared):
            if at and format == "full":
                print()
            print(_title(one, style))
            if format == "full":
                for line in _body(one, style, removed=removed):
                    print(line)
        if not compared:
            print("no policy has changed")


def _title(one: Compared, style: Style) -> str:
    return f"{style.paint(one.word, 'good' if one.is_success else 'error')}  {clean(one.new)}"


def _body(one: Compared, style: Style, *, removed: bool) -> Iterator[str]:
    from policyeval.answer.drawing import GAINED, LOST, draw_access, wrapped
    from policyeval.diagnostics.failure import labelled

    yield from wrapped(f"compared with {one.old}: {headline(one)}", "  ", style, hanging="  ")
    for note in one.notes:
        yield from labelled("note", note, "  ", style)
    if one.is_accepted:
        yield from labelled("allowed", one.allowed or "", "  ", style)
    for access in one.difference.gained.accesses:
        yield ""
        yield style.paint("+ newly allowed", "bold")
        yield from draw_access(access, style, word=GAINED)
    for access in one.difference.lost.accesses if removed else ():
        yield ""
        yield style.paint("- no longer allowed", "bold")
        yield from draw_access(access, style, word=LOST)
    if one.difference.lost.verdict is Verdict.PROVED and one.difference.gained.accesses:
        yield ""
        yield "nothing else changed: whatever was allowed still is"
    for doubt in one.doubts:
        yield from labelled("not known", doubt, "  ", style)
