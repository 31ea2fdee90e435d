"""The formats: what each must hold, and that no text of a policy gets out of the place it is given."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.render.access_analyzer import access_analyzer_json
from policyeval.diagnostics.render.concise import concise_line
from policyeval.diagnostics.render.full import LONGEST_MESSAGE, render_finding
from policyeval.diagnostics.render.github import github_lines
from policyeval.diagnostics.render.gitlab import gitlab_json
from policyeval.diagnostics.render.junit import junit_xml
from policyeval.diagnostics.render.sarif import sarif_json
from policyeval.diagnostics.severity import Severity
from policyeval.diagnostics.style import Style
from policyeval.diagnostics.summary import Summary, sentence, statistics
from policyeval.linter.files import Asked, check_file
from policyeval.linter.ordering import in_order
from policyeval.linter.selection import Selection
from policyeval.report import check as check_report
from policyeval.report import rules as rules_report
from policyeval.rules.manual import describe
from policyeval.rules.table import ALL_RULES
from policyeval.source import Source

ROOT = Path(__file__).parent.parent.parent
TEXT = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": ["iam>DeleteAccessKey"]
  }
}"""
SOURCE = Source("policies/keys.json", TEXT)
FINDING = Finding(
    rule="invalid-action",
    severity=Severity.ERROR,
    message="action `iam>DeleteAccessKey` does not exist",
    source=SOURCE,
    labels=(
        Label(Where("/Statement/Action/0", within=(3, 4)), "`>` stands where `:` belongs", primary=True),
        Label(Where("/Statement/Effect"), "so nobody is denied"),
    ),
    notes=("AWS stores such an entry and it never matches",),
    help="did you mean `iam:DeleteAccessKey`?",
    fix=Fix("write `iam:DeleteAccessKey`", (ReplaceText("/Statement/Action/0", ":", (3, 4)),)),
    fingerprint="f" * 32,
    attached=("group Keys",),
)


def test_full_shows_the_text_the_note_the_help_and_the_fix() -> None:
    assert "\n".join(render_finding(FINDING, Style())) == (
        "error[invalid-action]: action `iam>DeleteAccessKey` does not exist\n"
        " --> policies/keys.json:5:20\n"
        "  |\n"
        '4 |     "Effect": "Deny",\n'
        "  |               ------ so nobody is denied\n"
        '5 |     "Action": ["iam>DeleteAccessKey"]\n'
        "  |                    ^ `>` stands where `:` belongs\n"
        "  |\n"
        "  = note: AWS stores such an entry and it never matches\n"
        "  = note: attached to group Keys\n"
        "  = help: did you mean `iam:DeleteAccessKey`?\n"
        "  = fix: write `iam:DeleteAccessKey` (with `--unsafe-fixes`)"
    )


def test_concise_is_one_line() -> None:
    assert concise_line(FINDING, Style()) == (
        "policies/keys.json:5:20: error[invalid-action] action `iam>DeleteAccessKey` does not exist "
        "(did you mean `iam:DeleteAccessKey`?)"
    )


def test_a_rule_is_a_link_on_a_terminal_that_follows_links() -> None:
    link = "https://docs.aws.amazon.com/x"
    assert (
        f"\x1b]8;;{link}\x1b\\invalid-action\x1b]8;;\x1b\\"
        in render_finding(FINDING, Style(color=True, hyperlinks=True), link=link)[0]
    )
    assert "\x1b" not in "".join(render_finding(FINDING, Style(), link=link))


def test_github_gets_a_command_with_the_place_and_everything_said() -> None:
    assert list(github_lines([FINDING])) == [
        "::error file=policies/keys.json,line=5,col=20,endLine=5,endColumn=21,title=invalid-action"
        "::action `iam>DeleteAccessKey` does not exist%0AAWS stores such an entry and it never matches"
        "%0Ahelp: did you mean `iam:DeleteAccessKey`?"
    ]


