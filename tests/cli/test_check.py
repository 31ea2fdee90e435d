"""`policyeval check`, `explain` and `rules`: what they print, what they exit with, what they make of bad input."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from policyeval.cli.main import main
from policyeval.rules.table import ALL_RULES

ROOT = Path(__file__).parent.parent.parent
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
GOOD = json.dumps({"Version": "2012-10-17", "Statement": [READ]}, indent=2)
BROKEN = GOOD.replace('"Allow"', '"allow"')
SEPARATOR = GOOD.replace("s3:GetObject", "s3.GetObject")
DOUBLE = GOOD.replace('"s3:GetObject"', '["s3:GetObject", "s3:GetObject"]')
OUTSIDE = '{"name": "no policy"}'


class Run:
    """One run of the command line: exit status, standard output, standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        self.status = ended.value.code
        self.out, self.err = capsys.readouterr()

    @property
    def rules(self) -> list[str]:
        """Of `--format json`: the rules that found something, in order."""
        return [finding["rule"] for finding in json.loads(self.out)["findings"]]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("POLICYEVAL_ACCOUNT", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: Run(capsys, ("check", *arguments))


def write(name: str, text: str | bytes) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


# ---- exit status


@pytest.mark.parametrize(
    ("text", "arguments", "status"),
    [
        (GOOD, [], 0),
        (BROKEN, [], 1),
        (BROKEN, ["--fail-on", "error"], 1),
        (BROKEN, ["--fail-on", "never"], 0),
        (BROKEN, ["--ignore", "invalid-effect"], 0),
        (BROKEN, ["--select", "missing-*"], 0),
        (DOUBLE, ["--select", "redundant-action"], 0),
        (DOUBLE, ["--select", "redundant-action", "--fail-on", "suggestion"], 1),
        (OUTSIDE, [], 1),
        (OUTSIDE, ["--skip-non-policies"], 0),
        ("{", [], 1),
    ],
)
def test_the_exit_status_says_whether_something_was_found(
    check: Any, text: str, arguments: list[str], status: int
) -> None:
    write("policy.json", text)
    assert check("policy.json", *arguments).status == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.json"], "no such file"),
        (["x*.json"], "no file matches"),
        (["--select", "invalid-acton"], "no rule `invalid-acton`"),
        (["--config", "missing.toml"], "no such file"),
        (["--baseline", "missing.json"], "no such file"),
        (["--account-id", "1"], "`1` is no account id"),
        (["--prune-baseline"], "no baseline to prune"),
        (["--unsafe-fixes"], "`--unsafe-fixes` says which fixes"),
        (["--stdin-filename", "x.json"], "`--stdin-filename` names standard input"),
        (["--write-baseline", "--prune-baseline"], "leave `--prune-baseline` out"),
        (["--write-baseline", "--fix"], "leave `--fix` out"),
        (["--write-baseline", "--diff"], "leave `--diff` out"),
    ],
)
def test_what_keeps_the_job_from_being_done_is_one_error_and_status_2(
    check: Any, arguments: list[str], message: str
) -> None:
    ran = check(*arguments)
    assert ran.status == 2
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_file_that_cannot_be_read_makes_status_2_and_the_others_are_shown(check: Any) -> None:
    write("policy.json", BROKEN)
    ran = check("missing.json", "policy.json", "--format", "concise")
    assert ran.status == 2
    assert ran.out.splitlines()[0].startswith("policy.json:5:17: error[invalid-effect]")
    assert "1 file not checked" in ran.out
    assert "no such file" in ran.err


def test_a_path_that_means_no_file_makes_status_2_and_the_others_are_shown(check: Any) -> None:
    write("policy.json", BROKEN)
    ran = check("x*.json", "policy.json", "--format", "concise")
    assert ran.status == 2
    assert ran.out.splitlines()[0].startswith("policy.json:5:17: error[invalid-effect]")
    assert "no file matches\n --> x*.json" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('ignore = ["invalid-efect"]', "no rule `invalid-efect`"),
        ('[[allow]]\nrules = ["invalid-efect"]\nreason = "x"', "no rule `invalid-efect`"),
        ('exclud = ["x"]', "`exclud` is no setting"),
        ("select = 3", "`select` is not a list of strings"),
        ("= 3", "not TOML"),
    ],
)
def test_a_broken_configuration_is_one_located_error(check: Any, text: str, message: str) -> None:
    write("policy.json", BROKEN)
    write("policyeval.toml", text)
    ran = check()
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert "--> policyeval.toml:" in ran.err


