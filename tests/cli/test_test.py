"""`policyeval test`: files found, results told, exit status."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from policyeval.cli.main import main

ACCOUNT = """\
account: "111122223333"
users:
  alice: {policies: [{Version: "2012-10-17", Statement: [{Sid: All, Effect: Allow, Action: "s3:*", Resource: "*"}]}]}
"""
PASSING = """\
schema: policyeval.test/1
account: account.yaml
cases:
  - name: alice lists her buckets
    request: {principal: alice, action: "s3:ListAllMyBuckets"}
    expect: allowed
"""
FAILING = """\
schema: policyeval.test/1
account: account.yaml
cases:
  - name: alice makes users
    request: {principal: alice, action: "iam:CreateUser"}
    expect: allowed
    because: she runs the place
"""
BROKEN = PASSING.replace("principal: alice", "principal: alise")


@pytest.fixture(autouse=True)
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for variable in ("POLICYEVAL_ACCOUNT", "FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "account.yaml").write_text(ACCOUNT, encoding="utf-8")
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error."""
    with pytest.raises(SystemExit) as exited:
        main(["test", *arguments])
    out, err = capsys.readouterr()
    return int(exited.value.code or 0), out, err


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")


def test_all_pass(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", PASSING)
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    assert out.splitlines() == ["a.policytest.yaml .", "", "1 passed"]


def test_a_failure_is_drawn_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", FAILING)
    write("b.policytest.yaml", PASSING)
    status, out, err = run(capsys)
    assert (status, err) == (1, "")
    assert out.splitlines()[:4] == ["a.policytest.yaml F", "b.policytest.yaml .", "", "FAILED  alice makes users"]
    for said in (
        "expected `allowed`, and the decision is `implicitDeny`",
        "because she runs the place",
        "--> a.policytest.yaml:4:5",
        "IMPLICIT DENY  alice may not iam:CreateUser",
    ):
        assert said in out
    assert out.splitlines()[-1] == "1 passed, 1 failed"


def test_what_cannot_be_run_is_told_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", BROKEN)
    write("b.policytest.yaml", PASSING.replace("test/1", "test/2"))
    write("c.policytest.yaml", PASSING)
    status, out, err = run(capsys)
    assert status == 2
    assert out.splitlines()[-1] == "1 passed, 2 errors"
    assert "error: no user `alise`" in err
    assert "did you mean `alice`?" in err
    assert "error: `policyeval.test/2` is no schema that is known here" in err
    assert "Traceback" not in out + err


@pytest.mark.parametrize("format", ["full", "concise", "json", "junit", "github"])
def test_the_status_means_the_same_in_every_format(capsys: pytest.CaptureFixture[str], format: str) -> None:
    for text, expected in ((PASSING, 0), (FAILING, 1), (BROKEN, 2)):
        write("a.policytest.yaml", text)
        assert run(capsys, "--format", format)[0] == expected


def test_concise_has_a_line_for_each_case(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", PASSING)
    write("b.policytest.yaml", FAILING)
    _, out, _ = run(capsys, "--format", "concise")
    assert out.splitlines() == [
        "passed  a.policytest.yaml  alice lists her buckets",
        "failed  b.policytest.yaml:4  alice makes users: expected `allowed`, and the decision is `implicitDeny`",
        "1 passed, 1 failed",
    ]


def test_json_and_junit_are_whole_documents(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", FAILING)
    write("b.policytest.yaml", BROKEN)
    summary = json.loads(run(capsys, "--format", "json")[1])["summary"]
    assert summary == {"passed": 0, "failed": 1, "errors": 1, "total": 2, "deselected": 0}
    assert ElementTree.fromstring(run(capsys, "--format", "junit")[1].split("?>", 1)[1]).get("tests") == "2"


def test_github_annotates_the_line_of_the_case(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", FAILING)
    _, out, _ = run(capsys, "--format", "github")
    assert out.startswith("::error file=a.policytest.yaml,line=4,col=5,title=alice makes users::expected `allowed`")


def test_cases_are_selected_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", PASSING)
    write("b.policytest.yaml", FAILING)
    status, out, _ = run(capsys, "-k", "BUCKETS")
    assert (status, out.splitlines()[-1]) == (0, "1 passed, 1 deselected")
    assert "b.policytest.yaml" not in out
    status, _, err = run(capsys, "-k", "nothing of the kind")
    assert status == 2
    assert "no case has `nothing of the kind` in its name" in err


def test_the_accounts_own_cases_are_found_by_every_way_to_name_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("cases.yaml", PASSING)
    write("other/account.yaml", ACCOUNT)
    write("other/cases.yaml", FAILING)
    assert run(capsys)[1].startswith("cases.yaml .")
    assert run(capsys, "--account", "other/account.yaml")[1].startswith("other/cases.yaml F")
    monkeypatch.setenv("POLICYEVAL_ACCOUNT", "other/account.yaml")
    assert run(capsys)[1].startswith("other/cases.yaml F")


def test_an_account_named_serves_cases_that_name_none(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", PASSING.replace("account: account.yaml\n", ""))
    assert run(capsys, "a.policytest.yaml")[0] == 2
    assert run(capsys, "a.policytest.yaml", "--account", "account.yaml")[0] == 0


def test_no_cases_anywhere_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys)
    assert (status, out) == (2, "")
    assert "no case files below the working directory" in err


def test_exact_takes_the_accounts_policies_as_aws_would(capsys: pytest.CaptureFixture[str]) -> None:
    write("account.yaml", ACCOUNT.replace('Resource: "*"', 'Resource: "arn:aws:s3:::b/$<aws:username>"'))
    write(
        "a.policytest.yaml",
        PASSING.replace('action: "s3:ListAllMyBuckets"', 'action: "s3:GetObject", resource: "arn:aws:s3:::b/alice"'),
    )
    assert run(capsys)[0] == 0
    assert run(capsys, "--exact")[0] == 1


def test_no_control_code_of_a_file_reaches_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = r"\e[2J\x9b\u202e"
    for text in (PASSING, FAILING, BROKEN):
        text = text.replace("expect:", f'source: "{hostile}"\n    expect:').replace(
            ": she runs", f': "{hostile} she runs'
        )
        text = text.replace("the place", 'the place"').replace("name: ", f'name: "{hostile} ')
        write("a.policytest.yaml", text.replace("buckets", 'buckets"').replace("makes users", 'makes users"'))
        for format in ("full", "concise", "junit", "github"):
            _, out, err = run(capsys, "--format", format, "--color", "never")
            assert out
            assert not {"\x1b", "\x9b", "\u202e"} & set(out + err), format


def test_colour_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.policytest.yaml", FAILING)
    assert "\x1b[" in run(capsys, "--color", "always")[1]
    assert "\x1b[" not in run(capsys)[1]


def test_dots_stay_within_the_width(capsys: pytest.CaptureFixture[str]) -> None:
    case = PASSING[PASSING.index("  - name") :]
    write("a.policytest.yaml", PASSING + case * 199)
    _, out, _ = run(capsys)
    assert out.count(".") == 200 + 2
    assert max(map(len, out.splitlines())) == 80


def test_a_missing_account_is_said_before_missing_cases(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = run(capsys, "--account", "nosuch.yaml")
    assert status == 2
    assert "no such file" in err
    assert "nosuch.yaml" in err
