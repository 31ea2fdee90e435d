"""What changed since a revision of git: which files, and what they held. Everything is asked of the program `git`.

Source: git's manuals of git-diff (`-z`, `--name-status`), git-ls-tree and gitglossary (pathspec).
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from policyeval.errors import ReadError, RequestError

_MOST_LINKS = 40
"""How many symbolic links are followed, as Linux does (path_resolution(7))."""


@dataclass(frozen=True)
class Change:
    """A file that differs from the revision: its path then and now, from the top of the repository; `None` for none."""

    old: str | None
    new: str | None


class Revision:
    """A commit of the repository around the working directory, to compare the working tree with.

    Raises `ReadError` when git is not there or cannot do it, `RequestError` for a name that is no revision.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.top = _top()
        self.commit = self._resolve(name)

    def _resolve(self, name: str) -> str:
        found = self._try("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found is not None:
            return found.strip()
        if name == "HEAD" and self._try("symbolic-ref", "-q", "HEAD") is not None:
            # Nothing was ever committed: everything is new.
            return self._run("hash-object", "-t", "tree", os.devnull).strip()
        raise RequestError(
            f"`{name}` is no revision of git",
            help="name a commit, a branch or a tag; in a shallow clone fetch it first",
        )

    # ---- paths

    def inside(self, path: str) -> str:
        """A path from the top of the repository, with `/`; raises `ReadError` for one outside."""
        directory, name = os.path.split(os.path.abspath(path))
        full = os.path.join(os.path.realpath(directory), name)
        found = os.path.relpath(full, self.top).replace(os.sep, "/")
        if found == ".." or found.startswith("../") or os.path.isabs(found):
            raise ReadError("the path is outside the repository", name=path, help=f"the repository is `{self.top}`")
        return found

    def shown(self, path: str) -> str:
        """A path from the top of the repository, as the working directory sees it."""
        return os.path.relpath(os.path.join(self.top, path), os.path.realpath(os.curdir))

    # ---- what changed

    def changes(self, paths: Sequence[str]) -> Iterator[Change]:
        """The files at or below the paths that differ, in order; also those that git neither tracks nor ignores.

        A file that was renamed is one change, as git finds it. Raises `ReadError` for a path that is nowhere.
        """
        scopes = [self.inside(path) for path in paths]
        for path, scope in zip(paths, scopes, strict=True):
            if not os.path.lexists(path) and not self._entries(scope):
                raise ReadError("no such file, now or in the revision", name=path)
        listed = self._run("diff", "--name-status", "--find-renames", "--no-relative", "-z", self.commit)
        untracked = self._run("ls-files", "--others", "--exclude-standard", "-z")
        found = list(_changes(listed.split("\0")))
        loose = {path for path in untracked.split("\0") if path}
        # A file that git was told to forget is gone for git, and still there.
        found = [replace(one, new=one.old) if one.new is None and one.old in loose else one for one in found]
        found += [Change(None, path) for path in loose - {one.new for one in found}]
        kept = {change for change in found if _is_below(change.new, scopes)}
        kept |= {
            Change(one.old, None) for one in found if not _is_below(one.new, scopes) and _is_below(one.old, scopes)
        }
        yield from sorted(kept, key=lambda change: (change.new or change.old or "", change.old or ""))

    def content(self, path: str) -> bytes | None:
        """What a file held in the revision, by way of symbolic links; nothing when it was not there, or no file.

        Raises `ReadError` for a link that leads out of the repository.
        """
        at = path
        for _ in range(_MOST_LINKS):
            entry = next(iter(self._entries(at)), None)
            if entry is None or entry[1] != "blob":
                return None
            mode, _, blob = entry
            content = self._bytes("cat-file", "blob", blob)
            if mode != "120000":
                return content
            target = os.fsdecode(content)
            at = posixpath.normpath(posixpath.join(posixpath.dirname(at), target))
            if posixpath.isabs(target) or at == ".." or at.startswith("../"):
                raise ReadError(
                    f"the link leads out of the repository, to `{target}`", name=f"{self.shown(path)}@{self.name}"
                )
        raise ReadError("the link leads round in a circle", name=f"{self.shown(path)}@{self.name}")

    def _entries(self, path: str) -> list[tuple[str, str, str]]:
        """Mode, type and object of what stands at a path in the revision; of all of it at the top."""
        found = self._try("ls-tree", "-z", "--full-tree", self.commit, *(["--", path] if path != "." else []))
        rows = (row.partition("\t")[0].split() for row in (found or "").split("\0") if row)
        return [(mode, kind, name) for mode, kind, name in rows]

    # ---- git

    def _run(self, *arguments: str) -> str:
        return os.fsdecode(self._bytes(*arguments))

    def _bytes(self, *arguments: str) -> bytes:
        done = _git(arguments, self.top)
        if done.returncode != 0:
            raise ReadError(f"git cannot do it: {_said(done)}", help=f"it was asked to {arguments[0]}")
        return done.stdout

    def _try(self, *arguments: str) -> str | None:
        done = _git(arguments, self.top)
        return os.fsdecode(done.stdout) if done.returncode == 0 else None


def _top() -> str:
    """The top of the working tree around the working directory."""
    done = _git(("rev-parse", "--show-toplevel"), None)
    top = os.fsdecode(done.stdout).removesuffix("\n")
    if done.returncode != 0 or not top:
        raise ReadError(
            "`--git` needs the working tree of a git repository", help=_said(done) or "run it inside a repository"
        )
    return os.path.realpath(top)


def _git(arguments: Sequence[str], directory: str | None) -> subprocess.CompletedProcess[bytes]:
    """Run git on literal paths; raises `ReadError` when it is not there."""
    environment = {**os.environ, "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}
    try:
        return subprocess.run(["git", *arguments], cwd=directory, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        raise ReadError("git is not installed", help="`--git` asks git for the old policies") from None


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else ""


def _changes(words: Sequence[str]) -> Iterator[Change]:
    """`M`, path; or `R90`, old path, new path; and so on."""
    parts = iter(words)
    for status in parts:
        if not status:
            continue
        path = next(parts)
        if status[0] in "RC":
            yield Change(path if status[0] == "R" else None, next(parts))
        else:
            yield Change(None if status[0] == "A" else path, None if status[0] == "D" else path)


def _is_below(path: str | None, scopes: Sequence[str]) -> bool:
    return path is not None and any(scope in (".", path) or path.startswith(f"{scope}/") for scope in scopes)
