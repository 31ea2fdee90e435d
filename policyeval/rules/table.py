"""Every rule, by name. A rule that is not in this table does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policyeval.rules import (
    invalid_effect,
)
from policyeval.rules.contract import Rule

ALL_RULES: tuple[Rule, ...] = (invalid_effect.RULE,)

BY_NAME: Mapping[str, Rule] = MappingProxyType({rule.name: rule for rule in ALL_RULES})
