"""How wide a statement is: whether it holds for every resource, and without asking anything of the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Entry, Policy, Statement
from policyeval.rules.contract import RuleContext
from policyeval.source import Pointer

NO_PRINCIPAL_KINDS = frozenset(kind for kind in PolicyKind if not kind.elements.principal)
"""Policies whose statements must name resources, and name no principal."""


def is_star(text: str) -> bool:
    """Whether an entry covers everything: `*`, or a run of them."""
    return bool(text) and not text.strip("*")


def is_every_action(text: str) -> bool:
    return is_star(text) or text == "*:*"


def star_in(entries: Iterable[Entry] | None) -> Entry | None:
    """The entry of `Resource` that covers everything."""
    return next((entry for entry in entries or () if is_star(entry.text)), None)


def covers_all_resources(statement: Statement) -> bool:
    return star_in(statement.resources) is not None


def is_unconditional(statement: Statement) -> bool:
    return not statement.conditions


def always_denied(policy: Policy, context: RuleContext) -> frozenset[str]:
    """The actions, in lower case, that a Deny without condition forbids on every resource."""
    return frozenset().union(*(context.actions(statement) for statement in absolute_denies(policy)))


def absolute_denies(policy: Policy) -> Iterator[Statement]:
    """The Denies without condition on every resource."""
    for statement in policy:
        if statement.effect == "Deny" and is_unconditional(statement) and covers_all_resources(statement):
            yield statement


def first_place(statement: Statement, element: str) -> Pointer:
    """The place of an element's only entry, else that of the element."""
    entries = {"Resource": statement.resources, "NotResource": statement.not_resources}.get(element)
    return entries[0].pointer if entries is not None and len(entries) == 1 else statement.element(element)
