"""Colour, width, and text that is safe to print.

Whatever comes out of a file may hold escape codes, bidirectional overrides or lone surrogates; `clean` makes them
visible. Nothing of a user's text reaches a terminal without it.
"""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TextIO

Role = Literal["error", "warning", "note", "good", "gutter", "primary", "related", "bold", "dim"]
ColorChoice = Literal["auto", "always", "never"]

_CODES: dict[Role, str] = {
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "good": "1;32",
    "gutter": "34",
    "primary": "1;31",
    "related": "36",
    "bold": "1",
    "dim": "2",
}
DEFAULT_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Style:
    """How to write to one stream: with colour or without, and how wide."""

    color: bool = False
    width: int = DEFAULT_WIDTH
    hyperlinks: bool = False
    """Whether the stream is a terminal that is known to follow links (OSC 8)."""

    def paint(self, text: str, role: Role) -> str:
        """The text in the colour of its role, or as it is."""
        return f"\x1b[{_CODES[role]}m{text}\x1b[0m" if self.color and text else text

    @staticmethod
    def of(stream: TextIO, choice: ColorChoice = "auto", environment: Mapping[str, str] = os.environ) -> Style:
        """The style of a stream: `--color` first, then `NO_COLOR`, `FORCE_COLOR`, and whether it is a terminal.

        Source: no-color.org and force-color.org; both variables count when set to anything but the empty string.
        """
        if choice != "auto":
            color = choice == "always"
        elif environment.get("NO_COLOR"):
            color = False
        elif environment.get("FORCE_COLOR"):
            color = True
        else:
            color = stream.isatty() and environment.get("TERM") != "dumb"
        # Never wider than reads well, never too narrow to draw in.
        width = min(max(shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns, 40), 120)
        if not stream.isatty():
            return Style(color)
        return Style(color, width, color and _follows_links(environment))


def _follows_links(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is one of those that say who they are and follow links; others may print the address.

    Source: the terminals' own documentation of OSC 8; VTE does since 0.50.
    """
    vte = environment.get("VTE_VERSION", "")
    return (
        any(name in environment for name in ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"))
        or environment.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby")
        or environment.get("TERM") in ("xterm-kitty", "alacritty", "xterm-ghostty", "foot")
        or (vte.isascii() and vte.isdigit() and int(vte[:9]) >= 5000)
    )


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"})


def clean(text: str) -> str:
    r"""The text with everything that would not print as itself written as an escape.

    >>> clean("a\x1b[31mb\u202e")
    'a\\x1b[31mb\\u202e'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(character) for character in text)


def clean_json(text: str) -> str:
    r"""A JSON text that says the same, with what would not print as itself escaped as JSON escapes it.

    >>> clean_json('["a\x9d31mb\u202e"]')
    '["a\\u009d31mb\\u202e"]'
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(c if " " <= c <= "~" or c == "\n" or _prints_as_itself(c) else _json_escape(c) for c in text)


def clean_lines(text: str) -> str:
    """The text with all but its lines and tabs cleaned: for a difference that a person reads."""
    return "".join(c if c in "\n\t" else _escape(c) for c in text)


def _json_escape(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _prints_as_itself(character: str) -> bool:
    return character.isprintable() and unicodedata.category(character) not in _HIDDEN


def _escape(character: str) -> str:
    if _prints_as_itself(character):
        return character
    code = ord(character)
    known = {9: "\\t", 10: "\\n", 13: "\\r"}.get(code)
    if known is not None:
        return known
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def text_width(text: str) -> int:
    """How many terminal columns a cleaned text takes: two for East Asian wide characters, none for marks.

    >>> text_width("aé表")
    4
    """
    if text.isascii():
        return len(text)
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