def test_gitlab_gets_a_code_quality_report() -> None:
    (issue,) = json.loads(gitlab_json([FINDING]))
    assert issue == {
        "type": "issue",
        "check_name": "invalid-action",
        "description": "action `iam>DeleteAccessKey` does not exist",
        "severity": "critical",
        "fingerprint": "f" * 32,
        "location": {
            "path": "policies/keys.json",
            "positions": {"begin": {"line": 5, "column": 20}, "end": {"line": 5, "column": 21}},
            "lines": {"begin": 5, "end": 5},
        },
    }


def test_junit_counts_findings_as_failures_and_clean_files_as_passed() -> None:
    root = ElementTree.fromstring(junit_xml([FINDING], ["policies/keys.json", "policies/good.json"], lambda _: True))
    assert root.attrib == {"name": "policyeval", "tests": "2", "failures": "1", "errors": "0"}
    good, keys = root
    assert (good.attrib["name"], good.attrib["failures"], len(good[0])) == ("policies/good.json", "0", 0)
    assert (keys.attrib["name"], keys[0].attrib["line"]) == ("policies/keys.json", "5")
    assert keys[0][0].attrib == {"type": "error", "message": "action `iam>DeleteAccessKey` does not exist"}


def test_junit_passes_a_finding_that_does_not_fail_the_run() -> None:
    root = ElementTree.fromstring(junit_xml([FINDING], ["policies/keys.json"], lambda _: False))
    assert (root.attrib["tests"], root.attrib["failures"], root[0].attrib["failures"]) == ("1", "0", "0")
    (said,) = root[0][0]
    assert (said.tag, (said.text or "").splitlines()[0]) == (
        "system-out",
        "error[invalid-action]: action `iam>DeleteAccessKey` does not exist",
    )


def test_access_analyzer_gets_the_shape_of_validate_policy() -> None:
    """IAM Access Analyzer API Reference, ValidatePolicyFinding: columns and offsets count from 0, lines from 1."""
    (finding,) = json.loads(access_analyzer_json([FINDING], ["policies/keys.json"], describe))["findings"]
    assert finding["findingType"] == "ERROR"
    assert finding["issueCode"] == "INVALID_ACTION"
    assert finding["learnMoreLink"].endswith("#access-analyzer-reference-policy-checks-error-invalid-action")
    assert finding["findingDetails"].startswith("Action `iam>DeleteAccessKey` does not exist. ")
    offset = TEXT.index(">")
    assert finding["locations"] == [
        {
            "path": [
                {"value": "Statement"},
                {"value": "Action"},
                {"index": 0},
                {"substring": {"start": 3, "length": 1}},
            ],
            "span": {
                "start": {"line": 5, "column": 19, "offset": offset},
                "end": {"line": 5, "column": 20, "offset": offset + 1},
            },
        },
        {
            "path": [{"value": "Statement"}, {"value": "Effect"}],
            "span": {
                "start": {"line": 4, "column": 14, "offset": TEXT.index('"Deny"')},
                "end": {"line": 4, "column": 20, "offset": TEXT.index('"Deny"') + 6},
            },
        },
    ]


def test_a_key_of_other_digits_is_no_index() -> None:
    """`²` is a digit to Python's `isdigit` and no number."""
    from dataclasses import replace

    source = Source("a.json", '{"\u00b2": "x"}')
    finding = replace(FINDING, source=source, labels=(Label(Where("/\u00b2"), primary=True),), fix=None)
    (found,) = json.loads(access_analyzer_json([finding], ["a.json"], describe))["findings"]
    assert found["locations"][0]["path"] == [{"value": "\u00b2"}]
    assert found["findingDetails"].endswith(" Did you mean `iam:DeleteAccessKey`?")


def test_access_analyzers_answer_names_the_file_when_there_are_several() -> None:
    answer = json.loads(access_analyzer_json([FINDING], ["policies/keys.json", "good.json"], describe))
    assert answer["good.json"] == {"findings": []}
    assert len(answer["policies/keys.json"]["findings"]) == 1


# ---- SARIF


def everything() -> list[Finding]:
    """Every finding of fixtures/err, so that every format has seen what there is to see."""
    selection = Selection(pedantic=True)
    paths = sorted((ROOT / "fixtures" / "err").glob("*/*.json"))
    return in_order(f for path in paths for f in check_file(str(path), Asked(selection), path.name).findings)


