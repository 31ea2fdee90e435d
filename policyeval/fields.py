"""Reading decoded documents member by member, with the place of everything at hand for errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyeval.errors import PolicyevalError
from policyeval.locating import locate
from policyeval.source import Pointer, Source, child, pointer_tokens
from policyeval.vocabulary import did_you_mean_one_of


@dataclass(frozen=True, slots=True)
class Field:
    """A value inside a document that was read from `source`; it raises `error_type` when it is not what is wanted."""

    value: object
    pointer: Pointer
    source: Source
    error_type: type[PolicyevalError]
    element: bool = False
    """Whether the value is an element of a list, and so has no name of its own."""

    def error(self, message: str, *, help: str | None = None, on_key: bool = False) -> PolicyevalError:
        """An error at the place of this value, or of its key."""
        span = locate(self.source).find(self.pointer, key=on_key)
        return self.error_type(message, source=self.source, span=span, help=help)

    @property
    def title(self) -> str:
        """The member's own name, for messages; an element of a list has only its index."""
        return pointer_tokens(self.pointer)[-1] if self.pointer else "the document"

    @property
    def called(self) -> str:
        """What a sentence calls this value: its name in backticks, or its place when it has no name."""
        if not self.pointer:
            return "the document"
        if not self.element:
            return f"`{self.title}`"
        listing = pointer_tokens(self.pointer)[:-1]
        return f"element {int(self.title) + 1}" + (f" of `{listing[-1]}`" if listing else "")

    def mapping(self, known: Sequence[str] | None = None) -> Mapping[str, object]:
        """The members of an object; with `known`, no others may be there."""
        if not isinstance(self.value, Mapping):
            raise self.error(f"{self.called} is {describe(self.value)}, not a mapping")
        for key in self.value:
            if known is not None and key not in known:
                raise Field(None, child(self.pointer, key), self.source, self.error_type).error(
                    f"`{key}` is not known here",
                    help=did_you_mean_one_of(key, known),
                    on_key=True,
                )
        return self.value

    def members(self) -> Iterator[tuple[str, Field]]:
        """The members of an object, each with its name."""
        for key, value in self.mapping().items():
            yield key, Field(value, child(self.pointer, key), self.source, self.error_type)

    def get(self, key: str) -> Field | None:
        """A member of an object, or nothing when it is left out or null."""
        value = self.mapping().get(key)
        if value is None:
            return None
        return Field(value, child(self.pointer, key), self.source, self.error_type)

    def need(self, key: str) -> Field:
        """A member of an object that must be there."""
        found = self.get(key)
        if found is None:
            raise self.error(f"`{key}` is missing" + (f" from `{self.title}`" if self.pointer else ""))
        return found

    def items(self) -> Iterator[Field]:
        """The elements of a list."""
        if not isinstance(self.value, list | tuple):
            raise self.error(f"{self.called} is {describe(self.value)}, not a list")
        for index, value in enumerate(self.value):
            yield Field(value, child(self.pointer, index), self.source, self.error_type, element=True)

    def text(self) -> str:
        """A string. A number is taken by its spelling, so that an account id may go without quotes."""
        if not isinstance(self.value, str):
            raise self.error(f"{self.called} is {describe(self.value)}, not a text")
        return str(self.value)

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.error(f"{self.called} is {describe(self.value)}, not true or false")
        return self.value

    def choice(self, words: Sequence[str]) -> str:
        """One of a few words."""
        text = self.text()
        if text not in words:
            raise self.error(
                f"`{text}` is no value of `{self.title}`",
                help=did_you_mean_one_of(text, words),
            )
        return text


def describe(value: object) -> str:
    """What a decoded value is, in words: `a list`, `null`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return "a text" if type(value) is str else "a number"
