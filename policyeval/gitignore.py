"""`.gitignore` files, as gitignore(5) describes them: enough of it to leave alone what git does.

Not read are `core.excludesFile`, which belongs to a person and would make two people's answers differ, and git's index,
so that a tracked file that a pattern matches is left alone although git goes on tracking it.

The last pattern of a file that matches decides; `!` takes back; a pattern with a slash in it is tied to the file's
directory, one that ends in a slash means directories only. What is excluded by way of its directory is never visited,
so that nothing below it can be taken back, which is what git does too.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache

from policyeval.errors import PolicyevalError
from policyeval.reading import read_source

NAME = ".gitignore"
_MAX_BYTES = 100_000
"""A larger file is left alone: making its patterns ready takes up to 25 µs a byte."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line: `regex` matches a path relative to the file's directory, with `/` between its parts."""

    regex: re.Pattern[str]
    negated: bool
    directories_only: bool


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The patterns of one file, and the directory that they are relative to."""

    directory: str
    patterns: tuple[Pattern, ...]

    @staticmethod
    def parse(text: str, directory: str) -> IgnoreFile:
        found = (parse_pattern(line.removesuffix("\r")) for line in text.split("\n"))
        return IgnoreFile(directory, tuple(pattern for pattern in found if pattern is not None))

    def verdict(self, path: str, *, is_directory: bool) -> bool | None:
        """Whether an absolute path is ignored; nothing when no pattern speaks of it."""
        if not self.patterns or not self._holds(path):
            return None
        relative = os.path.relpath(path, self.directory).replace(os.sep, "/")
        for pattern in reversed(self.patterns):
            if (is_directory or not pattern.directories_only) and pattern.regex.fullmatch(relative):
                return not pattern.negated
        return None

    def _holds(self, path: str) -> bool:
        return path.startswith(self.directory.rstrip(os.sep) + os.sep)

    def ignores(self, path: str, *, is_directory: bool) -> bool:
        """Whether a path, or a directory on the way to it, is ignored."""
        if not self.patterns or not self._holds(path):
            return False
        parts = os.path.relpath(path, self.directory).split(os.sep)
        for count in range(1, len(parts)):
            above = os.path.join(self.directory, *parts[:count])
            if self.verdict(above, is_directory=True):
                return True
        return self.verdict(path, is_directory=is_directory) is True


def parse_pattern(line: str) -> Pattern | None:
    """A line of a `.gitignore` file; nothing for blank lines, comments and patterns that can match nothing.

    >>> parse_pattern("build/").regex.pattern
    '(?:.*/)?build'
    """
    trimmed = _TRAILING_SPACES.match(line)
    text = trimmed[1] if trimmed is not None else line
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[1:] if negated else text
    directories_only = text.endswith("/")
    text = text[:-1] if directories_only else text
    if not text:
        return None
    anchored = "/" in text
    body = _translate(text.removeprefix("/"))
    if body is None:
        return None
    return Pattern(re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL), negated, directories_only)


def glob_pattern(glob: str) -> re.Pattern[str] | None:
    """A glob of a command line as a regular expression for a whole relative path; nothing for one that is no glob.

    >>> glob_pattern("**/[ab]*.json").fullmatch("policies/deep/a1.json") is not None
    True
    """
    body = _translate(glob)
    return re.compile(body, re.DOTALL) if body is not None else None


_TRAILING_SPACES = re.compile(r"((?:\\.|[^ \\]| ++(?!\Z))*+) +\Z", re.DOTALL)
_PIECE = re.compile(
    r"(?P<many>\*+)|(?P<one>\?)|(?P<slash>\\?/)|(?P<set>\[)|\\(?P<escaped>.)|(?P<plain>[^*?\[\\/]+)", re.DOTALL
)
_MANY, _DEEP = "*", "**"
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
"""What git takes them for, whatever the locale."""


def _translate(text: str) -> str | None:
    """A pattern as a regular expression; nothing for one that can match nothing.

    Cost: linear in the path for each part of the pattern, so at worst their product; never exponential. What follows a
    `*` is taken at its leftmost place in its step, what follows a `**` at its leftmost step, and an atomic group keeps
    either from being tried elsewhere. That is exact: the leftmost match leaves the most to the rest of the pattern.
    """
    steps = _steps(text)
    if steps is None:
        return None
    blocks: list[list[str]] = [[]]
    for step in steps:
        if step == [_DEEP]:
            blocks.append([])
        else:
            blocks[-1].append(_step(step))
    first, *others = blocks
    if not others:
        return "/".join(first)
    *middle, last = others
    head = "".join(f"{step}/" for step in first)
    between = "".join(f"(?>(?:[^/]++/)*?{'/'.join(block)}/)" for block in middle if block)
    return f"{head}{between}(?:.*/)?{'/'.join(last)}" if last else f"{head}{between}.+"


def _steps(text: str) -> list[list[str]] | None:
    """The steps between the slashes, each as its pieces: regular expressions for one text, `*`, or `**` alone."""
    steps: list[list[str]] = [[]]
    at = 0
    while at < len(text):
        found = _PIECE.match(text, at)
        if found is None:  # a backslash at the end
            return None
        at = found.end()
        kind = found.lastgroup
        if kind == "slash":
            steps.append([])
        elif kind == "many":
            is_step = not steps[-1] and (at == len(text) or text.startswith(("/", "\\/"), at))
            steps[-1].append(_DEEP if is_step and len(found["many"]) > 1 else _MANY)
        elif kind == "set":
            translated = _set(text, at)
            if translated is None:
                return None
            piece, at = translated
            steps[-1].append(piece)
        else:
            steps[-1].append("[^/]" if kind == "one" else re.escape(found[kind or 0]))
    return steps


def _step(pieces: list[str]) -> str:
    """A regular expression for one step, from its pieces."""
    runs = [""]
    for piece in pieces:
        if piece == _MANY:
            runs.append("")
        else:
            runs[-1] += piece
    if len(runs) == 1:
        return runs[0]
    first, *middle, last = runs
    between = "".join(f"(?>[^/]*?{run})" for run in middle if run)
    # The end of the step is the end of the path or the slash that follows in the pattern.
    return f"{first}{between}(?>[^/]*{last}(?![^/]))" if last else f"{first}{between}[^/]*+"


_SET_ITEM = re.compile(r"\[:(?P<class>[^\]]*):\]|\\(?P<escaped>.)|(?P<plain>.)", re.DOTALL)
_RANGE_END = re.compile(r"-(?!\])(?:\\(?P<escaped>.)|(?P<plain>[^\\]))", re.DOTALL)


def _set(text: str, at: int) -> tuple[str, int] | None:
    """A set as a regular expression for one character, and where it ends; `at` is behind its bracket.

    Nothing for one that is not closed or names a class that there is none of: git takes such a pattern for one that
    matches nothing.
    """
    negated = text.startswith(("!", "^"), at)
    start = at = at + negated
    body = ""
    while at == start or not text.startswith("]", at):
        item = _SET_ITEM.match(text, at)
        if item is None:
            return None
        at = item.end()
        if item["class"] is not None:
            if item["class"] not in _CLASSES:
                return None
            body += _CLASSES[item["class"]]
            continue
        low = item["escaped"] or item["plain"]
        body += _code(low)
        ending = _RANGE_END.match(text, at)
        if ending is not None:
            at = ending.end()
            high = ending["escaped"] or ending["plain"]
            body += f"-{_code(high)}" if low <= high else ""  # of a range that runs backwards, its first is in the set
    return f"[^/{body}]" if negated else f"(?!/)[{body}]", at + 1


def _code(character: str) -> str:
    return f"\\U{ord(character):08x}"


@lru_cache(maxsize=1024)
def read_ignore_file(directory: str) -> IgnoreFile | None:
    """The `.gitignore` of a directory, if it has one that can be read."""
    return _read(os.path.join(directory, NAME), directory)


def _read(path: str, directory: str) -> IgnoreFile | None:
    """The patterns of a file, relative to a directory."""
    if not os.path.isfile(path):
        return None
    try:
        return IgnoreFile.parse(read_source(path, limit=_MAX_BYTES).text, directory)
    except PolicyevalError:
        return None


def ignore_files_above(directory: str) -> tuple[IgnoreFile, ...]:
    """What the repository around a directory ignores, the weakest first: its own `info/exclude`, then the `.gitignore`
    files above the directory, from the repository's root down.

    None when the directory is in no repository: what lies above is then nobody's business here.
    """
    above: list[IgnoreFile | None] = []
    current = directory
    while not os.path.exists(repository := os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return ()
        current = parent
        above.append(read_ignore_file(current))
    exclude = _read(os.path.join(_common_directory(repository), "info", "exclude"), current)
    return tuple(each for each in (exclude, *reversed(above)) if each is not None)


def _common_directory(repository: str) -> str:
    """Where a repository keeps what its working trees share, `repository` being the `.git` of one of them.

    Source: gitrepository-layout(5): `.git` may be a file with the line `gitdir: PATH`, and the directory that it leads
    to may name another one in `commondir`.
    """
    if os.path.isfile(repository):
        written = _line(repository).removeprefix("gitdir:").strip()
        repository = os.path.join(os.path.dirname(repository), written)
    return os.path.join(repository, _line(os.path.join(repository, "commondir")))


def _line(path: str) -> str:
    """What a small file of git's says; nothing when it is not there."""
    try:
        return read_source(path, limit=_MAX_BYTES).text.strip()
    except PolicyevalError:
        return ""