def test_sarif_is_valid_by_the_official_schema() -> None:
    """`pydantic-sarif` is the schema of OASIS as models that refuse what it does not have."""
    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

    findings = everything()
    log = Sarif.model_validate_json(sarif_json(findings, "1.0.0", describe))
    run = log.runs[0]
    assert run.results is not None
    assert len(run.results) == len(findings) > 100
    rules = run.tool.driver.rules
    assert rules is not None
    assert all(rules[result.ruleIndex].id == result.ruleId for result in run.results)


def test_sarif_tells_rule_place_fix_and_fingerprint() -> None:
    from dataclasses import replace

    log = json.loads(sarif_json([FINDING, replace(FINDING, suppressed="two [people] hold it")], "1.0.0", describe))
    first, second = log["runs"][0]["results"]
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert rule["id"] == "invalid-action"
    assert rule["help"]["markdown"].startswith(rule["shortDescription"]["text"])
    region = first["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (5, 20, 21)
    assert first["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "policies/keys.json"}
    assert first["relatedLocations"][0]["message"]["text"] == "so nobody is denied"
    assert first["partialFingerprints"] == {"policyeval/v1": "f" * 32}
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": ":"}}]
    assert "suppressions" not in first
    assert second["suppressions"][0]["justification"] == "two \\[people\\] hold it"


# ---- hostile text

NASTY = 'x\x1b[31m\x07\u202e\n::error::y,z:%0A ]]> <b> & " [l](http://e) \ufffe\x00 \U0001f600'


def nasty() -> Finding:
    source = Source(f"a{NASTY}b.json", json.dumps({"Statement": NASTY}))
    return Finding(
        rule="invalid-action",
        severity=Severity.SECURITY_WARNING,
        message=f"m {NASTY}",
        source=source,
        labels=(Label(Where("/Statement"), NASTY, primary=True),),
        notes=(NASTY,),
        help=NASTY,
        fix=Fix(NASTY, (ReplaceText("/Statement", "ok"),)),
        suppressed=NASTY,
        attached=(NASTY,),
    )


@pytest.mark.parametrize("color", [False, True])
def test_no_text_of_a_policy_puts_a_control_code_on_a_terminal(color: bool) -> None:
    lines = [*render_finding(nasty(), Style(color=color)), concise_line(nasty(), Style(color=color))]
    for line in lines:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", line) if color else line
        assert plain.isprintable(), plain


def test_no_text_of_a_policy_begins_a_workflow_command() -> None:
    (line,) = github_lines([nasty()])
    assert line.isprintable()
    head, _, message = line.removeprefix("::").partition("::")
    assert head.startswith("warning file=a")
    assert len(re.findall(r"(?<=,)(?:line|col|endLine|endColumn|title)=", head)) == 5
    assert head.count(",") == 5
    assert "%0A ]]>" not in message


def test_no_text_of_a_policy_breaks_xml() -> None:
    root = ElementTree.fromstring(junit_xml([nasty()], [], lambda _: True))
    assert [element.tag for element in root.iter()] == ["testsuites", "testsuite", "testcase", "failure"]


def test_no_text_of_a_policy_makes_a_link_in_sarif() -> None:
    text = sarif_json([nasty()], "1.0.0", describe)
    message = json.loads(text)["runs"][0]["results"][0]["message"]["text"]
    assert not re.search(r"(?<!\\)[\[\]]", message)
    uri = json.loads(text)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", uri)


@pytest.mark.parametrize(
    "render",
    [
        lambda f: sarif_json([f], "1", describe),
        lambda f: gitlab_json([f]),
        lambda f: access_analyzer_json([f], [], describe),
        lambda f: check_report.check_json([f], Summary(), ()),
    ],
)
def test_every_json_is_json_in_utf_8(render: Any) -> None:
    text = render(nasty())
    json.loads(text.encode("utf-8"))


def test_a_message_is_bounded() -> None:
    from dataclasses import replace

    line = concise_line(replace(FINDING, message="x" * 10_000, help=None), Style())
    assert len(line) < LONGEST_MESSAGE + 100


# ---- the envelope


def test_findings_are_valid_by_the_published_schema() -> None:
    import jsonschema

    schema = json.loads((ROOT / "docs" / "schemas" / "check-1.json").read_text(encoding="utf-8"))
    findings = everything()
    envelope = json.loads(check_report.check_json(findings, Summary(), ()))
    jsonschema.validate(envelope, schema)
    assert len(envelope["findings"]) == len(findings)


def test_rules_are_valid_by_the_published_schema() -> None:
    import jsonschema

    schema = json.loads((ROOT / "docs" / "schemas" / "rules-1.json").read_text(encoding="utf-8"))
    envelope = json.loads(rules_report.rules_json([describe(rule.name) for rule in ALL_RULES]))
    jsonschema.validate(envelope, schema)


def test_a_finding_as_data() -> None:
    (finding,) = json.loads(check_report.check_json([FINDING], Summary(), ()))["findings"]
    start = {"line": 5, "column": 20, "offset": TEXT.index(">")}
    end = {"line": 5, "column": 21, "offset": TEXT.index(">") + 1}
    assert finding["labels"][0] == {
        "file": "policies/keys.json",
        "path": "policies/keys.json",
        "line": 5,
        "pointer": "/Statement/Action/0",
        "primary": True,
        "text": "`>` stands where `:` belongs",
        "start": start,
        "end": end,
    }
    assert finding["fix"] == {
        "message": "write `iam:DeleteAccessKey`",
        "safe": False,
        "edits": [{"start": start, "end": end, "text": ":"}],
    }
    assert (finding["suppressed"], finding["fingerprint"], finding["attached"]) == (None, "f" * 32, ["group Keys"])


# ---- the last line

SENTENCES: list[tuple[dict[str, Any], str]] = [
    ({"policies": 1}, "nothing found in 1 policy"),
    ({"by_severity": {Severity.ERROR: 1}, "policies": 2}, "1 error in 2 policies"),
    (
        {"by_severity": {Severity.SECURITY_WARNING: 2, Severity.SUGGESTION: 1}, "policies": 1200, "accounts": 1},
        "2 security warnings and 1 suggestion in 1,200 policies and 1 account",
    ),
    (
        {"policies": 3, "case_files": 2, "allowed": 1, "in_baseline": 4, "skipped": 1, "ignored": 2, "failures": 1},
        "nothing found in 3 policies and 2 files of cases (1 allowed by the configuration, 4 in the baseline, "
        "1 file without a policy skipped, 2 files ignored, 1 file not checked)",
    ),
    (
        {"policies": 3, "unentered": 1, "irregular": 2, "failures": 1},
        "nothing found in 3 policies (1 directory not entered, 2 broken links and devices passed over, "
        "1 file not checked)",
    ),
    ({"policies": 1, "safe_fixes": 1}, "nothing found in 1 policy; 1 fix with `--fix`"),
    ({"policies": 1, "unsafe_fixes": 2}, "nothing found in 1 policy; 2 fixes with `--fix --unsafe-fixes`"),
    (
        {"policies": 1, "safe_fixes": 2, "unsafe_fixes": 3, "fixed": 4},
        "nothing found in 1 policy (4 fixed); 2 fixes with `--fix`, 3 more with `--fix --unsafe-fixes`",
    ),
]


@pytest.mark.parametrize(("numbers", "line"), SENTENCES)
def test_the_last_line_counts_everything(numbers: dict[str, Any], line: str) -> None:
    from collections import Counter

    assert sentence(Summary(**{**numbers, "by_severity": Counter(numbers.get("by_severity", {}))})) == line


def test_statistics_count_by_rule() -> None:
    from dataclasses import replace

    other = replace(FINDING, rule="redundant-action", severity=Severity.SUGGESTION)
    assert statistics([FINDING, other, other]) == ["2  suggestion  redundant-action", "1  error       invalid-action"]
