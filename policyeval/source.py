"""Text with a name, and places inside it.

Everything that policyeval says about a file it says *symbolically* first, as a JSON Pointer (RFC 6901) into the
document. A pointer becomes a `Span` late, and only when something is shown (`jsontext.locate`, `yamltext.locate`).
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

_PIPE = re.compile(r"/dev/(?:fd/|stdin)|/proc/self/fd/")

Pointer = str
"""A JSON Pointer (RFC 6901): `""` is the whole document, `/Statement/0/Action` an element of it."""


def child(pointer: Pointer, *tokens: str | int) -> Pointer:
    """Extend a pointer by keys and list indexes, escaped as RFC 6901 section 3 asks.

    >>> child("/Statement/0", "Condition", "StringEquals", "aws:ResourceTag/team")
    '/Statement/0/Condition/StringEquals/aws:ResourceTag~1team'
    """
    for token in tokens:
        if isinstance(token, str) and ("/" in token or "~" in token):
            token = token.replace("~", "~0").replace("/", "~1")
        pointer = f"{pointer}/{token}"
    return pointer


def pointer_tokens(pointer: Pointer) -> list[str]:
    """The unescaped keys of a pointer.

    >>> pointer_tokens("/Statement/0/aws:ResourceTag~1team")
    ['Statement', '0', 'aws:ResourceTag/team']
    """
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text: `line` and `column` count from 1, `offset` from 0; all in characters, not bytes."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters `start` up to, not including, `end` of a source; offsets from 0."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Holder:
    """The string that a document stands in: at `pointer` of `source`. `encoded` says that the document is not the
    string's value but what comes of decoding it once more."""

    source: Source
    pointer: Pointer
    encoded: bool


@dataclass(frozen=True)
class Source:
    """A text and the name by which a person knows it: a path as they wrote it, or `<stdin>`.

    `holder` is set for a document that stands in another one as a string; its lines and columns are then its own.
    `language` is set where the name does not tell it.
    """

    name: str
    text: str = field(repr=False)
    holder: Holder | None = field(default=None, repr=False, compare=False)
    language: Literal["yaml"] | None = field(default=None, repr=False, compare=False)

    @property
    def is_yaml(self) -> bool:
        """Whether it is read as YAML, and else as JSON."""
        return self.language == "yaml" or self.name.endswith((".yaml", ".yml"))

    @property
    def directory(self) -> str:
        """What the paths in it are relative to: the directory of its file; of a pipe's text, the working directory."""
        return "" if _PIPE.match(self.name) else os.path.dirname(self.name)

    @property
    def path(self) -> str:
        """The name of the file that the text stands in."""
        return self.name if self.holder is None else self.holder.source.path

    @cached_property
    def line_starts(self) -> Sequence[int]:
        """The offset at which each line begins. Lines end at LF alone, as editors count JSON and YAML."""
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        return starts

    def position(self, offset: int) -> Position:
        """The line and column of an offset; one past the end of the text is a position too."""
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1, offset)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] - 1 if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r")
