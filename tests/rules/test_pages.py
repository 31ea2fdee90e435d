"""docs/rules is what the manuals say, and every check of Access Analyzer has a rule or a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyeval.rules.access_analyzer import LEFT_OUT, every_code, rule_for
from policyeval.rules.pages import make_pages
from policyeval.rules.table import BY_NAME

DIRECTORY = Path(__file__).parent.parent.parent / "docs" / "rules"


def test_the_pages_are_up_to_date() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in DIRECTORY.glob("*.md")} == make_pages(), (
        "run `python -m policyeval.rules.pages`"
    )


@pytest.mark.parametrize(("severity", "code"), list(every_code()))
def test_a_check_of_access_analyzer_has_a_rule_of_its_weight_or_a_reason(severity: object, code: str) -> None:
    name = rule_for(code, BY_NAME)
    assert (name is None) == (code in LEFT_OUT)
    if name is not None:
        assert BY_NAME[name].severity is severity


def test_the_codes_are_160() -> None:
    codes = [code for _, code in every_code()]
    assert len(codes) == len(set(codes)) == 160