# ---- what is checked


def test_without_paths_the_working_directory_is_checked(check: Any) -> None:
    write("a/one.json", BROKEN)
    write("b/two.json", GOOD)
    write("b/other.json", OUTSIDE)
    ran = check()
    assert ran.out.splitlines()[0] == "error[invalid-effect]: `allow` is no effect"
    assert ran.out.splitlines()[-1] == "1 error in 2 policies (1 file without a policy skipped)"


def test_standard_input_is_read_when_it_is_asked_for(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))
    ran = check("-", "--stdin-filename", "editor/policy.json", "--format", "concise")
    assert (ran.status, ran.out.splitlines()[0][:26]) == (1, "editor/policy.json:5:17: e")


def test_the_name_of_standard_input_decides_the_kind(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("policyeval.toml", '[kinds]\n"*.scp.json" = "scp"\n')
    text = GOOD.replace('"Sid"', "").replace('"Effect"', '"Principal": "*", "Effect"')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ran = check("-", "--stdin-filename", "x.scp.json", "--format", "json", "--select", "scp-syntax-error-principal")
    assert ran.rules == ["scp-syntax-error-principal"]


def test_a_kind_can_be_given(check: Any) -> None:
    write("policy.json", GOOD)
    assert "missing-principal" in check("policy.json", "--kind", "trust", "--format", "json").rules


def test_hooks_hand_over_every_changed_file(check: Any) -> None:
    write("package.json", OUTSIDE)
    write("tsconfig.json", "{ // comment\n}")
    write("latin.json", '{"name": "é"}'.encode("latin-1"))
    write("policy.json", BROKEN)
    ran = check("--skip-non-policies", "package.json", "tsconfig.json", "latin.json", "policy.json", "--format", "json")
    assert ran.rules == ["invalid-effect"]
    assert json.loads(ran.out)["summary"]["skipped"] == 3


def test_the_guide_is_an_account(check: Any) -> None:
    ran = check(str(ROOT / "fixtures" / "guide"), "--format", "json")
    summary = json.loads(ran.out)["summary"]
    assert (summary["policies"], summary["accounts"], summary["caseFiles"]) == (6, 2, 2)
    assert {"action-separator", "placeholder-in-policy", "retired-action", "action-needs-resource-star"} <= set(
        ran.rules
    )


# ---- formats


def test_every_format_is_what_it_says(check: Any) -> None:
    write("policy.json", BROKEN)
    formats = {name: check("policy.json", "--format", name) for name in ("json", "sarif", "gitlab", "access-analyzer")}
    assert {name: ran.status for name, ran in formats.items()} == dict.fromkeys(formats, 1)
    for ran in formats.values():
        json.loads(ran.out)
        assert ran.err == ""
    ElementTree.fromstring(check("policy.json", "--format", "junit").out)
    assert check("policy.json", "--format", "github").out.startswith("::error file=policy.json,line=5,col=17,")


def test_the_same_files_give_the_same_report(check: Any) -> None:
    for name in ("c", "a", "b"):
        write(f"{name}.json", BROKEN)
    for name in ("full", "json", "sarif", "junit"):
        assert check("--format", name).out == check("b.json", ".", "--format", name).out


def test_a_report_can_go_to_a_file(check: Any) -> None:
    write("policy.json", BROKEN)
    ran = check("policy.json", "--format", "json", "--output", "missing/report.json")
    assert (ran.status, ran.out) == (2, "")  # there is no such directory
    ran = check("policy.json", "--format", "json", "--output", "report.json")
    assert (ran.status, ran.out, ran.err) == (1, "", "1 error in 1 policy\n")
    assert json.loads(Path("report.json").read_text())["summary"]["findings"] == 1


@pytest.mark.parametrize("output", ["policy.json", "./sub/../policy.json", "link.json", "policyeval.toml", "base.json"])
def test_a_report_replaces_nothing_that_it_is_about(check: Any, output: str) -> None:
    write("policy.json", DOUBLE)
    write("sub/other.json", GOOD)
    write("base.json", '{"schema": "policyeval.baseline/1", "findings": {}}')
    write("policyeval.toml", 'baseline = "base.json"\n')
    Path("link.json").symlink_to("policy.json")
    before = Path(output).read_text()
    ran = check(".", "--fix", "--output", output)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: the report would replace `{output}`, which was read for it\n")
    assert Path(output).read_text() == before


def test_junit_fails_where_the_run_does(check: Any) -> None:
    write("policy.json", DOUBLE)
    arguments = ("policy.json", "--select", "redundant-action", "--format", "junit")
    for fail_on, status, failures in (("suggestion", 1, "1"), ("warning", 0, "0"), ("never", 0, "0")):
        ran = check(*arguments, "--fail-on", fail_on)
        root = ElementTree.fromstring(ran.out)
        assert (ran.status, root.attrib["tests"], root.attrib["failures"]) == (status, "1", failures)


def test_statistics_count_by_rule(check: Any) -> None:
    write("a.json", BROKEN)
    write("b.json", BROKEN)
    assert check("--statistics").out == "2  error  invalid-effect\n\n2 errors in 2 policies\n"


def test_colour_is_for_terminals_and_whoever_asks(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write("policy.json", BROKEN)
    assert "\x1b" not in check().out
    assert "\x1b[1;31m" in check("--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31m" in check().out
    assert "\x1b]8;;" not in check().out  # no terminal that follows links


# ---- allowances and baseline


def test_what_is_allowed_is_counted_and_shown_when_asked_for(check: Any) -> None:
    write("policy.json", BROKEN)
    write("policyeval.toml", '[[allow]]\nrules = ["invalid-effect"]\nreason = "it is a fixture"\n')
    ran = check()
    assert (ran.status, ran.out) == (0, "nothing found in 1 policy (1 allowed by the configuration)\n")
    assert "= allowed: it is a fixture" in check("--show-suppressed").out
    (finding,) = json.loads(check("--format", "json").out)["findings"]
    assert finding["suppressed"] == "it is a fixture"


def test_a_baseline_is_written_used_and_pruned(check: Any) -> None:
    write("a.json", BROKEN)
    write("b.json", BROKEN)
    ran = check("--write-baseline")
    assert (ran.status, ran.out) == (0, "2 findings written to policyeval-baseline.json\n")
    assert ran.err == (
        'note: it counts once the configuration says `baseline = "policyeval-baseline.json"`, '
        "or with `--baseline policyeval-baseline.json`\n"
    )
    write("policyeval.toml", 'baseline = "policyeval-baseline.json"\n')
    assert check("--write-baseline").err == ""
    assert check().out.startswith("nothing found in 2 policies (2 in the baseline")

    write("a.json", GOOD)
    write("c.json", BROKEN)
    ran = check()
    assert (ran.status, ran.out.splitlines()[1]) == (1, " --> c.json:5:17")
    assert "1 entry of the baseline is not needed; `--prune-baseline` removes them" in ran.err
    assert check("--prune-baseline").err == ""
    assert list(json.loads(Path("policyeval-baseline.json").read_text())["findings"]) == ["b.json"]


def test_colour_is_as_asked_for_when_a_baseline_is_written(check: Any) -> None:
    write("a.json", BROKEN)
    assert "\x1b[" not in check("--write-baseline", "--color", "never").err
    assert "\x1b[" in check("--write-baseline", "--color", "always").err


def test_a_baseline_that_is_configured_and_not_yet_written_holds_nothing(check: Any) -> None:
    write("policy.json", BROKEN)
    write("policyeval.toml", 'baseline = "base.json"\n')
    assert check().status == 1


# ---- fixes


def test_fixing_tells_how_much_was_fixed_and_what_is_left(check: Any) -> None:
    write("policy.json", SEPARATOR)
    ran = check("--fix")
    assert ran.status == 1
    assert ran.out.endswith("1 error in 1 policy; 1 fix with `--fix --unsafe-fixes`\n")
    ran = check("--fix", "--unsafe-fixes")
    assert (ran.status, ran.out) == (0, "nothing found in 1 policy (1 fixed)\n")
    assert Path("policy.json").read_text() == GOOD


def test_a_safe_fix_needs_no_more_than_fix(check: Any) -> None:
    write("policy.json", DOUBLE)
    ran = check("--fix", "--select", "redundant-action")
    assert (ran.status, ran.out) == (0, "nothing found in 1 policy (1 fixed)\n")
    assert json.loads(Path("policy.json").read_text())["Statement"][0]["Action"] in ("s3:GetObject", ["s3:GetObject"])


def test_a_difference_is_printed_and_nothing_is_changed(check: Any) -> None:
    write("policy.json", SEPARATOR)
    ran = check("--diff", "--unsafe-fixes")
    assert (ran.status, ran.out.splitlines()[:2]) == (1, ["--- a/policy.json", "+++ b/policy.json"])
    assert '+      "Action": "s3:GetObject",' in ran.out.splitlines()
    assert ran.err.startswith("1 error in 1 policy")
    assert Path("policy.json").read_text() == SEPARATOR


def test_a_difference_for_standard_input_is_printed(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SEPARATOR.encode())))
    ran = check("-", "--diff", "--unsafe-fixes", "--stdin-filename", "policy.json")
    assert (ran.status, ran.out.splitlines()[:2]) == (1, ["--- a/policy.json", "+++ b/policy.json"])


def test_standard_input_has_no_place_to_be_mended_in(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SEPARATOR.encode())))
    ran = check("-", "--fix")
    assert (ran.status, ran.out) == (2, "")
    assert "standard input cannot be mended in its place" in ran.err


