"""Which files a command line means: files, directories, globs, standard input; what git ignores stays out.

A file that is named is always taken. What is found in a directory or by a glob is taken when its suffix is one of
`SUFFIXES`, when nothing ignores it, and once, whatever the number of ways that lead to it. Directories that a symbolic
link leads to are left alone: what is in them is found where it is, and a link may lead back. Whatever is left alone is
counted, except for the directories of version control.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policyeval.errors import ReadError
from policyeval.gitignore import IgnoreFile, glob_pattern, ignore_files_above, read_ignore_file

SUFFIXES = (".json", ".yaml", ".yml")
VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})
SKIPPED_DIRECTORIES = frozenset({"node_modules", "__pycache__", ".venv", ".tox", ".terraform"})
"""What other programs put there."""
STDIN = "-"
_MAGIC = re.compile(r"[*?\[]")
_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")
_SHELL_S = "`{a,b}` is for the shell to expand: leave it unquoted, or name each"


@dataclass(frozen=True, slots=True)
class Target:
    """A file to check. `named` says that the user named it, not a directory or glob that it was found by."""

    path: str
    named: bool


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files, in the order of the arguments and sorted within each, and what was left alone.

    `ignored` counts files that git or the configuration ignores, `unentered` directories that were not looked into,
    `irregular` links that lead nowhere, pipes and devices with the name of a file of ours. `failures` are the globs
    that matched nothing and the directories that could not be read.
    """

    targets: tuple[Target, ...]
    ignored: int = 0
    unentered: int = 0
    irregular: int = 0
    failures: tuple[ReadError, ...] = ()


def discover(paths: Sequence[str], exclude: Sequence[IgnoreFile] = (), *, respect_gitignore: bool = True) -> Discovery:
    """Find the files that `paths` mean.

    `exclude` holds for named files too, so that a hook that names every changed file need not know it. A path that
    does not exist is a target like any other: reading it says what is wrong.
    """
    search = _Search(exclude, respect_gitignore=respect_gitignore)
    for path in paths:
        try:
            search.add(path)
        except ReadError as error:
            search.failures.append(error)
    return Discovery(
        tuple(search.targets.values()), search.ignored, search.unentered, search.irregular, tuple(search.failures)
    )


