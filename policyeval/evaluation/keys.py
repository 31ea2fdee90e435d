"""What is known of a context before a request is seen: which keys the caller fixes, and which the request will give.

Requests of one caller whose contexts hold the same keys differ only in values. What hangs on a missing key or on the
caller alone is therefore decided once for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from policyeval.evaluation.context import MULTIVALUED_KEYS
from policyeval.syntax.variable import Escape, Part

Texts = str | tuple[str, ...]
"""The text of a key with a single value, or the texts of a multivalued one."""
GivenContext = Mapping[str, Texts]
"""The context that a request gives, by the request's own spelling of the keys."""


class FromRequest(NamedTuple):
    """A key that the request gives, under this spelling."""

    name: str
    multivalued: bool


class Slot(NamedTuple):
    """A variable whose value comes with the request, under this spelling of its key."""

    name: str
    default: str | None

    def fill(self, context: GivenContext) -> str | None:
        """The variable's text; nothing when the value is empty and there is no default."""
        value = context[self.name]
        return value if isinstance(value, str) and value else self.default


class Literal(NamedTuple):
    """Text in which a wildcard means nothing: what a variable or an escape stands for."""

    text: str


BoundPart = str | Literal | Slot
"""A piece of policy text for one caller. In a `str` wildcards live where the element has them."""


class KeySources:
    """Where the value of each context key comes from, for one caller and one set of given keys.

    `fixed` holds what follows from the caller, `given` the spelling of the keys that the request gives; both by
    lower-cased key. A given key that is `None` holds an empty list: it is absent, and what the caller fixes with it.
    """

    __slots__ = ("_fixed", "_given")

    def __init__(self, fixed: Mapping[str, Texts], given: Mapping[str, FromRequest | None]) -> None:
        self._fixed = fixed
        self._given = given

    def source(self, key: str) -> Texts | FromRequest | None:
        """The texts that a key always has, or where a request has them, or nothing for an absent key."""
        lower = key.lower()
        return self._given[lower] if lower in self._given else self._fixed.get(lower)

    def bind(self, parts: tuple[Part, ...]) -> tuple[BoundPart, ...] | None:
        """Policy text with the caller's values in place; nothing when a variable cannot be resolved.

        Only a key with a single value, and that not empty, stands for a text (reference_policies_variables).
        """
        bound: list[BoundPart] = []
        for part in parts:
            if isinstance(part, str):
                bound.append(part)
                continue
            if isinstance(part, Escape):
                bound.append(Literal(part.character))
                continue
            source = self.source(part.key)
            if isinstance(source, FromRequest) and not source.multivalued:
                bound.append(Slot(source.name, part.default))
                continue
            text = source if isinstance(source, str) and source else part.default
            if text is None:
                return None
            bound.append(Literal(text))
        return tuple(bound)


def holds_list(lower_key: str, value: Texts) -> bool:
    """Whether a value makes its key multivalued."""
    return isinstance(value, tuple) or lower_key in MULTIVALUED_KEYS