def test_what_is_allowed_is_not_fixed(check: Any) -> None:
    write("policy.json", SEPARATOR)
    write("policyeval.toml", '[[allow]]\nrules = ["action-separator"]\nreason = "it is a fixture"\n')
    assert check("--fix", "--unsafe-fixes").status == 0
    assert Path("policy.json").read_text() == SEPARATOR


def test_the_guides_policies_are_mended_to_what_the_guide_means(check: Any) -> None:
    for path in sorted((ROOT / "fixtures" / "guide").iterdir()):
        if path.is_file():
            write(path.name, path.read_bytes())
    check("--fix", "--unsafe-fixes")
    keys = json.loads(Path("manage-own-access-keys.json").read_text())
    text = json.dumps(keys)
    assert "iam:DeleteAccessKey" in text
    assert "arn:aws:iam::123456789012:user/${aws:username}" in text
    for path in Path().glob("*.json"):
        assert "ACCOUNT-ID-WITHOUT-HYPHENS" not in path.read_text()
        assert "$<" not in path.read_text()
        assert "iam>" not in path.read_text()


MEANT = {
    "manage-own-access-keys.json": [
        ('[\n        "arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/*"\n      ]', '"*"'),
        ("iam>DeleteAccessKey", "iam:DeleteAccessKey"),
    ],
    "manage-own-mfa.json": [
        ('["arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:mfa/*"]', '"*"'),
        ('["arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/*"]', '"*"'),
    ],
    "set-own-password.json": [],
}
"""What the guide's text becomes beside the account's id: ListUsers and ListVirtualMFADevices are authorized on `*`."""


