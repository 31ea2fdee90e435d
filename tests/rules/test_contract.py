"""What every rule owes: a name, a manual, an example that it finds, a remedy that is clean, and fixes that keep their
promise."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from policyeval import rules as rules_package
from policyeval.diagnostics.finding import Finding
from policyeval.fixing import apply_fixes
from policyeval.linter.files import Asked, check_source
from policyeval.linter.selection import Selection
from policyeval.rules.contract import Rule, RuleOptions
from policyeval.rules.listing import TABLE, make_table
from policyeval.rules.manual import OPTIONAL_SECTIONS, SECTIONS, Example, read_manual
from policyeval.rules.scaffold import PLACEHOLDER
from policyeval.rules.table import ALL_RULES, BY_NAME
from policyeval.source import Source
from tests.diagnostics.widths import assert_within_the_width
from tests.rules.sampling import differences

DIRECTORY = Path(inspect.getfile(rules_package)).parent

# Findings about a file as a whole or about the configuration: no document can show them.
TOO_LONG_FOR_A_MANUAL = {"policy-too-large", "inline-quota-exceeded"} | {
    rule.name for rule in ALL_RULES if rule.name.startswith("policy-size-exceeds-")
}
WITHOUT_EXAMPLE = {"invalid-encoding", "unused-allowance", "expired-allowance"} | TOO_LONG_FOR_A_MANUAL

PROPER_NOUNS = {"Access", "Amazon", "Organizations", "Sid", "Sids"}

every_rule = pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in ALL_RULES])


def findings(rule: Rule, example: Example, text: str | None = None) -> list[Finding]:
    """What the default rules and this one find in an example."""
    selection = (
        Selection() if not rule.pedantic else Selection((*(r.name for r in ALL_RULES if not r.pedantic), rule.name))
    )
    name = "account.yaml" if example.language == "yaml" else "policy.json"
    source = Source(name, example.text if text is None else text)
    asked = Asked(selection, RuleOptions(account_id=example.account_id), example.kind)
    return check_source(source, asked).findings


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(ALL_RULES)


def test_the_table_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == make_table(), "run `python -m policyeval.rules.listing`"


@every_rule
def test_a_rule_is_named_as_its_file(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    assert import_module(f"policyeval.rules.{rule.module_name}").RULE.name == rule.name


@every_rule
def test_the_table_says_of_a_rule_what_its_module_says(rule: Rule) -> None:
    own = import_module(f"policyeval.rules.{rule.module_name}").RULE
    for field in fields(Rule):
        here, there = getattr(rule, field.name), getattr(own, field.name)
        if field.name in ("statement", "policy", "account"):
            assert (here is None) == (there is None)
        else:
            assert here == there


@every_rule
def test_a_rule_is_filled_in(rule: Rule) -> None:
    assert PLACEHOLDER not in (DIRECTORY / f"{rule.module_name}.py").read_text(encoding="utf-8")


@every_rule
def test_a_rule_looks_at_one_thing_at_most(rule: Rule) -> None:
    assert sum(check is not None for check in (rule.statement, rule.policy, rule.account)) <= 1
    assert rule.kinds


@every_rule
def test_a_rule_silences_others_that_exist(rule: Rule) -> None:
    assert set(rule.silences) <= set(BY_NAME) - {rule.name}


@every_rule
def test_a_rule_file_holds_no_state(rule: Rule) -> None:
    tree = ast.parse((DIRECTORY / f"{rule.module_name}.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal)]


@every_rule
def test_a_manual_has_its_sections(rule: Rule) -> None:
    manual = read_manual(rule)
    assert re.fullmatch(r"[^\n]+\.", manual.summary), "the first line is one sentence"
    assert len(manual.summary) <= 120
    wanted = [
        section
        for section in SECTIONS
        if section in manual.sections
        or (section not in OPTIONAL_SECTIONS and not (rule.name in WITHOUT_EXAMPLE and section == "Use instead"))
    ]
    assert list(manual.sections) == wanted
    assert all(manual.sections.values())


@every_rule
def test_the_example_fires_this_rule_and_no_other(rule: Rule) -> None:
    if rule.name in WITHOUT_EXAMPLE:
        pytest.skip("no document can show it")
    examples = read_manual(rule).examples
    assert examples
    for example in examples:
        found = findings(rule, example)
        assert {finding.rule for finding in found} == {rule.name}, "\n".join(map(str, found))


@every_rule
def test_use_instead_is_clean(rule: Rule) -> None:
    if rule.name in WITHOUT_EXAMPLE:
        pytest.skip("no document can show it")
    remedies = read_manual(rule).remedies
    assert remedies
    for remedy in remedies:
        found = findings(rule, remedy)
        assert not found, "\n".join(map(str, found))


@every_rule
def test_places_exist_and_messages_are_in_form(rule: Rule) -> None:
    for example in read_manual(rule).examples:
        found = findings(rule, example)
        assert_within_the_width(found)
        for finding in found:
            assert finding.labels[0].primary
            assert not any(label.primary for label in finding.labels[1:])
            for label in finding.labels:
                span = label.where.find(finding.source)
                assert 0 <= span.start <= span.end <= len((label.where.source or finding.source).text)
            texts = [finding.message, *(label.text for label in finding.labels), *finding.notes]
            for text in [*texts, finding.help or "", finding.fix.message if finding.fix else ""]:
                assert "\n" not in text
                assert not text.endswith(".") or text.endswith("…")
                assert text.count("`") % 2 == 0
                first = text.split(" ")[0]
                assert not re.fullmatch(r"[A-Z][a-z]+", first) or first in PROPER_NOUNS


@every_rule
def test_a_fix_is_described_and_leaves_a_clean_document(rule: Rule) -> None:
    for example in read_manual(rule).examples:
        found = findings(rule, example)
        fixable = [finding for finding in found if finding.fix is not None]
        if not fixable:
            continue
        assert "Fix safety" in read_manual(rule).sections
        text = example.text
        for _ in range(10):
            source = Source("policy.json", text)
            found = check_again(rule, example, text)
            fixed = apply_fixes(source, found, unsafe=True)
            if fixed.text == text:
                break
            text = fixed.text
        left = [finding for finding in check_again(rule, example, text) if finding.fix is not None]
        assert not left, "\n".join(map(str, left))
        if len(fixable) == len(findings(rule, example)):
            assert not check_again(rule, example, text), text


def check_again(rule: Rule, example: Example, text: str) -> list[Finding]:
    return findings(rule, example, text)


@every_rule
def test_a_safe_fix_keeps_what_is_allowed(rule: Rule) -> None:
    for example in read_manual(rule).examples:
        found = [finding for finding in findings(rule, example) if finding.fix is not None and finding.fix.safe]
        if not found:
            continue
        source = found[0].source
        fixed = apply_fixes(source, found, unsafe=False).text
        assert fixed != source.text
        assert not differences(source.text, fixed, example.kind)
