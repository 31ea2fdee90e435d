"""Which rules are asked, and which are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyeval.config import load_config
from policyeval.errors import ConfigError
from policyeval.linter.selection import NEW_ACCESS, Selection, check_rule_names, rule_names
from policyeval.policy.kind import PolicyKind
from policyeval.rules.table import ALL_RULES, BY_NAME


def test_by_default_all_but_the_pedantic_are_shown() -> None:
    assert Selection().shown == {rule.name for rule in ALL_RULES if not rule.pedantic}
    assert Selection(pedantic=True).shown == set(BY_NAME)


def test_selected_rules_alone_are_asked() -> None:
    selection = Selection(("invalid-action", "missing-*"))
    assert "invalid-action" in selection.shown
    assert {name for name in BY_NAME if name.startswith("missing-")} < selection.shown
    assert {rule.name for rule in selection.asked} == selection.shown


def test_an_ignored_rule_is_not_shown_even_when_selected() -> None:
    assert Selection(("missing-*",), ("missing-effect",)).shown == rule_names(["missing-*"]) - {"missing-effect"}


def test_an_ignored_rule_still_silences_what_has_the_same_cause() -> None:
    selection = Selection(ignore=("invalid-policy-element",))
    assert not selection.shows("invalid-policy-element")
    assert BY_NAME["invalid-policy-element"] in selection.asked


def test_a_name_that_is_no_rule_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no rule `invalid-acton`") as raised:
        Selection(("invalid-acton",))
    assert raised.value.help == "did you mean `invalid-action`?"


def test_a_pattern_that_fits_no_rule_is_refused() -> None:
    with pytest.raises(ConfigError):
        Selection(ignore=("no-such-*",))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('select = ["missing-*", "invalid-acton"]', '"invalid-acton"'),
        ("ignore = ['invalid-acton']", "'invalid-acton'"),
        ('[[allow]]\nrules = ["new-access", "invalid-acton"]\nreason = "x"', '"invalid-acton"'),
    ],
)
def test_a_name_in_the_configuration_that_is_no_rule_is_refused_where_it_stands(
    tmp_path: Path, text: str, word: str
) -> None:
    path = tmp_path / "policyeval.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match="no rule `invalid-acton`") as raised:
        check_rule_names(load_config(str(path)))
    error = raised.value
    assert error.help == "did you mean `invalid-action`?"
    assert error.span is not None
    assert text[error.span.start : error.span.end] == word


def test_new_access_is_no_rule_and_may_be_allowed(tmp_path: Path) -> None:
    path = tmp_path / "policyeval.toml"
    path.write_text('[[allow]]\nrules = ["new-access"]\nreason = "x"')
    check_rule_names(load_config(str(path)))
    with pytest.raises(ConfigError):
        Selection((NEW_ACCESS,))


@pytest.mark.parametrize("kind", list(PolicyKind))
def test_a_rule_is_asked_about_the_kinds_that_it_knows(kind: PolicyKind) -> None:
    for rule in Selection(pedantic=True).rules_for(kind):
        assert kind in rule.kinds
