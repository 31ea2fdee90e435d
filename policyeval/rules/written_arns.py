"""The ARNs and ARN patterns that a statement holds, taken apart as they are written.

A colon inside `${...}` does not part segments here: `arn:aws:iam::${aws:PrincipalAccount}:root` has six of them. AWS
puts no variable there, but a person has to be told so about the segment that they meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policyeval.policy.model import Statement
from policyeval.rules.once import once_a_statement
from policyeval.source import Pointer
from policyeval.syntax.arn import split_arn
from policyeval.syntax.wildcard import has_wildcard

PARTITION, SERVICE, REGION, ACCOUNT, RESOURCE = range(1, 6)
_BRACES = r"\$?\{[^{}]*\}|\$?<[^<>]*>"


@dataclass(frozen=True, slots=True)
class WrittenArn:
    """An ARN, or a pattern of one, at its place. `element` is `Resource`, `NotResource`, `Principal`, `NotPrincipal` or
    the condition key that it is compared with; `segments` are one to six."""

    text: str
    pointer: Pointer
    element: str
    segments: tuple[str, ...]

    @property
    def is_resource(self) -> bool:
        return self.element in ("Resource", "NotResource")

    @property
    def is_whole(self) -> bool:
        return len(self.segments) == 6

    def segment(self, index: int) -> str | None:
        """A segment, or nothing when the ARN is cut short before it."""
        return self.segments[index] if index < len(self.segments) else None

    def literal(self, index: int) -> str | None:
        """A segment that is plain text: it holds no wildcard, no variable and nothing in angle brackets."""
        text = self.segment(index)
        return None if text is None or has_wildcard(text) or "$" in text or "<" in text else text

    def within(self, index: int) -> tuple[int, int]:
        """The characters of a segment."""
        start = sum(len(segment) + 1 for segment in self.segments[:index])
        return start, start + len(self.segments[index])

    def with_segment(self, index: int, text: str) -> str:
        """The ARN with another text for one segment."""
        return ":".join((*self.segments[:index], text, *self.segments[index + 1 :]))


def split_written(text: str) -> tuple[str, ...]:
    """The segments of an ARN as a person sees them.

    >>> split_written("arn:aws:iam::${aws:PrincipalAccount}:role/x")
    ('arn', 'aws', 'iam', '', '${aws:PrincipalAccount}', 'role/x')
    """
    if "{" not in text and "<" not in text:
        return tuple(split_arn(text))
    hidden = re.sub(_BRACES, lambda found: found.group().replace(":", "\0"), text)
    return tuple(segment.replace("\0", ":") for segment in split_arn(hidden))


@once_a_statement
def resource_arns(statement: Statement) -> tuple[WrittenArn, ...]:
    """The entries of `Resource` and `NotResource` that begin as an ARN does."""
    return tuple(
        WrittenArn(entry.text, entry.pointer, element, split_written(entry.text))
        for element, entries in (("Resource", statement.resources), ("NotResource", statement.not_resources))
        for entry in entries or ()
        if entry.text.startswith("arn:")
    )


@once_a_statement
def all_arns(statement: Statement) -> tuple[WrittenArn, ...]:
    """The ARNs of resources, of principals, and of conditions with an ARN operator."""
    return (*resource_arns(statement), *_other_arns(statement))


def _other_arns(statement: Statement) -> Iterator[WrittenArn]:
    for element, principals in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        for principal in principals or ():
            if principal.text.startswith("arn:"):
                yield WrittenArn(principal.text, principal.pointer, element, split_written(principal.text))
    for condition in statement.conditions:
        if condition.operator.family == "Arn":
            for value in condition.values:
                if value.text.startswith("arn:"):
                    yield WrittenArn(value.text, value.pointer, condition.key, split_written(value.text))
