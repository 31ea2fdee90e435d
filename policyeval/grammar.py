"""The parsers of `grammars/`.

One file per language, each the specification of its language and the source of its parser. Lark's own cache of parsers
on disk stays unused: it is a pickle, and a pickle that somebody else put there would be run.

Cost: importing Lark takes some 60 ms, the first parser 20 ms (most of it Lark's own, for reading grammars), a further
one 3 to 13 ms. So all of it is put off until a text has to be explained or pointed into.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark

_PACKAGE = Path(__file__).parent


@cache
def parser(name: str) -> Lark:
    """The LALR parser of `grammars/<name>.lark`, built once in a process.

    Its start rule accepts exactly the well-formed texts of that language. Raises `FileNotFoundError` for a language
    that has no grammar.
    """
    import re

    from lark import Lark

    # ASCII: without it `i` would let U+017F pass for `s` and U+212A for `k`, as no AWS parser does.
    return Lark(grammar_text(name), parser="lalr", maybe_placeholders=False, g_regex_flags=re.ASCII, cache=False)


def grammar_text(name: str) -> str:
    """The text of a grammar: package data in an installed policyeval, the top-level folder in a checkout."""
    inside = _PACKAGE / "grammars" / f"{name}.lark"
    path = inside if inside.is_file() else _PACKAGE.parent / "grammars" / f"{name}.lark"
    return path.read_text(encoding="utf-8")
