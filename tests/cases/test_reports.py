"""What programs read of a test run: JSON with its schema, JUnit's XML, GitHub's annotations."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import pytest

from policyeval.account.account import Account
from policyeval.account.who_can import who_can
from policyeval.cases import envelope
from policyeval.cases.annotations import annotate
from policyeval.cases.files import TestRun, run_files
from policyeval.cases.junit import junit_xml
from policyeval.cases.reader import Accounts
from policyeval.report import who_can as who_can_report

ROOT = Path(__file__).parent.parent.parent
SCHEMAS = ROOT / "docs/schemas"
ALICE = "arn:aws:iam::111122223333:user/alice"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
CASE = {
    "name": "passes",
    "policies": {"identity": [ALLOW]},
    "request": {"principal": ALICE, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"},
    "expect": "allowed",
}


@pytest.fixture
def run(tmp_path: Path) -> TestRun:
    """A case that passes, one that fails, one that is broken, and a file that is none."""
    failing = {
        **CASE,
        "name": "fails: 50%, <&>\n\x1b[31m",
        "expect": "implicitDeny",
        "because": "a,b:c\r\nd",
        "source": "page",
    }
    broken = {**CASE, "name": "broken", "expect": "never"}
    path = tmp_path / "a.policytest.json"
    path.write_text(json.dumps({"schema": "policyeval.test/1", "cases": [CASE, failing, broken]}), encoding="utf-8")
    return run_files([str(path), str(tmp_path / "none.yaml")], Accounts())


def test_json_fits_its_schema_and_counts(run: TestRun) -> None:
    document = json.loads(envelope.run_json(run))
    jsonschema.validate(document, json.loads((SCHEMAS / "test-run-1.json").read_text(encoding="utf-8")))
    assert document["schema"] == "policyeval.test-run/1"
    assert document["summary"] == {"passed": 1, "failed": 1, "errors": 2, "total": 4, "deselected": 0}
    passed, failed, broken = document["cases"]
    assert (passed["passed"], passed["expected"], passed["actual"], passed["results"]) == (
        True,
        "allowed",
        "allowed",
        [],
    )
    assert (failed["passed"], failed["expected"], failed["actual"]) == (False, "implicitDeny", "allowed")
    assert failed["results"][0]["deciding"][0]["sid"] == "All"
    assert (failed["source"], failed["start"]["line"]) == ("page", 1)
    assert (broken["passed"], broken["expected"], broken["actual"]) == (False, None, None)
    assert broken["error"]["message"] == "`never` is no value of `expect`"
    assert broken["error"]["start"]["line"] == 1
    assert document["unreadable"][0]["error"]["message"] == "no such file"


def test_who_can_fits_its_schema() -> None:
    account = Account.load(str(ROOT / "fixtures/guide/account.yaml"))
    document = json.loads(who_can_report.who_can_json(who_can(account, "iam:CreateUser"), ["a note"]))
    jsonschema.validate(document, json.loads((SCHEMAS / "who-can-1.json").read_text(encoding="utf-8")))
    assert [member["name"] for member in document["allowed"]] == ["carol"]
    assert document["notes"] == ["a note"]


def test_junit_counts_and_holds_only_characters_of_xml(run: TestRun) -> None:
    root = ElementTree.fromstring(junit_xml(run))
    assert root.attrib == {"name": "policyeval", "tests": "4", "failures": "1", "errors": "2"}
    suite, unreadable = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    passed, failed, broken = suite
    assert (passed.get("name"), list(passed)) == ("passes", [])
    assert failed.get("name") == "fails: 50%, <&>\\n\\x1b[31m"
    (failure,) = failed
    assert (failure.tag, failure.get("message")) == (
        "failure",
        "expected `implicitDeny`, and the decision is `allowed`",
    )
    assert "ALLOWED" in (failure.text or "")
    assert [child.tag for child in broken] == ["error"]
    assert [child.tag for child in unreadable[0]] == ["error"]


def test_annotations_escape_what_commands_are_made_of(run: TestRun) -> None:
    """GitHub Docs, workflow-commands-for-github-actions."""
    lines = list(annotate(run))
    assert len(lines) == 3
    assert all(line.startswith("::error file=") and line.isprintable() for line in lines)
    assert "title=fails%3A 50%25%2C <&>\\n\\x1b[31m::" in lines[0]
    assert "because a,b:c\\r\\nd" in lines[0]
    assert ",line=1,col=" in lines[0]
    assert "`never` is no value of `expect`" in lines[1]
    assert "none.yaml" in lines[2]


def test_a_selection_that_keeps_nothing_is_an_error(tmp_path: Path) -> None:
    from policyeval.errors import CaseError

    path = tmp_path / "a.policytest.json"
    path.write_text(json.dumps({"schema": "policyeval.test/1", "cases": [CASE, {**CASE, "name": "Other"}]}))
    chosen = run_files([str(path)], Accounts(), select="oTHer")
    assert (chosen.total, chosen.deselected, chosen.exit_status) == (1, 1, 0)
    with pytest.raises(CaseError, match="no case has `nothing` in its name"):
        run_files([str(path)], Accounts(), select="nothing")
