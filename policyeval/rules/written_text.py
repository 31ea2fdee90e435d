"""The texts of a statement that a person fills in: resources, principals and the values of conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from policyeval.policy.model import Statement
from policyeval.source import Pointer


class Text(NamedTuple):
    """A string, its place, and that place in words with its article: "the resource"."""

    text: str
    pointer: Pointer
    place: str


def texts_with_variables(statement: Statement) -> Iterator[Text]:
    """Those in which AWS looks for variables: resources and the values of conditions."""
    for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
        yield Text(entry.text, entry.pointer, "the resource")
    for condition in statement.conditions:
        for value in condition.values:
            yield Text(value.text, value.pointer, f"`{condition.key}`")


def texts(statement: Statement) -> Iterator[Text]:
    """The same, and the principals."""
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        yield Text(principal.text, principal.pointer, "the principal")
    yield from texts_with_variables(statement)
