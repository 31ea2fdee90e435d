"""Changes to a document, said symbolically: text edits are made of them late, so formatting is kept."""

from __future__ import annotations

from dataclasses import dataclass

from policyeval.source import Pointer


@dataclass(frozen=True, slots=True)
class ReplaceText:
    """Put other characters in a string, or in a key: `within` counts characters of the decoded string."""

    pointer: Pointer
    text: str
    within: tuple[int, int] | None = None
    on_key: bool = False


@dataclass(frozen=True, slots=True)
class ReplaceValue:
    """Put another value (decoded JSON) in the place of one."""

    pointer: Pointer
    value: object


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an item out of its list or a member out of its object, with its comma and, when it had one, its line."""

    pointer: Pointer


@dataclass(frozen=True, slots=True)
class InsertItem:
    """Add a value to the end of the list at `pointer`, laid out as the last item is."""

    pointer: Pointer
    value: object


@dataclass(frozen=True, slots=True)
class InsertMember:
    """Add a member to the object at `pointer`: before the member of that name, else at the end."""

    pointer: Pointer
    key: str
    value: object
    before: str | None = None


Edit = ReplaceText | ReplaceValue | Remove | InsertItem | InsertMember


@dataclass(frozen=True, slots=True)
class Fix:
    """What would mend a finding; `message` is an imperative: "write `iam:DeleteAccessKey`".

    `safe` promises that the set of allowed requests stays the same; of a policy that AWS would refuse nothing can be
    promised. A fix that is not safe is applied only with `--unsafe-fixes`, and even so never widens access without its
    message saying so.
    """

    message: str
    edits: tuple[Edit, ...]
    safe: bool = False
