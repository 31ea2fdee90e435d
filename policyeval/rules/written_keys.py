"""The condition keys that a statement names: in its conditions and in its policy variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policyeval.catalog.catalog import catalog
from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.fix import ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.policy.model import Policy, Statement
from policyeval.syntax.variable import Variable, parse_template


@dataclass(frozen=True, slots=True)
class WrittenKey:
    """A key and where it stands: as a member of a condition, or inside the text at `where`."""

    key: str
    where: Where
    in_variable: bool

    @property
    def prefix(self) -> str:
        """What stands before the first colon, in lower case; empty when there is none."""
        prefix, colon, _ = self.key.partition(":")
        return prefix.lower() if colon else ""

    def rename(self, key: str) -> ReplaceText:
        """The edit that writes another key."""
        return ReplaceText(self.where.pointer, key, self.where.within, on_key=self.where.on_key)


def written_keys(statement: Statement, policy: Policy) -> Iterator[WrittenKey]:
    """All keys of a statement; those of variables only where the policy's version has variables."""
    for condition in statement.conditions:
        yield WrittenKey(condition.key, Where(condition.pointer, on_key=True), in_variable=False)
    if not policy.has_variables:
        return
    resources = (*(statement.resources or ()), *(statement.not_resources or ()))
    values = (value for condition in statement.conditions for value in condition.values)
    for entry in (*resources, *values):
        if "${" not in entry.text:
            continue
        at = 0
        for part in parse_template(entry.text):
            if isinstance(part, Variable):
                start = entry.text.index("${" + part.key, at) + 2
                at = start + len(part.key)
                yield WrittenKey(part.key, Where(entry.pointer, within=(start, at)), in_variable=True)


def absence(written: WrittenKey) -> str:
    """What comes of a key that no request carries."""
    if written.in_variable:
        return "no request carries the key, so the variable has no value and the text matches nothing"
    return "no request carries the key; AWS takes the policy all the same"


def key_type(key: str) -> str | None:
    """The type of a key, as `ConditionKey.type`; nothing for a key that is not known."""
    found = global_key(key)
    if found is not None:
        return found.type
    entry = catalog().condition_key(key)
    return entry.type if entry is not None else None


def is_multivalued(key: str) -> bool:
    return (key_type(key) or "").startswith("ArrayOf")
