"""Values of a policy's JSON: what they are called, and the text as which they act."""

from __future__ import annotations

from collections.abc import Mapping


def value_text(value: object) -> str | None:
    """The text as which AWS compares a JSON value; nothing for `null`, lists and objects.

    Numbers and booleans act as their text (reference_policies_grammar).
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return None


def type_name(value: object) -> str:
    """What JSON calls a value: `an object`, `a list`, `a number`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return "a string" if is_text(value) else "a number"


def is_text(value: object) -> bool:
    """Whether a decoded value was a JSON string. A number is read as a subclass of `str` that keeps its spelling."""
    return type(value) is str
