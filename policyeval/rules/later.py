"""A check whose module is loaded when it is first asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Literal

from policyeval.rules.contract import Remark, Rule

Scope = Literal["statement", "policy", "account"]


class Later:
    """Stands for the check of a rule's module.

    Loading a module costs some 0.3 ms, and a table that loaded all of them would take longer than checking a policy.
    """

    __slots__ = ("_check", "module", "scope")

    def __init__(self, module: str, scope: Scope) -> None:
        self.module = module
        self.scope = scope
        self._check: Callable[[Any, Any], Iterator[Remark]] | None = None

    def __call__(self, subject: Any, context: Any) -> Iterator[Remark]:
        if self._check is None:
            rule: Rule = import_module(f"policyeval.rules.{self.module}").RULE
            self._check = getattr(rule, self.scope)
        assert self._check is not None
        return self._check(subject, context)

    def __repr__(self) -> str:
        return f"Later({self.module!r}, {self.scope!r})"
