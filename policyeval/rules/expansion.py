"""The actions of the catalog that a pattern or a statement speaks of."""

from __future__ import annotations

from functools import lru_cache

from policyeval.catalog.catalog import catalog
from policyeval.policy.model import Entry, Statement
from policyeval.syntax.action import compile_action, is_well_formed
from policyeval.syntax.wildcard import has_wildcard


@lru_cache(maxsize=65536)
def expand_pattern(pattern: str) -> tuple[str, ...]:
    """The actions that an entry of `Action` matches, `service:Name` as AWS spells them, sorted; see `RuleContext`."""
    if not is_well_formed(pattern):
        return ()
    prefix, _, name = pattern.partition(":")
    if has_wildcard(prefix):
        return _every_action()
    service = catalog().service(prefix)
    if service is None:
        return ()
    if not has_wildcard(name):
        found = service.action(name)
        return () if found is None else (found.full_name,)
    fits = compile_action(pattern)
    return tuple(
        service.actions[lower].full_name for lower in sorted(service.actions) if fits(f"{service.prefix}:{lower}")
    )


@lru_cache(maxsize=1)
def _every_action() -> tuple[str, ...]:
    return tuple(catalog().all_actions())


@lru_cache(maxsize=1)
def _every_lower_action() -> frozenset[str]:
    return frozenset(action.lower() for action in _every_action())


@lru_cache(maxsize=4096)
def _lower_actions(patterns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(action.lower() for pattern in patterns for action in expand_pattern(pattern))


def statement_actions(statement: Statement) -> frozenset[str]:
    """The catalog's actions that a statement speaks of, in lower case."""
    if statement.not_actions is not None:
        return _every_lower_action() - _lower_actions(_texts(statement.not_actions))
    return _lower_actions(_texts(statement.actions or ()))


def _texts(entries: tuple[Entry, ...]) -> tuple[str, ...]:
    return tuple(entry.text for entry in entries)
