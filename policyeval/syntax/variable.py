"""Policy variables: `${key}`, `${key, 'default'}`, and the escapes `${*}`, `${?}`, `${$}`.

Source: IAM User Guide, reference_policies_variables. A `${` that begins no well-formed variable is plain text here
(Access Analyzer calls it an error, and so does `check`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from policyeval.syntax.wildcard import Token, Wildcard, tokenize

_VARIABLE = re.compile(
    r"""\$\{ (?: (?P<escape>[*?$]) | (?P<key>[^\s{}',*?$]+) (?:,\ '(?P<default>[^']*)')? ) \}""", re.VERBOSE
)
ANGLE_BRACKET_VARIABLE = re.compile(r"\$<([A-Za-z][A-Za-z0-9.-]*:[^<>\s]+)>")
"""The guide's spelling of a variable, `$<aws:username>`, which AWS takes literally."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a context key, compared without regard to case, with the default if one is given."""

    key: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Escape:
    """`${*}`, `${?}` or `${$}`: the plain character."""

    character: str


Part = str | Variable | Escape
"""A piece of policy text. A `str` is text in which wildcards live where the element has them."""


@lru_cache(maxsize=65536)
def parse_template(text: str) -> tuple[Part, ...]:
    """Split policy text into plain text, variables and escapes.

    >>> parse_template("home/${aws:username}/${*}")
    ('home/', Variable(key='aws:username', default=None), '/', Escape(character='*'))
    """
    if "${" not in text:
        return (text,) if text else ()
    parts: list[Part] = []
    at = 0
    for found in _VARIABLE.finditer(text):
        if found.start() > at:
            parts.append(text[at : found.start()])
        escape, key, default = found.group("escape", "key", "default")
        parts.append(Escape(escape) if escape else Variable(key, default))
        at = found.end()
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def variable_keys(text: str) -> list[str]:
    """The context keys that a text refers to, in order.

    >>> variable_keys("b-${aws:PrincipalTag/team, 'all'}/${aws:username}")
    ['aws:PrincipalTag/team', 'aws:username']
    """
    return [part.key for part in parse_template(text) if isinstance(part, Variable)]


def with_keys_renamed(text: str, rename: Callable[[str], str]) -> str:
    """The text with other keys in its variables.

    >>> with_keys_renamed("home/${aws:username, 'all'}/${*}", str.upper)
    "home/${AWS:USERNAME, 'all'}/${*}"
    """

    def renamed(found: re.Match[str]) -> str:
        key = found["key"]
        return found[0] if key is None else found[0].replace(key, rename(key), 1)

    return _VARIABLE.sub(renamed, text)


Lookup = Callable[[str], str | None]
"""From a context key, in any case, to its single non-empty value, or nothing."""


def resolve_pattern(parts: tuple[Part, ...], lookup: Lookup) -> tuple[Token, ...] | None:
    """The glob tokens of a text in which wildcards live; nothing when a variable cannot be resolved.

    The value of a variable is literal, and is not looked at again for wildcards or variables.
    """
    tokens: list[Token] = []
    for part in parts:
        if isinstance(part, str):
            for token in tokenize(part):
                _append(tokens, token)
        else:
            value = _value(part, lookup)
            if value is None:
                return None
            _append(tokens, value)
    return tuple(tokens)


def resolve_text(parts: tuple[Part, ...], lookup: Lookup) -> str | None:
    """The plain text of a value in which wildcards are literal; nothing when a variable cannot be resolved."""
    values = [part if isinstance(part, str) else _value(part, lookup) for part in parts]
    return None if None in values else "".join(value for value in values if value is not None)


def _value(part: Variable | Escape, lookup: Lookup) -> str | None:
    if isinstance(part, Escape):
        return part.character
    value = lookup(part.key)
    return value if value is not None else part.default


def _append(tokens: list[Token], token: Token) -> None:
    """Keep literal text in one token and a run of `*` in one: equal patterns then compile once."""
    if tokens and isinstance(token, str) and isinstance(tokens[-1], str):
        tokens[-1] += token
    elif token is Wildcard.MANY and tokens and tokens[-1] is Wildcard.MANY:
        return
    elif token != "":
        tokens.append(token)
