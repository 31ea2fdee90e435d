"""A whole check: accounts and the policies they use, allowances, the baseline, and many files at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policyeval.baseline import read_baseline, write_baseline
from policyeval.config import load_config
from policyeval.errors import ConfigError, ReadError
from policyeval.limits import STATEMENTS, most
from policyeval.linter.run import Plan, Report, run
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"}
WRONG = {**READ, "Effect": "allow"}
RULE = "invalid-effect"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, which is the root of a repository."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(place: Path, **files: str) -> None:
    for name, text in files.items():
        path = place / (name.replace("__", "/") + ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def report(*paths: str, **more: Any) -> Report:
    more.setdefault("selection", Selection((RULE, "missing-*", "*-allowance", "json-syntax-error")))
    return run(Plan(paths=paths or (".",), config=load_config(), **more))


def found(report: Report) -> list[tuple[str, str]]:
    return [(finding.file, finding.rule) for finding in report.findings]


# ---- files


def test_findings_come_in_the_order_of_files_and_places(place: Path) -> None:
    write(place, b=policy(READ, WRONG, WRONG), a=policy(WRONG), c__d=policy(WRONG))
    assert [(f.file, f.pointer) for f in report().findings] == [
        ("a.json", "/Statement/0/Effect"),
        ("b.json", "/Statement/1/Effect"),
        ("b.json", "/Statement/2/Effect"),
        ("c/d.json", "/Statement/0/Effect"),
    ]


def test_a_file_that_cannot_be_read_does_not_hide_the_findings_of_others(place: Path) -> None:
    write(place, a=policy(WRONG))
    checked = report("missing.json", "a.json")
    assert found(checked) == [("a.json", RULE)]
    assert [error.message for error in checked.failures] == ["no such file"]


def test_a_file_is_checked_once_however_often_it_is_named(place: Path) -> None:
    write(place, a=policy(WRONG))
    (place / "link.json").symlink_to("a.json")
    checked = report("a.json", ".", "./a.json", "*.json", "link.json")
    assert found(checked) == [("a.json", RULE)]
    assert checked.policies == 1


def test_many_processes_find_what_one_finds(place: Path) -> None:
    for index in range(60):
        write(place, **{f"p{index}": policy(*[WRONG if index % 3 == 0 else READ] * (index % 4 + 1))})
    (place / "broken.json").write_text('{"Statement": ')
    one = report(jobs=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("policyeval.linter.run.PARALLEL_FILES", 10)
        many = report(jobs=2)
    assert [str(f) for f in many.findings] == [str(f) for f in one.findings]
    assert [f.fingerprint for f in many.findings] == [f.fingerprint for f in one.findings]
    assert many.summary() == one.summary()


def test_the_kind_comes_from_the_configuration_and_the_command_line_outweighs_it(place: Path) -> None:
    write(place, trust__a=policy(READ), b=policy(READ))
    (place / "policyeval.toml").write_text('[kinds]\n"trust/*.json" = "trust"\n')
    assert {file for file, _ in found(report())} == {"trust/a.json"}
    assert not found(report(kind=PolicyKind.IDENTITY))


# ---- accounts


ACCOUNT = """
account: "123456789012"
groups:
  Readers: {policies: [policies/read.json]}
users:
  alice: {groups: [Readers], permissions-boundary: policies/read.json}
roles:
  deploy: {policies: [policies/missing.json], trust: policies/trust.json}
"""


def test_the_policies_of_an_account_are_checked_as_what_they_are_and_once(place: Path) -> None:
    write(place, policies__read=policy(WRONG), policies__trust=policy(READ))
    (place / "account.yaml").write_text(ACCOUNT)
    checked = report("account.yaml", selection=Selection(("missing-*", RULE)))
    assert found(checked) == [
        ("account.yaml", "missing-policy-document"),
        ("policies/read.json", RULE),
        ("policies/trust.json", "missing-principal"),
    ]
    assert checked.findings[1].attached == ("group Readers", "boundary of user alice")
    assert found(report(selection=Selection(("missing-*", RULE)))) == found(checked)


def test_an_account_knows_the_id_that_placeholders_stand_for(place: Path) -> None:
    resource = "arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/alice"
    write(place, read=policy({**READ, "Action": "iam:GetUser", "Resource": resource}))
    (place / "account.yaml").write_text('account: "123456789012"\ngroups:\n  Readers: {policies: [read.json]}\n')
    (finding,) = report("account.yaml", selection=Selection(("placeholder-in-policy",))).findings
    assert finding.fix is not None
    assert "123456789012" in finding.fix.message


def test_an_export_is_checked_policy_by_policy(place: Path) -> None:
    export = json.loads(
        (Path(__file__).parent.parent.parent / "fixtures/company/authorization-details.json").read_text()
    )
    statement = export["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"]
    (statement[0] if isinstance(statement, list) else statement)["Effect"] = "allow"
    (place / "export.json").write_text(json.dumps(export))
    checked = report(selection=Selection((RULE,)))
    assert (checked.accounts, found(checked)) == (1, [("export.json", RULE)])
    assert checked.findings[0].pointer.startswith("/RoleDetailList/0/AssumeRolePolicyDocument/Statement")


@pytest.fixture
def few_statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Policies of two statements at most."""
    monkeypatch.setenv(STATEMENTS.variable, "2")
    most.cache_clear()
    yield
    monkeypatch.undo()
    most.cache_clear()


