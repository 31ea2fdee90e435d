"""`policyeval who-can`: the users and roles that are allowed, those that could be, and whom a policy lets in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policyeval.cli.main import main

ACCOUNT = """\
account: "123456789012"
users:
  ann:
    policies:
      - Version: "2012-10-17"
        Statement:
          - Sid: Mfa
            Effect: Allow
            Action: "s3:*"
            Resource: "*"
            Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}}
  bo: {}
roles:
  deploy:
    policies: [{Version: "2012-10-17", Statement: [{Sid: Dep, Effect: Allow, Action: "s3:*", Resource: "*"}]}]
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Action: sts:AssumeRole
          Principal: {AWS: ["*", "arn:aws:iam::444455556666:user/x"], Service: ec2.amazonaws.com}
          Condition: {StringEquals: {"aws:PrincipalOrgID": o-1}}
resources:
  arn:aws:s3:::logs:
    Version: "2012-10-17"
    Statement:
      - {Sid: Open, Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::logs/*", Principal: "*"}
      - Sid: In
        Effect: Allow
        Action: s3:PutObject
        Resource: arn:aws:s3:::logs/*
        Principal:
          AWS: ["444455556666", "arn:aws:sts::123456789012:assumed-role/deploy/ci"]
          Service: logs.amazonaws.com
"""
OBJECT = "arn:aws:s3:::logs/a"
ROLE = "arn:aws:iam::123456789012:role/deploy"


@pytest.fixture(autouse=True)
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLICYEVAL_ACCOUNT", raising=False)
    (tmp_path / "account.yaml").write_text(ACCOUNT, encoding="utf-8")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exited:
        main(["who-can", *arguments])
    out, err = capsys.readouterr()
    return int(exited.value.code or 0), out, err


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "s3:PutObject", OBJECT)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "s3:PutObject on arn:aws:s3:::logs/a",
        "",
        "allowed (1)",
        "  role/deploy  Dep in account.yaml#/roles/deploy/policies/0 (role deploy)",
        "",
        "allowed with more context (1)",
        "  ann  needs `aws:MultiFactorAuthPresent`; Mfa in",
        "       account.yaml#/users/ann/policies/0 (user ann)",
        "",
        "let in by the resource's own policy (3)",
        "  account 444455556666        In in account.yaml#/resources/arn:aws:s3:::logs",
        "                              (arn:aws:s3:::logs)",
        "  arn:aws:sts::123456789012:assumed-role/deploy/ci",
        "      In in account.yaml#/resources/arn:aws:s3:::logs (arn:aws:s3:::logs)",
        "  service logs.amazonaws.com  In in account.yaml#/resources/arn:aws:s3:::logs",
        "                              (arn:aws:s3:::logs)",
        "",
        "denied: 1 user; the root user may do it as well",
    ]


@pytest.mark.parametrize(
    "question",
    [
        ("s3:GetObject", OBJECT),
        ("s3:PutObject", OBJECT),
        ("sts:AssumeRole", ROLE),
        ("iam:CreateUser",),
        ("s3:HeadObject",),
    ],
)
def test_the_table_fits_eighty_columns(capsys: pytest.CaptureFixture[str], question: tuple[str, ...]) -> None:
    _, out, _ = run(capsys, *question)
    assert max(map(len, out.splitlines())) <= 80


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "s3:GetObject", OBJECT, "--format", "json")
    document = json.loads(out)
    assert status == 0
    assert document["schema"] == "policyeval.who-can/1"
    assert [member["name"] for member in document["allowed"]] == ["ann", "bo", "role/deploy"]
    assert [outsider["kind"] for outsider in document["outsiders"]] == ["Everyone"]


def test_context_turns_possible_into_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--context", "aws:MultiFactorAuthPresent=true", "--format", "json")
    document = json.loads(run(capsys, "s3:PutObject", OBJECT, *given)[1])
    assert [member["name"] for member in document["allowed"]] == ["ann", "role/deploy"]
    assert document["possible"] == []


def test_a_context_file_is_read_with_located_errors(capsys: pytest.CaptureFixture[str]) -> None:
    Path("context.yaml").write_text("aws:MultiFactorAuthPresent: true\n", encoding="utf-8")
    document = json.loads(run(capsys, "s3:PutObject", OBJECT, "--context-file", "context.yaml", "--format", "json")[1])
    assert [member["name"] for member in document["allowed"]] == ["ann", "role/deploy"]
    Path("context.yaml").write_text("aws:MultiFactorAuthPresent: {a: b}\n", encoding="utf-8")
    status, out, err = run(capsys, "s3:PutObject", OBJECT, "--context-file", "context.yaml")
    assert (status, out) == (2, "")
    assert "the context value of `aws:MultiFactorAuthPresent` is a mapping" in err
    assert "context.yaml:1:29" in err


def test_an_operation_is_answered_with_the_action_that_authorizes_it(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "s3:HeadObject", OBJECT)
    assert "did you mean" in out
    assert "`s3:GetObject`" in out


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (("sts:AssumeRole", f"{ROLE}r"), f"note: the account has no role `{ROLE}r`; did you mean `{ROLE}`?"),
        (
            ("sts:AssumeRole", ROLE.replace("deploy", "ci/deploy")),
            f"note: the account has no role `{ROLE.replace('deploy', 'ci/deploy')}`; did you mean `{ROLE}`?",
        ),
        (("s3:GetObject",), "note: `s3:GetObject` can act on a resource"),
        (("s3:GetObject", "arn:aws:s3:::logs"), "note: AWS makes no request for `s3:GetObject` on `arn:aws:s3:::logs`"),
        (("s3:GetObject", OBJECT, "--context", "aws:SourceVPCs=x"), "note: AWS has no condition key `aws:SourceVPCs`"),
    ],
)
def test_a_question_that_aws_is_never_asked(
    capsys: pytest.CaptureFixture[str], question: tuple[str, ...], said: str
) -> None:
    _, out, _ = run(capsys, *question)
    assert said in " ".join(out.split())
    assert said.removeprefix("note: ") in " ".join(json.loads(run(capsys, *question, "--format", "json")[1])["notes"])


@pytest.mark.parametrize(
    "question",
    [("sts:AssumeRole", ROLE), ("iam:CreateRole", f"{ROLE}r"), ("sts:AssumeRole", "arn:aws:iam::444455556666:role/x")],
)
def test_a_role_that_is_there_or_is_made_is_not_missed(
    capsys: pytest.CaptureFixture[str], question: tuple[str, ...]
) -> None:
    assert "note:" not in run(capsys, *question)[1]


def test_the_clock_and_the_owner_are_taken_as_simulate_takes_them(capsys: pytest.CaptureFixture[str]) -> None:
    until = {"DateLessThan": {"aws:CurrentTime": "2026-05-01T00:00:00Z"}}
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": until}
    user = {"policies": [{"Version": "2012-10-17", "Statement": statement}]}
    Path("account.yaml").write_text(json.dumps({"account": "123456789012", "users": {"ann": user}}), encoding="utf-8")

    def allowed(*more: str) -> list[str]:
        document = json.loads(run(capsys, "s3:GetObject", "arn:aws:s3:::b/k", "--format", "json", *more)[1])
        return [member["name"] for member in document["allowed"]]

    assert allowed("--time", "2026-04-30T23:00:00Z") == ["ann"]
    assert allowed("--time", "2026-05-01T01:00:00Z") == []
    assert allowed("--time", "2026-04-30T23:00:00Z", "--resource-account", "444455556666") == []


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (("s3:GetObject", "--time", "today"), "`today` is no date"),
        (("s3:GetObject", "--resource-account", "12"), "is no account id"),
        (("s3:Get*",), "is a pattern"),
        (("s3GetObject",), "is no action"),
        (("s3:GetObject", "logs/a"), "is no ARN"),
        (("s3:GetObject", "arn:aws-cn:s3:::logs/a"), "is in the partition `aws-cn`"),
        (("s3:GetObject", "--context", "x"), "is no context"),
        (("s3:GetObject", "--account", "none.yaml"), "no such file"),
    ],
)
def test_what_cannot_be_asked(capsys: pytest.CaptureFixture[str], question: tuple[str, ...], message: str) -> None:
    status, out, err = run(capsys, *question)
    assert (status, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_a_decision_that_hangs_on_a_dispute_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Whether `Bool` replaces variables is disputed; the name `true` is the one for which it matters."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    statement["Condition"] = {"Bool": {"aws:SecureTransport": "${aws:username}"}}  # type: ignore[assignment]
    user = {"policies": [{"Version": "2012-10-17", "Statement": statement}]}
    Path("account.yaml").write_text(
        json.dumps({"account": "123456789012", "users": {"ann": user, "true": user}}), encoding="utf-8"
    )
    asked = ("s3:GetObject", OBJECT, "--context", "aws:SecureTransport=true")
    _, out, _ = run(capsys, *asked)
    assert "uncertain for true: are variables replaced under `Bool`" in out
    document = json.loads(run(capsys, *asked, "--format", "json")[1])
    assert document["uncertain"] == {"variable-in-bool": ["true"]}
    assert document["denied"] == ["ann", "true"]