@pytest.mark.parametrize("name", MEANT)
def test_a_policy_of_the_guide_becomes_what_the_guide_meant_to_the_letter(check: Any, name: str) -> None:
    text = (ROOT / "fixtures" / "guide" / name).read_text()
    write(name, text)
    write("policyeval.toml", 'account-id = "123456789012"\n')
    assert check(name, "--fix", "--unsafe-fixes").status == 0
    for flaw, meant in MEANT[name]:
        assert flaw in text
        text = text.replace(flaw, meant)
    assert Path(name).read_text() == text.replace("ACCOUNT-ID-WITHOUT-HYPHENS", "123456789012")


# ---- explain and rules


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Run:
    return Run(capsys, arguments)


def test_a_rule_is_explained_by_its_name_or_its_issue_code(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("invalid-action", "INVALID_ACTION"):
        ran = run(capsys, "explain", name)
        assert ran.status == 0
        assert ran.out.startswith("invalid-action\nerror\n\n")
        assert "\nUse instead\n```json\n" in ran.out
    assert (
        json.loads(run(capsys, "explain", "invalid-action", "--format", "json").out)["rules"][0]["severity"] == "error"
    )


def test_a_rule_that_does_not_exist_is_an_error_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "explain", "invalid-acton")
    assert (ran.status, ran.out) == (2, "")
    assert "did you mean `invalid-action`?" in ran.err


def test_the_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listing = run(capsys, "rules").out.splitlines()
    assert sum(not line.startswith(" ") for line in listing) == len(ALL_RULES)
    assert [line for line in listing if len(line) > 80] == []
    listed = json.loads(run(capsys, "rules", "--format", "json").out)["rules"]
    assert [rule["name"] for rule in listed] == [rule.name for rule in ALL_RULES]