@pytest.mark.usefixtures("few_statements")
@pytest.mark.parametrize("as_text", [False, True])
def test_a_policy_beyond_a_limit_hides_nothing_of_the_rest_of_an_export(place: Path, as_text: bool) -> None:
    documents: list[Any] = [{"Version": "2012-10-17", "Statement": [READ] * 3}, json.loads(policy(WRONG))]
    policies = [{"PolicyName": "p", "PolicyDocument": json.dumps(each) if as_text else each} for each in documents]
    user = {"UserName": "alice", "Arn": "arn:aws:iam::123456789012:user/alice", "UserPolicyList": policies}
    write(
        place,
        export=json.dumps({"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}),
    )
    checked = report()
    assert [finding.rule for finding in checked.findings] == [RULE]
    (failure,) = checked.failures
    assert failure.message == "the policy has 3 statements, more than 2"
    assert failure.source is not None
    assert failure.source.path == "export.json"
    assert (checked.policies, checked.accounts) == (1, 1)


@pytest.mark.usefixtures("few_statements")
def test_a_policy_beyond_a_limit_is_one_error_however_often_an_account_uses_it(place: Path) -> None:
    held = {"arn:aws:iam::123456789012:policy/p": json.loads(policy(READ, READ, READ))}
    users = {name: {"policies": [*held, json.loads(policy(WRONG))]} for name in ("alice", "bob")}
    write(place, account=json.dumps({"account": "123456789012", "managed-policies": held, "users": users}))
    checked = report()
    assert [finding.rule for finding in checked.findings] == [RULE, RULE]
    assert len(checked.failures) == 1


@pytest.mark.usefixtures("few_statements")
def test_what_is_beyond_a_limit_is_not_taken_out_of_a_baseline(place: Path) -> None:
    write(place, a=policy(READ, READ, READ))
    write_baseline("base.json", {("a.json", RULE, "x"): 1})
    assert not report(baseline="base.json").unneeded


def test_the_configurations_globs_are_relative_to_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(place, sub__a=policy(WRONG), sub__b=policy(WRONG))
    (place / "policyeval.toml").write_text('exclude = ["sub/a.json"]\n')
    assert found(report()) == [("sub/b.json", RULE)]
    monkeypatch.chdir(place / "sub")
    assert found(report()) == [("b.json", RULE)]


# ---- allowances


def allow(place: Path, text: str) -> None:
    (place / "policyeval.toml").write_text(f"[[allow]]\n{text}\n")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (f'rules = ["{RULE}"]', True),
        ('rules = ["invalid-*"]', True),
        ('rules = ["missing-*"]', False),
        (f'rules = ["{RULE}"]\nfiles = ["policies/*.json"]', True),
        (f'rules = ["{RULE}"]\nfiles = ["a.json"]', True),
        (f'rules = ["{RULE}"]\nfiles = ["other/**"]', False),
        (f'rules = ["{RULE}"]\nsid = "ReadLogs"', True),
        (f'rules = ["{RULE}"]\nsid = "WriteLogs"', False),
        (f'rules = ["{RULE}"]\npointer = "/Statement/0"', True),
        (f'rules = ["{RULE}"]\npointer = "/Statement/1"', False),
        (f'rules = ["{RULE}"]\nuntil = 2999-12-31', True),
    ],
)
def test_an_allowance_suppresses_what_every_part_of_it_fits(place: Path, text: str, fits: bool) -> None:
    write(place, policies__a=policy({"Sid": "ReadLogs", **WRONG}))
    allow(place, f'{text}\nreason = "known since June"')
    checked = report()
    assert [f.suppressed for f in checked.suppressed] == (["known since June"] if fits else [])
    assert ("policies/a.json", RULE) in found(checked) or fits
    assert checked.summary().allowed == int(fits)
    assert ("policyeval.toml", "unused-allowance") in found(checked) or fits


def test_an_expired_allowance_is_no_matter_of_other_files_and_rules(place: Path) -> None:
    write(place, a=policy(READ), b=policy(READ))
    allowance = f'rules = ["{RULE}"]\nfiles = ["a*.json"]\nreason = "r"\nuntil = 2020-01-01\n'
    (place / "policyeval.toml").write_text(f"[[allow]]\n{allowance}", encoding="utf-8")
    expired = [("policyeval.toml", "expired-allowance")]
    assert found(report("a.json")) == found(report(".")) == expired
    assert found(report("b.json")) == []
    (place / "a.json").unlink()
    assert found(report(".")) == expired  # everything was looked at


