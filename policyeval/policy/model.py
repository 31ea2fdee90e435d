"""A policy document as values: frozen, every element carrying the JSON Pointer of where it stands.

Source of the elements: IAM User Guide, reference_policies_elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from policyeval.policy.kind import PolicyKind
from policyeval.source import Pointer, Source, child
from policyeval.syntax.operator import Operator

Effect = Literal["Allow", "Deny"]
CURRENT_VERSION = "2012-10-17"
OLD_VERSION = "2008-10-17"


class Entry(NamedTuple):
    """One string of a list element (`Action`, `Resource`, a condition's values) and where it stands."""

    text: str
    pointer: Pointer


class PrincipalEntry(NamedTuple):
    """One principal. `type` is the key it stands under (`AWS`, `Service`, `Federated`, `CanonicalUser`); a bare
    `"Principal": "*"` is `AWS` and `*`."""

    type: str
    text: str
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator and key of a `Condition` block. `pointer` is the key's place; the values are ORed."""

    operator: Operator
    key: str
    values: tuple[Entry, ...]
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. An element that the document does not have is `None`; an empty list is an empty tuple."""

    index: int
    pointer: Pointer
    effect: Effect
    sid: str | None = None
    principals: tuple[PrincipalEntry, ...] | None = None
    not_principals: tuple[PrincipalEntry, ...] | None = None
    actions: tuple[Entry, ...] | None = None
    not_actions: tuple[Entry, ...] | None = None
    resources: tuple[Entry, ...] | None = None
    not_resources: tuple[Entry, ...] | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def label(self) -> str:
        """The `Sid`, or `statement 3` counted from 1."""
        return self.sid or f"statement {self.index + 1}"

    def element(self, name: str) -> Pointer:
        """The place of an element: `statement.element("Effect")`."""
        return child(self.pointer, name)


@dataclass(frozen=True)
class Policy:
    """A policy document.

    `name` says where it came from in a person's words (a path, or an inline policy's name); `source` is the text it
    was read from, when there is one, and every pointer in it counts from the root of that text.
    """

    kind: PolicyKind
    statements: tuple[Statement, ...]
    version: str | None = None
    id: str | None = None
    name: str = "policy"
    source: Source | None = field(default=None, repr=False)
    pointer: Pointer = ""

    @property
    def has_variables(self) -> bool:
        """Whether `${...}` means anything in it: only under the current version (reference_policies_variables)."""
        return self.version == CURRENT_VERSION

    def __iter__(self) -> Iterator[Statement]:
        return iter(self.statements)

    @staticmethod
    def load(path: str, kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
        """Read a policy file; raises `ReadError`, `JsonSyntaxError`, `PolicyError` or `LimitError`, with its place.

        The file is a policy document, or what `aws iam get-policy-version`, `get-user-policy`, `get-role-policy`
        or `get-group-policy` prints.
        """
        from policyeval.policy.loading import load_policy

        return load_policy(path, kind)

    @staticmethod
    def parse(document: object, kind: PolicyKind = PolicyKind.IDENTITY, name: str = "policy") -> Policy:
        """Read a policy from a decoded document (`dict`) or a JSON text; raises as `load` does."""
        from policyeval.policy.loading import parse_policy

        return parse_policy(document, kind, name)