class _Search:
    def __init__(self, exclude: Sequence[IgnoreFile], *, respect_gitignore: bool) -> None:
        self.excluded = exclude
        self.respect_gitignore = respect_gitignore
        self.targets: dict[str, Target] = {}
        self.ignored = self.unentered = self.irregular = 0
        self.failures: list[ReadError] = []

    def add(self, path: str) -> None:
        if path == STDIN:
            self.targets.setdefault(STDIN, Target(STDIN, True))
        elif os.path.isdir(path):
            self.walk(path)
        elif not os.path.lexists(path) and _MAGIC.search(path):
            self.glob(path)
        elif _BRACES.search(path) and not os.path.lexists(path):
            raise ReadError("no such file", name=path, help=_SHELL_S)
        else:
            self.take(path, named=True)

    def glob(self, pattern: str) -> None:
        """The files that a glob matches. Only as deep as it reaches is looked for them.

        Its first steps are taken by the letter as far as there are directories of that name: `g[1]/*.json`. Where no
        wildcard is left, it is the path of a file that is not there: `g[1]/missing.json`.
        """
        steps = pattern.split("/")
        magic = (index for index, step in enumerate(steps) if _MAGIC.search(step))
        fixed = next((index for index in magic if not os.path.isdir("/".join(steps[: index + 1]))), None)
        if fixed is None:
            self.take(pattern, named=True)
            return
        rest = "/".join(steps[fixed:])
        regex = glob_pattern(rest)
        top = "/".join(steps[:fixed]) or ("/" if fixed else ".")
        start = len(os.path.join(top, ""))
        matched = False

        def fits(path: str) -> bool:
            nonlocal matched
            found = regex is not None and regex.fullmatch(path[start:].replace(os.sep, "/")) is not None
            matched = matched or found
            return found

        if os.path.isdir(top):
            self.walk(top, fits, None if "**" in rest else len(steps) - fixed)
        if not matched:
            raise ReadError("no file matches", name=pattern, help=_SHELL_S if _BRACES.search(pattern) else None)

    def take(self, path: str, *, named: bool) -> None:
        if self.is_excluded(path, is_directory=False):
            self.ignored += 1
            return
        key = os.path.realpath(path)
        held = self.targets.get(key)
        if held is None:
            self.targets[key] = Target(path, named)
        elif named and not held.named:
            self.targets[key] = Target(held.path, True)

    def walk(self, top: str, fits: Callable[[str], bool] = lambda _: True, depth: int | None = None) -> None:
        """Every file below a directory that fits, in order; `depth` is how many levels down to look."""
        ignores = ignore_files_above(os.path.abspath(top)) if self.respect_gitignore else ()
        stack: list[tuple[str, tuple[IgnoreFile, ...], int]] = [(top, ignores, 1)]
        while stack:
            directory, above, level = stack.pop()
            try:
                entries = _entries(directory)
            except ReadError as error:
                self.failures.append(error)
                continue
            if self.respect_gitignore:
                own = read_ignore_file(os.path.abspath(directory))
                above = (*above, own) if own is not None else above
            below = []
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) or (entry.is_symlink() and os.path.isdir(entry.path)):
                    if depth is not None and level >= depth:
                        continue  # out of the glob's reach
                    if self.is_entered(entry, above):
                        below.append((entry.path, above, level + 1))
                    else:
                        self.unentered += entry.name not in VERSION_CONTROL
                elif fits(entry.path) and entry.name.endswith(SUFFIXES):
                    if self.is_ignored(entry, above, False):
                        self.ignored += 1
                    elif os.path.isfile(entry.path):
                        self.take(_shown(entry.path), named=False)
                    else:
                        self.irregular += 1
            stack.extend(reversed(below))

    def is_entered(self, entry: os.DirEntry[str], ignores: tuple[IgnoreFile, ...]) -> bool:
        """Whether what is in a directory is looked at."""
        return not (
            entry.is_symlink()
            or entry.name in VERSION_CONTROL
            or entry.name in SKIPPED_DIRECTORIES
            or self.is_ignored(entry, ignores, True)
        )

    def is_excluded(self, path: str, *, is_directory: bool) -> bool:
        absolute = os.path.abspath(path)
        return any(exclude.ignores(absolute, is_directory=is_directory) for exclude in self.excluded)

    def is_ignored(self, entry: os.DirEntry[str], ignores: tuple[IgnoreFile, ...], is_directory: bool) -> bool:
        if is_directory and self.is_excluded(entry.path, is_directory=True):
            return True
        path = os.path.abspath(entry.path)
        for ignore in reversed(ignores):  # the nearest file that says anything decides (gitignore(5))
            verdict = ignore.verdict(path, is_directory=is_directory)
            if verdict is not None:
                return verdict
        return False


def _entries(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as trouble:
        reason = (trouble.strerror or "cannot be read").lower()
        raise ReadError(f"directory cannot be read: {reason}", name=directory) from None


def _shown(path: str) -> str:
    return path[2:] if path.startswith(f".{os.sep}") else path


def is_inside(path: str, tops: Sequence[str]) -> bool:
    """Whether the file that a path leads to, links followed, is one of the given paths or below one of them."""
    target = Path(path).resolve()
    return any(target == top or top in target.parents for top in _resolved(tops))


def _resolved(tops: Sequence[str]) -> Iterator[Path]:
    """The given paths as places of their own; of a named link, its directory's entry is meant, not where it leads."""
    for top in tops:
        path = Path(top)
        yield path.resolve() if path.is_dir() else path.parent.resolve() / path.name
