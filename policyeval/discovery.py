"""Which files a command line means: files, directories, globs, standard input; what git ignores stays out.

A file that is named is always taken. What is found in a directory or by a glob is taken when its suffix is one of
`SUFFIXES`, when nothing ignores it, and once, whatever the number of ways that lead to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policyeval.errors import ReadError
from policyeval.gitignore import IgnoreFile, ignore_files_above, read_ignore_file

SUFFIXES = (".json", ".yaml", ".yml")
SKIPPED_DIRECTORIES = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox", ".terraform"})
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Target:
    """A file to check. `named` says that the user named it, not a directory or glob that it was found by."""

    path: str
    named: bool


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files, in the order of the arguments and sorted within each, and how many were passed over as ignored."""

    targets: tuple[Target, ...]
    ignored: int


def discover(paths: Sequence[str], exclude: Sequence[str] = (), *, respect_gitignore: bool = True) -> Discovery:
    """Find the files that `paths` mean; raises `ReadError` for a glob that matches nothing.

    `exclude` are globs in the manner of `.gitignore`, relative to the working directory; they hold for named files
    too, so that a hook that names every changed file need not know them. A path that does not exist is a target like
    any other: reading it says what is wrong.
    """
    search = _Search(exclude, respect_gitignore=respect_gitignore)
    for path in paths:
        search.add(path)
    return Discovery(tuple(search.targets.values()), search.ignored)


class _Search:
    def __init__(self, exclude: Sequence[str], *, respect_gitignore: bool) -> None:
        self.excluded = IgnoreFile.parse("\n".join(exclude), os.getcwd())
        self.respect_gitignore = respect_gitignore
        self.targets: dict[str, Target] = {}
        self.ignored = 0

    def add(self, path: str) -> None:
        if path == STDIN:
            self.targets.setdefault(STDIN, Target(STDIN, True))
        elif os.path.isdir(path):
            self.walk(path)
        elif not os.path.lexists(path) and any(character in path for character in "*?["):
            self.glob(path)
        else:
            self.take(path, named=True)

    def glob(self, pattern: str) -> None:
        import glob

        found = sorted(glob.iglob(pattern, recursive=True))
        if not found:
            raise ReadError("no file matches", name=pattern)
        for path in found:
            if os.path.isdir(path):
                continue
            if path.endswith(SUFFIXES):
                self.take(path, named=False)

    def take(self, path: str, *, named: bool) -> None:
        if self.excluded.ignores(os.path.abspath(path), is_directory=False):
            self.ignored += 1
            return
        key = os.path.realpath(path)
        held = self.targets.get(key)
        if held is None:
            self.targets[key] = Target(path, named)
        elif named and not held.named:
            self.targets[key] = Target(held.path, True)

    def walk(self, top: str) -> None:
        """Every file below a directory, in order. Directories that a symbolic link leads to are left alone: what is
        in them is found where it is, and a link may lead back."""
        ignores = ignore_files_above(os.path.abspath(top)) if self.respect_gitignore else ()
        stack: list[tuple[str, tuple[IgnoreFile, ...]]] = [(top, ignores)]
        while stack:
            directory, above = stack.pop()
            entries = _entries(directory)
            if self.respect_gitignore:
                own = read_ignore_file(os.path.abspath(directory))
                above = (*above, own) if own is not None else above
            below = []
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED_DIRECTORIES and not self.is_ignored(entry, above, True):
                        below.append((entry.path, above))
                elif entry.name.endswith(SUFFIXES) and os.path.isfile(entry.path):  # a link may lead to itself
                    if self.is_ignored(entry, above, False):
                        self.ignored += 1
                    else:
                        self.take(_shown(entry.path), named=False)
            stack.extend(reversed(below))

    def is_ignored(self, entry: os.DirEntry[str], ignores: tuple[IgnoreFile, ...], is_directory: bool) -> bool:
        path = os.path.abspath(entry.path)
        if is_directory and self.excluded.ignores(path, is_directory=True):
            return True
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
