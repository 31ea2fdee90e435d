"""`fixtures/err/<rule>/<case>.json` is checked and what comes out stands beside it, word for word.

A kind that no policy tells stands in the name: `<case>.scp.json`. An account rule's case is a directory with an
`account.yaml`. `POLICYEVAL_UPDATE=1 pytest tests/linter/test_err_fixtures.py` writes the outputs anew; read the
difference before it is committed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from policyeval.diagnostics.render.full import render_finding
from policyeval.diagnostics.style import Style
from policyeval.linter.files import Asked, check_file
from policyeval.linter.ordering import in_order
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.rules.contract import RuleOptions
from policyeval.rules.table import ALL_RULES, BY_NAME
from tests.diagnostics.widths import assert_within_the_width

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "err"
UPDATE = os.environ.get("POLICYEVAL_UPDATE") == "1"
KINDS = {kind.value: kind for kind in PolicyKind}


def cases() -> list[Path]:
    files = [path for path in FIXTURES.glob("*/*") if path.suffix in (".json", ".yaml")]
    return sorted([*files, *FIXTURES.glob("*/*/account.yaml"), *FIXTURES.glob("*/*/account.json")])


def kind_of(path: Path) -> PolicyKind | None:
    return KINDS.get(path.with_suffix("").suffix.removeprefix("."))


def output(path: Path) -> tuple[set[str], str]:
    """The rules that find something in a case, and all of it as a person would see it."""
    rule = BY_NAME[path.relative_to(FIXTURES).parts[0]]
    names = tuple(each.name for each in ALL_RULES if not each.pedantic or each is rule)
    options = RuleOptions(account_id="123456789012" if ".account." in path.name else None)
    name = path.relative_to(FIXTURES).as_posix()
    findings = check_file(name, Asked(Selection(names), options, kind_of(path))).findings
    ordered = in_order([replace(finding, fingerprint="") for finding in findings])
    assert_within_the_width(ordered)
    lines = [line for finding in ordered for line in (*render_finding(finding, Style()), "")]
    return {finding.rule for finding in findings}, "\n".join(lines)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.relative_to(FIXTURES).as_posix()) for path in cases()])
def test_a_case_says_what_it_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    found, text = output(path)
    assert path.relative_to(FIXTURES).parts[0] in found
    expected = path.with_suffix(".out")
    if UPDATE:
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", [pytest.param(rule.name, id=rule.name) for rule in ALL_RULES])
def test_every_rule_has_two_cases(rule: str) -> None:
    if rule in ("unused-allowance", "expired-allowance"):
        pytest.skip("found in the configuration, see test_allowances")
    assert len([path for path in cases() if path.relative_to(FIXTURES).parts[0] == rule]) >= 2


def test_no_output_without_its_case() -> None:
    wanted = {path.with_suffix(".out") for path in cases()}
    assert {*FIXTURES.glob("*/*.out"), *FIXTURES.glob("*/*/*.out")} <= wanted