def test_an_expired_allowance_allows_nothing_and_is_a_finding(place: Path) -> None:
    write(place, a=policy(WRONG))
    allow(place, f'rules = ["{RULE}"]\nreason = "until the audit"\nuntil = 2020-06-30')
    assert found(report()) == [("a.json", RULE), ("policyeval.toml", "expired-allowance")]


@pytest.mark.parametrize(
    ("files", "paths", "known"),
    [
        ('files = ["a.json"]', ["a.json"], True),
        ('files = ["a.json"]', ["b.json"], False),
        ('files = ["*.json"]', ["a.json", "b.json"], False),
        ('files = ["*.json"]', ["."], True),
        ("", ["a.json", "b.json"], False),
        ("", ["."], True),
    ],
)
def test_an_allowance_is_unused_only_when_everything_it_speaks_of_was_checked(
    place: Path, files: str, paths: list[str], known: bool
) -> None:
    write(place, a=policy(READ), b=policy(READ))
    allow(place, f'rules = ["{RULE}"]\nreason = "x"\n{files}')
    assert found(report(*paths)) == ([("policyeval.toml", "unused-allowance")] if known else [])


def test_an_allowance_for_a_rule_that_was_not_asked_is_not_called_unused(place: Path) -> None:
    write(place, a=policy(READ))
    allow(place, f'rules = ["{RULE}"]\nreason = "x"')
    assert not found(report(selection=Selection(("missing-effect", "unused-allowance"))))


# ---- the baseline


def test_a_baseline_holds_what_was_there_and_no_more(place: Path) -> None:
    write(place, a=policy({"Sid": "A", **WRONG}))
    write_baseline("base.json", {("a.json", RULE, report().findings[0].anchor): 1})
    assert not found(report(baseline="base.json"))
    assert report(baseline="base.json").summary().in_baseline == 1

    write(place, a=policy(READ, READ, {"Sid": "A", **WRONG}))  # lines and indexes have moved
    assert not found(report(baseline="base.json"))

    write(place, a=policy({"Sid": "A", **WRONG}, {"Sid": "B", **WRONG}))
    assert [f.sid for f in report(baseline="base.json").findings] == ["B"]

    write(place, a=policy(READ))
    assert report(baseline="base.json").unneeded == {("a.json", RULE, next(iter(read_baseline("base.json")))[2]): 1}


def test_of_findings_alike_the_baseline_holds_the_number_it_was_given(place: Path) -> None:
    write(place, a=policy(WRONG, WRONG, WRONG))
    write_baseline("base.json", {("a.json", RULE, report().findings[0].anchor): 2})
    assert [f.pointer for f in report(baseline="base.json").findings] == ["/Statement/2/Effect"]


def test_what_was_not_checked_is_not_taken_out_of_a_baseline(place: Path) -> None:
    """A hook checks the changed files only, and `--select` asks some rules only."""
    write(place, a=policy(READ), b=policy(WRONG))
    kept = {("b.json", RULE, "x"): 1, ("a.json", "missing-version", "x"): 1}
    gone = {("a.json", RULE, "x"): 1, ("deleted.json", RULE, "x"): 1, ("a.json", "a-rule-of-before", "x"): 1}
    write_baseline("base.json", kept | gone)
    assert report("a.json", baseline="base.json", selection=Selection((RULE,))).unneeded == gone


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "x"}', '{"schema": "policyeval.baseline/1", "findings": [1]}'])
def test_a_damaged_baseline_is_an_error(place: Path, text: str) -> None:
    write(place, a=policy(READ), base=text)
    with pytest.raises(ConfigError):
        report("a.json", baseline="base.json")


def test_a_count_of_a_baseline_is_taken_whole_or_not_at_all(place: Path) -> None:
    write(place, a=policy(READ))
    write_baseline("base.json", {("a.json", RULE, "x"): 1_234_567_890_123})
    with pytest.raises(ConfigError, match="a count of the baseline is `1234567890123`"):
        report("a.json", baseline="base.json")


def test_a_missing_baseline_is_an_error(place: Path) -> None:
    write(place, a=policy(READ))
    with pytest.raises(ReadError):
        report("a.json", baseline="base.json")


# ---- fingerprints


def test_a_fingerprint_survives_edits_elsewhere_and_tells_findings_apart(place: Path) -> None:
    write(place, a=policy({"Sid": "A", **WRONG}, {"Sid": "B", **WRONG}, WRONG, WRONG))
    before = [f.fingerprint for f in report().findings]
    assert len(set(before)) == 4
    write(place, a="\n\n" + policy(READ, {"Sid": "A", **WRONG}, READ, {"Sid": "B", **WRONG}, WRONG, READ, WRONG))
    assert [f.fingerprint for f in report().findings] == before
