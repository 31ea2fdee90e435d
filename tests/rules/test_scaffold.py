"""A new rule in ten minutes, as CONTRIBUTING.md tells: a skeleton that the contract refuses, and what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import policyeval
from policyeval.diagnostics.severity import Severity
from policyeval.rules.scaffold import PLACEHOLDER, ScaffoldError, scaffold

ROOT = Path(__file__).parent.parent.parent
PACKAGE = Path(policyeval.__file__).parent
NAME = "bucket-of-the-example"

FILLED = {
    "FILL IN: what the rule finds, in one sentence.": "A statement about the bucket of AWS's examples.",
    "FILL IN: what it reports, and what it leaves alone.": "Reports what lists `team-logs`.",
    "FILL IN: what happens to the people who hold the policy, or to those who do not.": "It is nobody's bucket.",
    "[FILL IN]": "[Policy elements]",
    'entry.text == "FILL IN"': 'entry.text == "s3:ListBucket"',
    "FILL IN: the fact, about `{entry.text}`": "`{entry.text}` is about an example",
    "FILL IN: what is wrong at this very place": "only an example",
    "FILL IN: what to do": "name your own bucket",
}
SKELETON = '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"'
EXAMPLE = '"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::team-logs"'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The package, its tests of rules, and room for cases."""
    shutil.copytree(PACKAGE, tmp_path / "policyeval")
    if not (PACKAGE / "grammars").exists():
        shutil.copytree(ROOT / "grammars", tmp_path / "grammars")
    for part in ("rules", "proof", "linter", "diagnostics"):
        shutil.copytree(ROOT / "tests" / part, tmp_path / "tests" / part)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "fixtures" / "err").mkdir(parents=True)
    return tmp_path


def run(checkout: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(checkout), **variables}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def contract(checkout: Path, **variables: str) -> str:
    """What pytest says of the rule."""
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "-k", NAME)
    tests = ("tests/rules/test_contract.py", "tests/linter/test_err_fixtures.py")
    return run(checkout, "pytest", *options, *tests, **variables).stdout


def test_a_skeleton_is_refused_until_it_is_filled_in(checkout: Path) -> None:
    made = run(checkout, "policyeval.rules.scaffold", NAME)
    module = checkout / "policyeval" / "rules" / "bucket_of_the_example.py"
    assert made.returncode == 0, made.stderr
    assert f"wrote {module.relative_to(checkout)}" in made.stdout.replace(os.sep, "/")
    assert run(checkout, "ruff", "check", "--no-cache", str(module)).returncode == 0
    assert run(checkout, "ruff", "format", "--no-cache", "--check", str(module)).returncode == 0

    refused = contract(checkout)
    for test in ("test_the_example_fires_this_rule_and_no_other", "test_a_rule_is_filled_in", "first.json"):
        assert f"{test}[" in refused or f"/{test}]" in refused, refused

    text = module.read_text(encoding="utf-8")
    for blank, words in FILLED.items():
        assert blank in text
        text = text.replace(blank, words)
    text = text.replace(SKELETON, EXAMPLE, 1)
    module.write_text(text, encoding="utf-8")
    for case in (checkout / "fixtures" / "err" / NAME).glob("*.json"):
        words = case.read_text(encoding="utf-8").replace(SKELETON, EXAMPLE)
        case.write_text(words, encoding="utf-8")
        case.with_suffix(".out").touch()
    accepted = contract(checkout, POLICYEVAL_UPDATE="1")
    assert " passed" in accepted
    assert " failed" not in accepted, accepted
    assert "only an example" in (checkout / "fixtures" / "err" / NAME / "first.out").read_text(encoding="utf-8")


@pytest.mark.parametrize("scope", ["policy", "account"])
def test_a_skeleton_of_another_scope_is_python(scope: str, tmp_path: Path) -> None:
    (tmp_path / "fixtures" / "err").mkdir(parents=True)
    module, *cases = scaffold("a-new-rule", scope, Severity.SUGGESTION, tmp_path)  # type: ignore[arg-type]
    names: dict[str, object] = {}
    exec(compile(module.read_text(encoding="utf-8"), str(module), "exec"), names)
    rule = names["RULE"]
    assert getattr(rule, scope) is names["check"]
    assert PLACEHOLDER in str(names["__doc__"])
    assert all(case.is_file() for case in cases)
    assert len(cases) == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Empty_Group", "is no name of a rule"),
        ("../escape", "is no name of a rule"),
        ("empty-group", "there is a rule"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match=said):
        scaffold(name, "statement", Severity.WARNING, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "fixtures" / "err").mkdir(parents=True)
    scaffold("a-new-rule", "statement", Severity.WARNING, tmp_path)
    with pytest.raises(ScaffoldError, match="exists"):
        scaffold("a-new-rule", "policy", Severity.WARNING, tmp_path)


def test_rules_are_written_in_a_checkout(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldError, match="fixtures/err"):
        scaffold("a-new-rule", "statement", Severity.WARNING, tmp_path)
