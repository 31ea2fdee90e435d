"""The table of rules, made from the rules' modules: `python -m policyeval.rules.listing`.

The table repeats what each module says of its rule, because a table that had to load 180 modules to know it would take
longer than a check. A test holds the two together.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from policyeval.policy.kind import PolicyKind
from policyeval.reading import write_whole
from policyeval.rules.contract import (
    EVERY_KIND,
    GRANTING_KINDS,
    IDENTITY_KINDS,
    PRINCIPAL_KINDS,
    Rule,
    Topic,
)

DIRECTORY = Path(__file__).parent
TABLE = DIRECTORY / "table.py"
_HEAD = '''"""Every rule, by name. Made by `python -m policyeval.rules.listing`; what is not in it does not exist.

A rule's module is loaded when the rule is first asked (`later`).
"""

# ruff: noqa: E501  # a row is a line
# fmt: off

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import @NAMES@
from policyeval.rules.later import Later

ALL_RULES: tuple[Rule, ...] = (
'''
_TAIL = """)

BY_NAME: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in ALL_RULES})
"""
_KINDS = {
    frozenset(GRANTING_KINDS): "GRANTING_KINDS",
    frozenset(IDENTITY_KINDS): "IDENTITY_KINDS",
    frozenset(PRINCIPAL_KINDS): "PRINCIPAL_KINDS",
}


def rule_modules() -> list[str]:
    """The names of the modules that hold a rule, sorted."""
    holds = re.compile(r"^RULE(?:: Final)? = ", re.MULTILINE)
    return sorted(
        path.stem
        for path in DIRECTORY.glob("*.py")
        if path.name != os.path.basename(__file__) and holds.search(path.read_text(encoding="utf-8"))
    )


def make_table() -> str:
    """The text of the table."""
    rules = [import_module(f"policyeval.rules.{name}").RULE for name in rule_modules()]
    rows = "".join(f"    Rule({', '.join(_arguments(rule))}),\n" for rule in rules)
    # The linter refuses a name that no row uses.
    names = [name for name in (*sorted(_KINDS.values()), "Reach", "Rule", "Topic") if re.search(rf"\b{name}\b", rows)]
    return _HEAD.replace("@NAMES@", ", ".join(names)) + rows + _TAIL


def _arguments(rule: Rule) -> Iterator[str]:
    yield f'"{rule.name}"'
    yield f"Severity.{rule.severity.name}"
    for scope in ("statement", "policy", "account"):
        if getattr(rule, scope) is not None:
            yield f'{scope}=Later("{rule.module_name}", "{scope}")'
    if rule.kinds != EVERY_KIND:
        yield f"kinds={_kinds(rule.kinds)}"
    if rule.pedantic:
        yield "pedantic=True"
    if rule.about:
        names = [topic.name for topic in Topic if topic.value and topic in rule.about]
        yield f"about={' | '.join(f'Topic.{name}' for name in names)}"
    if rule.needs_valid_policy:
        yield "needs_valid_policy=True"
    if rule.silences:
        silenced = ", ".join(f'"{name}": Reach.{reach.name}' for name, reach in sorted(rule.silences.items()))
        yield f"silences={{{silenced}}}"


def _kinds(kinds: frozenset[PolicyKind]) -> str:
    named = _KINDS.get(kinds)
    if named is not None:
        return named
    return f"frozenset({{{', '.join(f'PolicyKind.{kind.name}' for kind in PolicyKind if kind in kinds)}}})"


def main() -> None:
    """Write the table."""
    text = make_table()
    write_whole(TABLE, text)
    print(f"{text.count('    Rule(')} rules in {TABLE.name}")


if __name__ == "__main__":
    main()