def test_a_manual_fits_eighty_columns_but_for_examples_and_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    in_example = False
    for line in run(capsys, "explain", "invalid-action").out.splitlines():
        in_example ^= line.startswith("```")
        assert len(line) <= 80 or in_example or line.startswith("  https://"), line


# ---- speed


def test_a_check_of_one_file_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(GOOD)
    program = (
        "import sys\nfrom policyeval.cli.main import main\n"
        f"try: main(['check', {str(path)!r}])\nexcept SystemExit: pass\n"
        "print([m for m in ('lark', 'pydantic', 'yaml', 'concurrent', 'policyeval.proof') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout.splitlines() == ["nothing found in 1 policy", "[]"]


def test_a_megabyte_of_policy_is_checked(check: Any) -> None:
    statement = {**READ, "Resource": [f"arn:aws:s3:::team-logs/{index}/*" for index in range(20)]}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement] * 1500})
    assert len(text) > 1_000_000
    write("policy.json", text)
    run = check("--select", "invalid-*,missing-*", "--format", "concise")
    assert (run.status, run.out.splitlines()[-1]) == (0, "nothing found in 1 policy")


# ---- a policy that stands in a string


def answer(text: str) -> str:
    """What `aws s3api get-bucket-policy` prints: the policy in a string."""
    return json.dumps({"Policy": text}, indent=2)


def test_a_policy_in_a_string_is_shown_where_it_stands_in_its_file(check: Any) -> None:
    write("wrap.json", answer(SEPARATOR))
    line = Path("wrap.json").read_text().splitlines()[1]
    findings = json.loads(check("wrap.json", "--format", "json").out)["findings"]
    (label, *_) = findings[0]["labels"]
    assert (label["file"], label["path"], label["line"]) == ("wrap.json#/Policy", "wrap.json", 2)
    (concise, _) = check("wrap.json", "--format", "concise").out.splitlines()
    path, row, at = concise.split(": ")[0].split(":")
    assert (path, row) == ("wrap.json", "2")
    assert line[int(at) - 1 :].startswith((".", "s3.GetObject", '\\"s3.GetObject'))
    assert f"file=wrap.json,line=2,col={at},endLine=2" in check("wrap.json", "--format", "github").out
    (issue,) = json.loads(check("wrap.json", "--format", "gitlab").out)
    assert (issue["location"]["path"], issue["location"]["lines"]) == ("wrap.json", {"begin": 2, "end": 2})
    (suite,) = ElementTree.fromstring(check("wrap.json", "--format", "junit").out)
    assert (suite.attrib["name"], suite[0].attrib["file"], suite[0].attrib["line"]) == ("wrap.json", "wrap.json", "2")
    (result,) = json.loads(check("wrap.json", "--format", "sarif").out)["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert (physical["artifactLocation"]["uri"], physical["region"]["startLine"]) == ("wrap.json", 2)
    assert f"in a string of wrap.json, at line 2, column {at}" in check("wrap.json").out


def test_a_policy_that_is_url_encoded_is_shown_where_its_string_stands(check: Any) -> None:
    write("wrap.json", json.dumps({"PolicyDocument": urllib.parse.quote(SEPARATOR)}, indent=2))
    (concise, _) = check("wrap.json", "--format", "concise").out.splitlines()
    assert concise.startswith("wrap.json:2:21: error[action-separator]")


@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_a_fix_that_cannot_be_made_in_a_string_is_said(check: Any, option: str) -> None:
    write("wrap.json", answer(DOUBLE))
    write("SEPARATOR.json", answer(SEPARATOR))
    before = Path("wrap.json").read_text()
    ran = check(".", option)
    words = "note: 1 fix in wrap.json cannot be made: a policy in YAML or in a string is not edited\n"
    assert words in ran.err
    assert "SEPARATOR" not in ran.err  # its fix was not asked for
    assert Path("wrap.json").read_text() == before
    assert "cannot be made" not in check(".").err


def test_a_directory_named_like_a_place_holds_no_embedded_policies(check: Any) -> None:
    write("a#/b.json", DOUBLE)
    assert check(".", "--fix").out.startswith("nothing found in 1 policy (1 fixed)")
