"""`policyeval diff`, `prove` and `verify-proof`, from the outside."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from policyeval.cli.main import main
from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Principal, Request, Resource
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from tests.proof.asking import Statement, allow, deny

GUIDE = Path(__file__).parent.parent.parent / "fixtures" / "guide"
OWN_KEYS = GUIDE / "manage-own-access-keys.json"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    return (code if isinstance(code, int) else 0 if code is None else 2), capsys.readouterr().out


def write(path: Path, *statements: Statement) -> Path:
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), encoding="utf-8")
    return path


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """The guide's policy with its typing error corrected."""
    path = tmp_path / "mended.json"
    path.write_text(OWN_KEYS.read_text(encoding="utf-8").replace("iam>Delete", "iam:Delete"), encoding="utf-8")
    return path


@pytest.mark.parametrize("arguments", [("diff", "", ""), ("prove", "no-public-access", "")])
def test_an_empty_file_name_is_one_error(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("error: a file name is empty\n")


def test_the_guides_typing_error_and_nothing_else(capsys: pytest.CaptureFixture[str], mended: Path) -> None:
    status, shown = run(capsys, "diff", OWN_KEYS, mended)
    assert status == 1
    assert shown.startswith("NEW ACCESS")
    assert "iam:DeleteAccessKey\n    on arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/${aws:username}" in shown
    assert "nothing else changed: whatever was allowed still is" in shown
    assert shown.count("newly allowed") == 2  # the heading and the mark
    status, shown = run(capsys, "diff", mended, OWN_KEYS)
    assert status == 0
    assert "grants nothing new; some access is taken away" in " ".join(shown.split())


def test_equivalence_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = write(tmp_path / "one.json", allow(["s3:Get*", "s3:GetObject"]))
    two = write(tmp_path / "two.json", allow("s3:get*"))
    assert run(capsys, "diff", one.name, two.name) == (
        0,
        f"EQUIVALENT  {two.name}\n  compared with {one.name}: allows exactly the same requests\n"
        "  = assuming: no other policy denies the request; key policies leave it to the\n              account\n",
    )


def test_json_has_access_analyzers_fields_and_ours(capsys: pytest.CaptureFixture[str], mended: Path) -> None:
    status, shown = run(capsys, "diff", OWN_KEYS, mended, "--format", "json")
    answer = json.loads(shown)
    assert status == 1
    assert answer["result"] == "FAIL"
    assert answer["reasons"] == [
        {
            "description": "New access in the statement with sid: AllowListCreateUpdateDeleteOwnAccessKeys.",
            "statementIndex": 1,
            "statementId": "AllowListCreateUpdateDeleteOwnAccessKeys",
        }
    ]
    assert answer["verdict"] == "refuted"
    assert answer["newAccess"][0]["actionNames"] == ["iam:DeleteAccessKey"]
    assert answer["removedAccess"] == []
    assert answer["universes"]["catalog"]["verdict"] == "refuted"
    assert replayed(answer["counterexample"], mended) == "allowed"
    assert replayed(answer["counterexample"], OWN_KEYS) == "implicitDeny"


def replayed(example: dict[str, Any], path: Path) -> str:
    policy = Policy.load(str(path), PolicyKind.IDENTITY)
    caller, resource = Principal.parse(example["principal"]), Resource.parse(example["resource"])
    request = Request(caller, example["action"], resource, example["context"])
    return decide(PolicySet(identity=(Attached(policy),)), request).decision.value


def test_a_lifted_deny_is_shown_where_it_stood(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    old = write(tmp_path / "old.json", allow("*"), deny("iam:*", Sid="NoIam"))
    new = write(tmp_path / "new.json", allow("*"))
    status, shown = run(capsys, "diff", old, new)
    assert status == 1
    assert "NoIam denied this before" in shown


@pytest.mark.parametrize("format", ["markdown", "github", "sarif", "concise"])
def test_formats_for_reviews(capsys: pytest.CaptureFixture[str], mended: Path, format: str) -> None:
    status, shown = run(capsys, "diff", OWN_KEYS, mended, "--format", format)
    assert status == 1
    assert ("iam:DeleteAccessKey" in shown) is (format != "concise")
    if format == "sarif":
        assert json.loads(shown)["runs"][0]["results"][0]["ruleId"] == "new-access"
    if format == "github":
        assert shown.startswith("::error file=")


def test_against_a_revision_of_git(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    kept, changed = tmp_path / "kept.json", tmp_path / "changed.json"
    write(kept, allow("s3:*"))
    write(changed, allow("s3:Get*"))
    (tmp_path / "data.json").write_text("{}", encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    assert run(capsys, "diff", "--git", "HEAD") == (0, "no policy has changed\n")
    write(changed, allow("s3:*"))
    (tmp_path / "data.json").write_text('{"a": 1}', encoding="utf-8")
    status, shown = run(capsys, "diff", "--git", "HEAD", "--format", "concise")
    assert (status, shown) == (1, "NEW ACCESS  changed.json\n")
    write(tmp_path / "added.json", allow("iam:ListUsers"))
    status, shown = run(capsys, "diff", "--git", "HEAD", "--format", "concise", "added.json")
    assert (status, shown) == (1, "NEW ACCESS  added.json\n")
    reason = '[[tool.policyeval.allow]]\nrules = ["new-access"]\nfiles = ["changed.json"]\nreason = "agreed"\n'
    (tmp_path / "pyproject.toml").write_text(reason, encoding="utf-8")
    status, shown = run(capsys, "diff", "--git", "HEAD", "changed.json")
    assert status == 0
    assert "= allowed: agreed" in shown
    assert "unused-allowance" not in run(capsys, "check", ".")[1]
    assert run(capsys, "diff", "--git", "nowhere")[0] == 2


def test_prove_and_verify(capsys: pytest.CaptureFixture[str], tmp_path: Path, mended: Path) -> None:
    certificate = tmp_path / "proof.json"
    status, shown = run(capsys, "prove", "no-new-access", mended, OWN_KEYS, "--certificate", certificate)
    assert status == 0
    assert shown.startswith("PROVED  no-new-access\n")
    status, shown = run(capsys, "verify-proof", certificate, mended, OWN_KEYS)
    assert (status, shown.split()[0]) == (0, "VERIFIED")
    assert "identity policy" in shown
    status, shown = run(capsys, "verify-proof", certificate, OWN_KEYS, mended)
    assert (status, shown[:12]) == (1, "NOT PROVED  ")
    status, shown = run(capsys, "verify-proof", certificate, mended, OWN_KEYS, "--kind", "scp")
    assert (status, shown[:12]) == (1, "NOT PROVED  ")


def test_no_certificate_of_what_is_not_proved(capsys: pytest.CaptureFixture[str], tmp_path: Path, mended: Path) -> None:
    certificate = tmp_path / "proof.json"
    assert run(capsys, "prove", "no-new-access", OWN_KEYS, mended, "--certificate", certificate)[0] == 1
    assert not certificate.exists()


def test_access_that_a_user_must_not_have(capsys: pytest.CaptureFixture[str]) -> None:
    account = GUIDE / "account.yaml"
    question = ("prove", "access-not-granted", "--account", account, "--format", "concise")
    assert run(capsys, *question, "--user", "bob", "--action", "iam:CreateUser")[0] == 0
    assert run(capsys, *question, "--user", "carol", "--action", "iam:CreateUser")[0] == 1
    assert run(capsys, *question, "--user", "alice", "--action", "iam:*AccessKey")[0] == 0
    where = ("--where", "StringEquals aws:RequestedRegion eu-west-1")
    assert run(capsys, *question, "--user", "bob", "--action", "ec2:*", *where)[0] == 1


def test_one_users_stack_of_two_accounts(capsys: pytest.CaptureFixture[str]) -> None:
    account = GUIDE / "account.yaml"
    assert run(capsys, "prove", "no-new-access", account, account, "--user", "dave")[0] == 0
    deactivated = GUIDE / "account-billing-deactivated.yaml"
    assert run(capsys, "prove", "no-new-access", account, deactivated, "--user", "dave")[0] == 0
    assert run(capsys, "prove", "no-new-access", deactivated, account, "--user", "dave")[0] == 1


def test_public_access(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    bucket = write(tmp_path / "bucket.json", allow("s3:GetObject", "arn:aws:s3:::b/*", Principal="*"))
    status, shown = run(capsys, "prove", "no-public-access", bucket)
    assert status == 1
    assert "an anonymous caller may s3:GetObject" in shown
    assert run(capsys, "prove", "no-public-access", OWN_KEYS)[0] == 2


def test_what_cannot_be_asked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "diff", tmp_path / "none.json", OWN_KEYS)[0] == 2
    assert run(capsys, "diff", OWN_KEYS)[0] == 2
    assert run(capsys, "prove", "access-not-granted", OWN_KEYS, "--action", "nonsense")[0] == 2
    assert run(capsys, "prove", "access-not-granted", OWN_KEYS, "--action", "s3:*", "--where", "x")[0] == 2


SCHEMA = json.loads((GUIDE.parent.parent / "docs" / "schemas" / "proof-1.json").read_text(encoding="utf-8"))


def test_json_fits_the_published_schema(capsys: pytest.CaptureFixture[str], tmp_path: Path, mended: Path) -> None:
    import jsonschema

    bucket = write(tmp_path / "bucket.json", allow("s3:GetObject", "arn:aws:s3:::b/*", Principal="*"))
    asked: list[tuple[str | Path, ...]] = [
        ("diff", OWN_KEYS, mended),
        ("diff", mended, OWN_KEYS),
        ("prove", "no-new-access", OWN_KEYS, mended),
        ("prove", "no-public-access", bucket),
        ("prove", "access-not-granted", "--account", GUIDE / "account.yaml", "--user", "bob", "--action", "iam:*"),
    ]
    for question in asked:
        jsonschema.validate(json.loads(run(capsys, *question, "--format", "json")[1]), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": "policyeval.proof/1"}, SCHEMA)


def test_one_unknown_name_says_nothing_about_the_catalog(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The search ends with the first access, but where that is no action that AWS has: what it has may come after."""
    old, new = write(tmp_path / "o.json", deny("*")), write(tmp_path / "n.json", allow("zzz:Nothing"), allow("iam:*"))
    question = ("prove", "no-new-access", old, new, "--format", "json")
    assert json.loads(run(capsys, *question)[1])["universes"]["catalog"]["verdict"] == "refuted"
    write(new, allow("zzz:Nothing"))
    assert json.loads(run(capsys, *question)[1])["universes"]["catalog"]["verdict"] == "proved"


def test_no_policy_text_breaks_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    trap = "arn:aws:s3:::b/`![x](https://example.com/x)|<b>@team\n::error::\x9b31m%0A::set-output"
    old = write(tmp_path / "old.json", allow("s3:ListBucket"))
    new = write(tmp_path / "a b\n|`.json", allow("s3:GetObject", trap, Sid="S"))
    shown = {name: run(capsys, "diff", old, new, "--format", name)[1] for name in ("markdown", "github", "sarif")}
    assert "\x9b" not in "".join(shown.values())
    for line in shown["markdown"].splitlines():
        outside = "".join(line.split("`")[::2])
        assert "![" not in outside
        assert "@team" not in outside
    assert len({line.count("|") for line in shown["markdown"].splitlines()} - {0}) == 1
    assert all(line.startswith("::error file=") for line in shown["github"].splitlines())
    uri = json.loads(shown["sarif"])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert " " not in uri["uri"]
    assert "\n" not in uri["uri"]


def test_the_first_commit_and_a_file_that_never_was(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "diff", "--git", "HEAD")[0] == 2
    subprocess.run(["git", "init", "-q"], check=True)
    write(tmp_path / "p.json", allow("s3:*"))
    subprocess.run(["git", "add", "p.json"], check=True)
    assert run(capsys, "diff", "--git", "HEAD", "p.json", "--format", "concise") == (
        1,
        "NEW ACCESS  p.json\n",
    )
    assert run(capsys, "diff", "--git", "HEAD", "none.json")[0] == 2
