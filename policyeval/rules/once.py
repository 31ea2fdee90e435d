"""What several rules work out of a statement, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from policyeval.policy.model import Statement

T = TypeVar("T")


def once_a_statement(find: Callable[[Statement], T]) -> Callable[[Statement], T]:
    """The function with its last answer kept: the linter asks all rules about one statement before the next one.

    Told by identity, since a statement of thousands of entries takes longer to compare than most answers.
    """
    last: tuple[Statement, T] | None = None

    @wraps(find)
    def found(statement: Statement) -> T:
        nonlocal last
        known = last
        if known is None or known[0] is not statement:
            known = last = statement, find(statement)
        return known[1]

    return found
