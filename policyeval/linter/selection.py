"""Which rules are asked, and which of their findings are shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from policyeval.config import Config
from policyeval.errors import ConfigError
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import Rule
from policyeval.rules.table import ALL_RULES, BY_NAME
from policyeval.vocabulary import did_you_mean

NEW_ACCESS = "new-access"
"""What `policyeval diff` calls its finding: allowances may name it as they name rules."""


@dataclass(frozen=True)
class Selection:
    """Rules by name. With `select` only those; without it all that are not pedantic; never those of `ignore`.

    An entry may hold wildcards: `pass-role-*`. A rule that is ignored still silences what has the same cause: whoever
    says that an administrator is meant to be one does not ask to hear in twenty ways what administrators may do.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False

    def __post_init__(self) -> None:
        for entry in (*self.select, *self.ignore):
            check_rule_name(entry)

    def __reduce__(self) -> tuple[object, ...]:
        """Travels to other processes as what was asked for, without the rules that follow from it."""
        return Selection, (self.select, self.ignore, self.pedantic)

    def shows(self, name: str) -> bool:
        """Whether findings of a rule are reported."""
        return name in self.shown

    @cached_property
    def shown(self) -> frozenset[str]:
        return frozenset(rule.name for rule in ALL_RULES if self._shows(rule))

    def _shows(self, rule: Rule) -> bool:
        if any(fnmatchcase(rule.name, entry) for entry in self.ignore):
            return False
        if self.select:
            return any(fnmatchcase(rule.name, entry) for entry in self.select)
        return self.pedantic or not rule.pedantic

    @cached_property
    def asked(self) -> tuple[Rule, ...]:
        """The rules that run: those that are shown, and ignored ones that silence others."""
        return tuple(
            rule
            for rule in ALL_RULES
            if rule.name in self.shown or (rule.silences and not self.select and not rule.pedantic)
        )

    @cached_property
    def _by_kind(self) -> dict[PolicyKind, tuple[Rule, ...]]:
        return {}

    def rules_for(self, kind: PolicyKind) -> tuple[Rule, ...]:
        """The rules that are asked about policies of a kind."""
        found = self._by_kind.get(kind)
        if found is None:
            found = self._by_kind[kind] = tuple(
                rule
                for rule in self.asked
                if kind in rule.kinds and (rule.statement is not None or rule.policy is not None)
            )
        return found


def check_rule_name(entry: str, others: tuple[str, ...] = ()) -> None:
    """Raise `ConfigError` when an entry names no rule, with the nearest that exists; `others` are good as well."""
    names = (*BY_NAME, *others)
    if entry in names or (set(entry) & set("*?[") and any(fnmatchcase(name, entry) for name in names)):
        return
    raise ConfigError(f"no rule `{entry}`", help=did_you_mean(entry, names) or "list them with `policyeval rules`")


def check_rule_names(config: Config) -> None:
    """Raise `ConfigError`, located, for the first entry of a configuration that names no rule."""
    for entry in (*config.select, *config.ignore):
        _check_located(entry, (), config, 0)
    for allowance in config.allow:
        for entry in allowance.rules:
            _check_located(entry, (NEW_ACCESS,), config, allowance.span.start)


def _check_located(entry: str, others: tuple[str, ...], config: Config, start: int) -> None:
    try:
        check_rule_name(entry, others)
    except ConfigError as error:
        raise ConfigError(
            error.message, source=config.source, span=config.place_of(entry, start), help=error.help
        ) from None


def rule_names(entries: Iterable[str]) -> frozenset[str]:
    """The names of the rules that the entries mean."""
    return frozenset(name for name in BY_NAME for entry in entries if fnmatchcase(name, entry))
