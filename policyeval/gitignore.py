"""`.gitignore` files, as gitignore(5) describes them: enough of it to leave alone what git does.

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
_MAX_BYTES = 1_000_000


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
        found = (parse_pattern(line) for line in text.splitlines())
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
    text = line.rstrip("\r\n")
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[1:] if negated else text
    text = text[1:] if text.startswith(("\\#", "\\!")) else text
    directories_only = text.endswith("/")
    text = text.rstrip("/")
    if not text:
        return None
    anchored = "/" in text
    body = _translate(text.lstrip("/"))
    try:
        regex = re.compile(body if anchored else f"(?:.*/)?{body}", re.DOTALL)
    except re.error:
        return None
    return Pattern(regex, negated, directories_only)


def glob_pattern(glob: str) -> re.Pattern[str] | None:
    """A glob of a command line as a regular expression for a whole relative path; nothing for one that is no glob.

    >>> glob_pattern("**/[ab]*.json").fullmatch("policies/deep/a1.json") is not None
    True
    """
    try:
        return re.compile(".*" if glob == "**" else _translate(glob), re.DOTALL)
    except re.error:
        return None


_PIECE = re.compile(
    r"(?P<lead>\A\*\*/)|(?P<middle>/\*\*/)|(?P<tail>/\*\*\Z)|(?P<many>\*+)|(?P<one>\?)"
    r"|(?P<set>\[[!^]?\]?[^\]]*\])|\\(?P<escaped>.)|(?P<plain>[^*?\[\\/]+|.)",
    re.DOTALL,
)
_TRANSLATED = {"lead": "(?:.*/)?", "middle": "/(?:.*/)?", "tail": "/.*", "many": "[^/]*", "one": "[^/]"}


def _translate(text: str) -> str:
    pieces = []
    for found in _PIECE.finditer(text):
        kind = found.lastgroup or "plain"
        if kind in _TRANSLATED:
            pieces.append(_TRANSLATED[kind])
        elif kind == "set":
            content = found["set"][1:-1].replace("\\", "\\\\")
            pieces.append(f"[{'^' + content[1:] if content[:1] in '!^' else content}]")
        else:
            pieces.append(re.escape(found[kind]))
    return "".join(pieces)


@lru_cache(maxsize=1024)
def read_ignore_file(directory: str) -> IgnoreFile | None:
    """The `.gitignore` of a directory, if it has one that can be read."""
    path = os.path.join(directory, NAME)
    if not os.path.isfile(path):
        return None
    try:
        return IgnoreFile.parse(read_source(path, limit=_MAX_BYTES).text, directory)
    except PolicyevalError:
        return None


def ignore_files_above(directory: str) -> tuple[IgnoreFile, ...]:
    """The `.gitignore` files of the directories above one, outermost first, up to the root of its repository.

    None when the directory is in no repository: what lies above is then nobody's business here.
    """
    above: list[IgnoreFile] = []
    current = directory
    while not os.path.exists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return ()
        current = parent
        found = read_ignore_file(current)
        if found is not None:
            above.append(found)
    return tuple(reversed(above))
