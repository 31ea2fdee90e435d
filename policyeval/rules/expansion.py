"""The actions of the catalog that a pattern or a statement speaks of."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

from policyeval.catalog.catalog import catalog
from policyeval.policy.model import Entry, Statement
from policyeval.syntax.action import compile_action, is_well_formed
from policyeval.syntax.wildcard import has_wildcard, literal_head


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
        found = service.spelled_actions.get(name.lower())
        return () if found is None else (found,)
    fits = compile_action(pattern)
    names = _sorted_names(service.prefix)
    head = literal_head(name.lower())
    matched = []
    for lower in names[bisect_left(names, head) :]:
        if not lower.startswith(head):
            break
        if fits(f"{service.prefix}:{lower}"):
            matched.append(service.spelled_actions[lower])
    return tuple(matched)


@lru_cache(maxsize=512)
def _sorted_names(prefix: str) -> tuple[str, ...]:
    service = catalog().service(prefix)
    return tuple(sorted(service.spelled_actions)) if service is not None else ()


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
