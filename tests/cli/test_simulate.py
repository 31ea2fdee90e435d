"""`policyeval simulate`: what it prints, what it exits with, and what it makes of bad input."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policyeval.cli.main import main

ROOT = Path(__file__).parent.parent.parent
GUIDE = ROOT / "fixtures" / "guide"
OUTPUTS = Path(__file__).parent / "simulate"
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "simulate-1.json").read_text(encoding="utf-8"))
IAM = "arn:aws:iam::123456789012:"


class Run:
    """One run of the command line: exit status, standard output, standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        self.status = ended.value.code
        self.out, self.err = capsys.readouterr()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("POLICYEVAL_ACCOUNT", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(GUIDE)
    return lambda *arguments: Run(capsys, ("simulate", *arguments))


@pytest.fixture
def folder(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- what it prints: the guide's account, 80 columns wide

EXAMPLES: dict[str, tuple[tuple[str, ...], int]] = {
    "own-mfa": (("alice", "iam:CreateVirtualMFADevice", IAM + "mfa/alice"), 0),
    "anothers-mfa": (("alice", "iam:CreateVirtualMFADevice", IAM + "mfa/bob"), 1),
    "power-user-and-iam": (("bob", "iam:CreateUser"), 1),
    "power-user-and-billing-group": (("dave", "aws-portal:ViewBilling"), 1),
    "typing-error": (("erin", "iam:DeleteAccessKey", IAM + "user/erin"), 1),
    "administrator": (("carol", "iam:CreateUser", IAM + "user/zoe"), 0),
    "nothing-near": (("alice", "s3:GetObject", "arn:aws:s3:::team/plan"), 1),
    "exact": (("alice", "iam:CreateVirtualMFADevice", IAM + "mfa/alice", "--exact"), 1),
    "several-resources": (
        ("alice", "iam:EnableMFADevice", "--resource", IAM + "user/alice", "--resource", IAM + "user/bob"),
        1,
    ),
    "concise": (("bob", "iam:CreateUser", "--format", "concise"), 1),
    "trace": (("frank", "iam:CreateAccessKey", IAM + "user/frank", "--trace"), 1),
    "unknown-action": (("bob", "s3:HeadObject", "arn:aws:s3:::team/plan"), 0),
    "root": (("root", "aws-portal:ViewBilling"), 0),
    "settings": (
        ("carol", "aws-portal:ViewBilling", "--account", "account-billing-deactivated.yaml"),
        1,
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_output(run: Any, name: str) -> None:
    arguments, status = EXAMPLES[name]
    ran = run(*arguments)
    assert ran.out == (OUTPUTS / f"{name}.txt").read_text(encoding="utf-8")
    assert (ran.status, ran.err) == (status, "")


@pytest.mark.parametrize("name", EXAMPLES)
def test_colour_adds_nothing_but_colour(run: Any, name: str) -> None:
    arguments, _ = EXAMPLES[name]
    plain, painted = run(*arguments).out, run(*arguments, "--color", "always").out
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain
    assert ("\x1b[" in painted) == (name != "concise")


def test_a_decision_is_green_or_red(run: Any) -> None:
    assert run(*EXAMPLES["root"][0], "--color", "always").out.startswith("\x1b[1;32mALLOWED\x1b[0m  root may ")
    assert run(*EXAMPLES["exact"][0], "--color", "always").out.startswith(
        "\x1b[1;31mIMPLICIT DENY\x1b[0m  alice may not "
    )


def test_every_output_is_of_an_example() -> None:
    assert {path.stem for path in OUTPUTS.iterdir()} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_outputs_fit_eighty_columns(name: str) -> None:
    for line in (OUTPUTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        assert len(line) <= 80 or name == "concise" or " " not in line.strip()


# ---- JSON


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "concise"])
def test_json_follows_its_schema_and_agrees_with_the_text(run: Any, name: str) -> None:
    arguments, status = EXAMPLES[name]
    ran = run(*arguments, "--format", "json")
    answer = json.loads(ran.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(answer)
    assert ran.status == status == (0 if answer["decision"] == "allowed" else 1)
    assert ran.err == ""


def test_json_tells_where_in_lines_and_columns_from_one(run: Any) -> None:
    (result,) = json.loads(run(*EXAMPLES["typing-error"][0], "--format", "json").out)["results"]
    miss = result["nearestMisses"][0]
    action = next(clause for clause in miss["clauses"] if clause["element"] == "Action")
    text = (GUIDE / "manage-own-access-keys.json").read_text(encoding="utf-8")
    place = action["place"]
    assert place["file"] == "manage-own-access-keys.json"
    assert place["pointer"] == "/Statement/1/Action/3"
    assert text[place["start"]["offset"] : place["end"]["offset"]] == '"iam>DeleteAccessKey"'
    line = text.splitlines()[place["start"]["line"] - 1]
    assert line[place["start"]["column"] - 1 : place["end"]["column"] - 1] == '"iam>DeleteAccessKey"'


def test_only_a_trace_lists_every_statement(run: Any) -> None:
    arguments, _ = EXAMPLES["typing-error"]
    (plain,) = json.loads(run(*arguments, "--format", "json").out)["results"]
    (traced,) = json.loads(run(*arguments, "--format", "json", "--trace").out)["results"]
    assert plain["considered"] is None
    assert len(traced["considered"]) == 4


def test_the_strictest_of_several_resources_is_the_decision(run: Any) -> None:
    answer = json.loads(run(*EXAMPLES["several-resources"][0], "--format", "json").out)
    assert [result["decision"] for result in answer["results"]] == ["allowed", "implicitDeny"]
    assert answer["decision"] == "implicitDeny"


# ---- who, what and in which context, without an account


def policy(folder: Path, name: str, *statements: dict[str, Any]) -> str:
    (folder / name).write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), encoding="utf-8")
    return name


def allow(action: str | list[str] = "s3:*", **elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **elements}


def test_policies_need_no_account(run: Any, folder: Path) -> None:
    ran = run("bob", "s3:GetObject", "arn:aws:s3:::b/k", "--policy", policy(folder, "p.json", allow()))
    assert ran.status == 0
    assert "no account is given: `bob` is taken as\n           arn:aws:iam::000000000000:user/bob" in ran.out


@pytest.mark.parametrize(
    ("who", "resource", "status"),
    [
        ("bob", "arn:aws-us-gov:s3:::b/k", 0),  # a name lives where the resource does
        ("role/app", "arn:aws-cn:s3:::b/k", 0),
        ("assumed-role/app/ci", "arn:aws:s3:::b/k", 0),
        ("root", "arn:aws-cn:s3:::b/k", 0),
        ("444455556666", "arn:aws-cn:s3:::b/k", 0),
        ("arn:aws:iam::444455556666:user/bob", "arn:aws:s3:::b/k", 0),
        ("arn:aws:iam::444455556666:user/bob", "arn:aws-us-gov:s3:::b/k", 1),
        ("arn:aws:iam::444455556666:user/bob", "arn:aws:sqs:us-east-1:123456789012:q", 1),
        ("bob", "arn:aws:sqs:us-east-1:123456789012:q", 0),
        ("ec2.amazonaws.com", "arn:aws:s3:::b/k", 1),
        ("anonymous", "arn:aws:s3:::b/k", 1),
    ],
)
def test_callers_without_an_account(run: Any, folder: Path, who: str, resource: str, status: int) -> None:
    service = resource.split(":")[2]
    ran = run(who, f"{service}:DoThis", resource, "--policy", policy(folder, "p.json", allow("*")))
    assert ran.status == status, ran.out


CONTEXT = [
    # the condition, the arguments, the status
    ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, ["--context", "aws:SourceVpc=vpc-1"], 0),
    ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, ["--context", "AWS:SOURCEVPC=vpc-1"], 0),
    ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, [], 1),
    ({"StringEquals": {"s3:prefix": "a=b"}}, ["--context", "s3:prefix=a=b"], 0),
    ({"StringEquals": {"s3:prefix": ""}}, ["--context", "s3:prefix="], 0),
    ({"ForAllValues:StringEquals": {"s3:x": ["a", "b"]}}, ["--context", "s3:x=a", "--context", "s3:x=b"], 0),
    ({"ForAllValues:StringEquals": {"s3:x": ["a"]}}, ["--context", "s3:x=a", "--context", "S3:X=b"], 1),
    (
        {"StringEquals": {"s3:x": ["a", "b"]}},
        ["--context", "s3:x=a", "--context", "s3:x=b"],
        1,
    ),  # a list needs a set op.
    ({"NumericEquals": {"s3:max-keys": "5"}}, ["--context-file", "context.json"], 0),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}, ["--context-file", "context.json"], 0),
    ({"Bool": {"aws:SecureTransport": "true"}}, ["--context-file", "context.json"], 0),
    ({"NumericEquals": {"s3:max-keys": "6"}}, ["--context-file", "context.json", "--context", "S3:max-keys=6"], 0),
    ({"DateEquals": {"aws:CurrentTime": "2026-05-01T10:00:00Z"}}, ["--time", "2026-05-01T12:00:00+02:00"], 0),
    ({"NumericEquals": {"aws:EpochTime": "86400"}}, ["--time", "86400"], 0),
]


@pytest.mark.parametrize(("condition", "arguments", "status"), CONTEXT)
def test_context(run: Any, folder: Path, condition: dict[str, Any], arguments: list[str], status: int) -> None:
    context = {"s3:max-keys": 5, "aws:TagKeys": ["team", "env"], "aws:SecureTransport": True}
    (folder / "context.json").write_text(json.dumps(context), encoding="utf-8")
    ran = run("bob", "s3:GetObject", "--policy", policy(folder, "p.json", allow(Condition=condition)), *arguments)
    assert ran.status == status, ran.out


def test_layers_from_files(run: Any, folder: Path) -> None:
    """Each layer, and each that does not allow stands in the way."""
    identity, none = policy(folder, "identity.json", allow()), policy(folder, "none.json", allow("ec2:*"))
    bucket = policy(folder, "bucket.json", allow(Principal={"AWS": "arn:aws:iam::123456789012:user/bob"}))
    open_end, shut = (
        policy(folder, "open.json", allow(Principal="*")),
        policy(folder, "shut.json", allow("ec2:*", Principal="*")),
    )
    deny = policy(folder, "rcp.json", {**allow(Principal="*"), "Effect": "Deny"})
    bob, question = "arn:aws:iam::123456789012:user/bob", ("s3:GetObject", "arn:aws:s3:::b/k")
    statuses = {
        ("--identity", identity): 0,
        ("--identity", none): 1,
        ("--resource-policy", bucket): 0,
        ("--resource-policy", bucket, "--boundary", none): 0,
        ("--resource-policy", bucket, "--resource-account", "444455556666"): 1,
        ("--identity", identity, "--boundary", identity): 0,
        ("--identity", identity, "--boundary", none): 1,
        ("--identity", identity, "--scp", identity, "--scp", f"{none},{identity}"): 0,
        ("--identity", identity, "--scp", identity, "--scp", none): 1,
        ("--identity", identity, "--rcp", deny): 1,
        ("--identity", identity, "--endpoint-policy", open_end): 0,
        ("--identity", identity, "--endpoint-policy", shut): 1,
    }
    found = {arguments: run(bob, *question, *arguments).status for arguments in statuses}
    assert found == statuses
    session = {
        ("--identity", identity, "--session-policy", identity): 0,
        ("--identity", identity, "--session-policy", none): 1,
    }
    role = "arn:aws:iam::123456789012:role/app"
    assert {arguments: run(role, *question, *arguments).status for arguments in session} == session


def test_standard_input_is_read_once_for_all_resources(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (folder / policy(folder, "p.json", allow())).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    more = ("--resource", "arn:aws:s3:::c/k", "--boundary", "-")
    ran = run("bob", "s3:GetObject", "arn:aws:s3:::b/k", *more, "--policy", "-", "--format", "concise")
    assert (ran.status, len(ran.out.splitlines()), len(ran.err.splitlines())) == (0, 2, 1)
    assert ran.out.count("  statement 1 in <stdin>") == 2


# ---- policies beside an account

PARTNER = "arn:aws:iam::444455556666:role/partner"
LOG = "arn:aws:s3:::acme-logs/x"


@pytest.fixture
def acme(folder: Path) -> Path:
    """An account whose bucket denies all that comes by another way than one endpoint, whoever else allows it."""
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    shut = {**allow(Condition=elsewhere, Principal="*"), "Effect": "Deny"}
    let_in = allow("s3:PutObject", Principal={"AWS": "444455556666"}, Resource=f"{LOG[:-1]}*")
    bucket = {"Version": "2012-10-17", "Statement": [shut, let_in]}
    nobody_puts = policy(folder, "scp.json", allow("sqs:*"), allow("s3:GetObject"))
    account = {
        "account": "123456789012",
        "users": {"ann": {}},
        "resources": {"arn:aws:s3:::acme-logs": bucket},
        "organization": {"scps": [[nobody_puts]]},
    }
    (folder / "account.yaml").write_text(json.dumps(account), encoding="utf-8")
    policy(folder, "put.json", allow("s3:PutObject"))
    policy(folder, "get.json", allow("s3:GetObject"))
    return folder


@pytest.mark.parametrize("named_by", ["option", "environment", "configuration"])
def test_an_account_that_is_named_is_used_beside_policies(
    run: Any, acme: Path, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    """Only `--account` was: the bucket's Deny was left out without a word."""
    if named_by == "environment":
        monkeypatch.setenv("POLICYEVAL_ACCOUNT", "account.yaml")
    if named_by == "configuration":
        (acme / "policyeval.toml").write_text('account = "account.yaml"\n', encoding="utf-8")
    named = ("--account", "account.yaml") if named_by == "option" else ()
    ran = run("ann", "s3:GetObject", LOG, "--identity", "get.json", *named)
    assert (ran.status, ran.out.split("  ")[0]) == (1, "EXPLICIT DENY")
    assert "no account is given" not in ran.out
    ran = run("ann", "s3:GetObject", LOG, "--identity", "get.json", *named, "--context", "aws:SourceVpce=vpce-1")
    assert ran.status == 0


def test_an_account_that_nobody_named_is_not_joined_to_policies(run: Any, acme: Path) -> None:
    ran = run("ann", "s3:GetObject", LOG, "--identity", "get.json")
    assert ran.status == 0
    assert "`account.yaml` has no say; `--account account.yaml` joins it" in " ".join(ran.out.split())


def test_an_empty_name_is_no_account(run: Any, acme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYEVAL_ACCOUNT", "account.yaml")
    ran = run("bob", "s3:GetObject", LOG, "--identity", "get.json", "--account", "")
    assert (ran.status, "has no say" in ran.out) == (0, False)
    assert "no account to simulate" in run("ann", "s3:GetObject", "--account", "").err


@pytest.mark.parametrize(
    ("who", "arguments", "status"),
    [
        (PARTNER, ("--context", "aws:SourceVpce=vpce-1"), 0),  # the account's SCP, which lets nobody put, is not theirs
        (PARTNER, (), 1),
        ("arn:aws:iam::444455556666:user/x", ("--context", "aws:SourceVpce=vpce-1"), 0),
        ("444455556666", ("--context", "aws:SourceVpce=vpce-1"), 0),
        (PARTNER, ("--context", "aws:SourceVpce=vpce-1", "--scp", "get.json"), 1),
        ("arn:aws:iam::111122223333:role/other", ("--context", "aws:SourceVpce=vpce-1"), 1),  # the bucket knows no such
        ("ann", ("--context", "aws:SourceVpce=vpce-1"), 1),  # whom the SCP binds
    ],
)
def test_a_caller_of_another_account_is_decided_by_given_policies(
    run: Any, acme: Path, who: str, arguments: tuple[str, ...], status: int
) -> None:
    ran = run(who, "s3:PutObject", LOG, "--identity", "put.json", "--account", "account.yaml", *arguments)
    assert (ran.status, ran.err) == (status, ""), ran.out


def test_the_help_about_a_caller_of_another_account_leads_on(run: Any, acme: Path) -> None:
    ran = run(PARTNER, "s3:PutObject", LOG)
    assert ran.status == 2
    assert "`--identity FILE`" in ran.err


# ---- what AWS is never asked

BUCKET = "arn:aws:s3:::acme-logs"
QUESTIONS: list[tuple[tuple[str, ...], str | None]] = [
    (("s3:GetObject", "arn:aws:ec2:us-east-1:123456789012:instance/i-1"), "AWS makes no request for `s3:GetObject` on"),
    (("s3:GetObject", BUCKET), "the form that fits is `arn:${Partition}:s3:::${BucketName}/${ObjectName}`"),
    (("s3:ListBucket", LOG), f"AWS makes no request for `s3:ListBucket` on `{LOG}`"),
    (("s3:ListBucket", BUCKET), None),
    (("s3:GetObject", LOG), None),
    (("iam:CreateUser", "arn:aws:iam::123456789012:user/zoe"), None),
    (("s3:ListBucket",), "`s3:ListBucket` can act on a resource (accesspoint or bucket); `*` asks for no particular"),
    (("sqs:SendMessage",), "`sqs:SendMessage` acts on a resource (queue); `*` asks for no particular one"),
    (("ec2:CreateTags",), "more); `*` asks for no particular one"),
    (("s3:ListAllMyBuckets",), None),
    (("s3:ListAllMyBuckets", BUCKET), "AWS authorizes it on `*` only"),
    (("s3:NoSuch", LOG), "not in AWS's list of actions"),
]


@pytest.mark.parametrize(("question", "said"), QUESTIONS)
def test_a_question_that_aws_is_never_asked(
    run: Any, folder: Path, question: tuple[str, ...], said: str | None
) -> None:
    ran = run("arn:aws:iam::123456789012:user/ann", *question, "--policy", policy(folder, "p.json", allow("*")))
    told = " ".join(ran.out.partition("= note: ")[2].split())
    assert ran.status == 0
    assert (said in told) if said else (told == "")


def test_a_role_that_the_account_does_not_have_is_said(run: Any) -> None:
    ran = run("carol", "iam:PassRole", IAM + "role/nosuch")
    assert f"the account has no role `{IAM}role/nosuch`" in " ".join(ran.out.split())
    assert "has no role" not in run("carol", "iam:CreateRole", IAM + "role/nosuch").out


CONTEXT_NOTES: list[tuple[str, str | None]] = [
    ("aws:SecureTransprt=false", "AWS has no condition key `aws:SecureTransprt`; did you mean `aws:SecureTransport`?"),
    ("aws:SecureTransport=flase", "`aws:SecureTransport` holds `true` or `false`, which `flase` is not"),
    ("AWS:securetransport=FALSE", None),
    ("aws:MultiFactorAuthAge=soon", "`aws:MultiFactorAuthAge` holds a number, which `soon` is not"),
    ("aws:SourceIp=192.0.2.0/24", "`aws:SourceIp` holds an address, which `192.0.2.0/24` is not"),
    ("aws:SourceIp=192.0.2.1", None),
    ("aws:CurrentTime=today", "`aws:CurrentTime` holds a date, which `today` is not"),
    ("aws:EpochTime=1700000000", None),
    ("aws:RequestTag=x", "`aws:RequestTag` lacks the key of a tag, as in `aws:RequestTag/team`"),
    ("aws:RequestTag/team=x", None),
    ("aws:PrincipalTag/a:b=x", None),
    ("s3:Prefixes=a", "did you mean `s3:prefix`?"),
    ("s3:max-keys=few", "`s3:max-keys` holds a number, which `few` is not"),
    ("ec2:ResourceTag/team=x", None),
    ("kms:EncryptionContext:app=x", None),
    ("saml:aud=https://signin.aws.amazon.com/saml", None),
    ("saml:surprise=x", None),
    ("token.actions.githubusercontent.com:aud=sts.amazonaws.com", None),
    ("cognito-identity.amazonaws.com:aud=x", None),
    ("oidc.example.com:claim=x", None),
    ("acme:key=x", None),
]


@pytest.mark.parametrize(("pair", "said"), CONTEXT_NOTES)
def test_a_context_that_aws_never_sends(run: Any, folder: Path, pair: str, said: str | None) -> None:
    """A key or value that was mistyped decided otherwise without a word."""
    arguments = ("s3:GetObject", LOG, "--policy", policy(folder, "p.json", allow("*")), "--context", pair)
    told = " ".join(run("arn:aws:iam::123456789012:user/ann", *arguments).out.partition("= note: ")[2].split())
    assert (said in told) if said else (told == "")


def test_values_of_a_context_file_are_judged_as_what_they_mean(run: Any, folder: Path) -> None:
    context = {"aws:SecureTransport": True, "aws:MultiFactorAuthAge": 5, "s3:max-keys": [1, "x"]}
    (folder / "context.json").write_text(json.dumps(context), encoding="utf-8")
    arguments = ("s3:GetObject", LOG, "--policy", policy(folder, "p.json", allow("*")))
    ran = run("arn:aws:iam::123456789012:user/ann", *arguments, "--context-file", "context.json")
    assert " ".join(ran.out.partition("= note: ")[2].split()) == "`s3:max-keys` holds a number, which `x` is not"


# ---- in a line

DISPUTED = {"Bool": {"aws:SecureTransport": "${aws:username}"}}


def test_a_line_leaves_no_warning_out(run: Any, folder: Path) -> None:
    who, secure = "arn:aws:iam::123456789012:user/true", ("--context", "aws:SecureTransport=true")
    disputed = policy(folder, "p.json", allow(Condition=DISPUTED))
    ran = run(who, "s3:GetObjekt", LOG, "--policy", disputed, *secure, "--format", "concise")
    assert (ran.status, len(ran.out.splitlines())) == (1, 1)
    note, doubt = ran.err.splitlines()
    assert note.startswith("note: `s3:GetObjekt` is not in AWS's list of actions of ")
    assert doubt.startswith("uncertain: [variable-in-bool] are variables replaced under `Bool`")


def test_a_line_says_what_the_request_lacks(run: Any, folder: Path) -> None:
    mfa = policy(folder, "p.json", allow(Condition={"Bool": {"aws:SecureTransport": "true"}}))
    ran = run("ann", "s3:GetObject", LOG, "--resource", f"{LOG}y", "--policy", mfa, "--format", "concise")
    assert len(ran.out.splitlines()) == 2
    assert ran.err.count("could change the answer: `--context aws:SecureTransport=VALUE`") == 1


def test_a_line_does_not_credit_policies_with_what_root_may(run: Any) -> None:
    assert run("root", "s3:GetObject", LOG, "--format", "concise").out.endswith(f"{LOG}  root needs no policy\n")


IDLE = [
    (("--jobs", "2"), "`--jobs` is for many requests"),
    (("--no-index",), "`--no-index` is for many requests"),
    (("--trace", "--format", "concise"), "`--trace` is of the other formats"),
]


@pytest.mark.parametrize(("arguments", "said"), IDLE)
def test_an_option_that_would_do_nothing_is_refused(run: Any, arguments: tuple[str, ...], said: str) -> None:
    ran = run("alice", "s3:GetObject", LOG, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {said}")


def test_standard_input_has_one_name(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (folder / policy(folder, "p.json", allow())).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    out = run("bob", "s3:GetObject", LOG, "--policy", "-").out
    assert "statement 1 in <stdin>" in out
    assert "--> <stdin>:1:" in out
    assert " - " not in out


# ---- what cannot be

REQUESTS: list[tuple[tuple[str, ...], str, str | None]] = [
    (("alise", "s3:GetObject"), "no user `alise`", "did you mean `alice`?"),
    (("role/x", "s3:GetObject"), "no role `x`", None),
    (("alice", "s3:Get*"), "`s3:Get*` is a pattern, and a request has one action", "policyeval expand"),
    (("alice", "s3"), "`s3` is no action", "`service:Name`"),
    (("alice", "s3:GetObject", "b/k"), "`b/k` is no ARN", "`arn:aws:s3:::bucket/key`"),
    (("alice", "s3:GetObject", ""), "`` is no ARN", None),
    (("alice", "s3:GetObject", "arn:aws-cn:s3:::b"), "the partition `aws-cn`", "nothing reaches across partitions"),
    (("alice", "s3:GetObject", "--resource-account", "12"), "`12` is no account id", "twelve digits"),
    (
        ("alice", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:444455556666:q", "--resource-account", "123456789012"),
        "the resource's account is `123456789012`, but its ARN names `444455556666`",
        None,
    ),
    (("alice", "s3:GetObject", "--context", "prefix"), "`prefix` is no context", "KEY=VALUE"),
    (("alice", "s3:GetObject", "--context", "prefix=a"), "`prefix=a` is no context", "KEY=VALUE"),
    (("alice", "s3:GetObject", "--time", "Jan 5, 2020"), "`Jan 5, 2020` is no date", "2026-05-01T10:00:00Z"),
    (("alice", "s3:GetObject", "--time", "9" * 19), f"`{'9' * 19}` is no date", None),
    (("arn:aws:iam::444455556666:user/x", "s3:GetObject"), "is of account 444455556666", "--identity"),
    (("alice", "s3:GetObject", "--boundary", "none.json"), "no such file", None),
    (("alice", "s3:GetObject", "--account", "none.yaml"), "no such file", None),
]


@pytest.mark.parametrize(("arguments", "message", "help"), REQUESTS)
def test_a_request_that_cannot_be(run: Any, arguments: tuple[str, ...], message: str, help: str | None) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error")
    said = re.sub(r"\s+", " ", ran.err)
    assert message in said
    assert ran.err.count("error") == 1
    if help is not None:
        assert "= help: " in said
        assert help in said


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("alice",),
        ("alice", "s3:GetObject", "*", "more"),
        ("alice", "s3:GetObject", "--format", "xml"),
        ("--nope",),
        ("--contxt", "a=b"),
    ],
)
def test_a_command_that_cannot_be(run: Any, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "`policyeval simulate --help`" in " ".join(ran.err.split()) or "did you mean" in ran.err


def test_no_account_at_all(run: Any, folder: Path) -> None:
    ran = run("alice", "s3:GetObject")
    assert ran.status == 2
    assert "no account to simulate" in ran.err
    assert "--account FILE" in ran.err


FILES: list[tuple[str, bytes | None, str]] = [
    # the file, what is in it, what is said
    ("missing.json", None, "no such file"),
    ("empty.json", b"", "file is empty"),
    ("blank.json", b" \n", "no JSON here: the text is empty"),
    ("binary.json", bytes(range(256)), "binary file"),
    ("latin.json", b'{"Version": "\xe9"}', "byte 0xe9 at offset 13, line 1, is not UTF-8"),
    ("utf16.json", '{"Version": "2012-10-17"}'.encode("utf-16"), "text is UTF-16, not UTF-8"),
    ("text.json", b"hello", "`hello` is not in double quotes"),
    ("cut.json", b'{"Version": "2012-10-17", "Statement": [', "`[` is never closed"),
    ("number.json", b"5", "the file holds a number that is no policy"),
    ("list.json", b"[]", "the file holds a list that is no policy"),
    ("object.json", b'{"a": 1}', "the file holds an object that is no policy"),
    ("surrogate.json", b'{"Version": "\\ud800"}', "`\\ud800` is half a character"),
    ("twice.json", b'{"Version": "2012-10-17", "Version": "2012-10-17"}', "key `Version` appears twice"),
    ("deep.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested deeper than 100 levels"),
    ("brackets.json", b"[" * 5_000_000, "nested deeper than 100 levels"),
    ("null.json", b'{"Version": "2012-10-17", "Statement": null}', "`Statement` is null"),
]

NO_POLICY = ("number.json", "list.json", "object.json", "null.json")


@pytest.mark.parametrize(("name", "content", "message"), FILES, ids=[name for name, _, _ in FILES])
@pytest.mark.parametrize("option", ["--policy", "--account"])
def test_a_bad_file_is_one_clear_error(
    run: Any, folder: Path, option: str, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    ran = run("alice", "s3:GetObject", option, name)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("error")
    assert name in ran.err
    assert len(ran.err.splitlines()) <= 12
    if option == "--policy" or name not in NO_POLICY:  # as an account they are wrong in another way
        assert message in re.sub(r"\s+", " ", ran.err)


LAUGHS = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
YAML: list[tuple[str, str]] = [
    ("account: &a\n  users: *a\n", "alias `*a` is part of what it stands for"),
    (LAUGHS, "aliases stand for more than"),
    ('account: "1\n', "string is never closed"),
    ("users: [", "`[` is never closed"),
    ("account: !!python/object:os.system {}\n", "tag"),
    ("a: 1\na: 2\n", "key `a` appears twice"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), YAML)
def test_bad_yaml_is_one_clear_error(run: Any, folder: Path, text: str, message: str) -> None:
    (folder / "account.yaml").write_text(text, encoding="utf-8")
    ran = run("alice", "s3:GetObject")
    assert (ran.status, ran.out) == (2, "")
    assert message in re.sub(r"\s+", " ", ran.err)
    assert "account.yaml:" in ran.err


def test_a_directory_is_no_file(run: Any, folder: Path) -> None:
    ran = run("alice", "s3:GetObject", "--policy", str(folder))
    assert ran.status == 2
    assert "is a directory, not a file" in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(run: Any, folder: Path) -> None:
    path = folder / "p.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(0)
    ran = run("alice", "s3:GetObject", "--policy", "p.json")
    assert ran.status == 2
    assert "permission" in ran.err


CONTEXT_FILES: list[tuple[str, str]] = [
    ("[]", "is a list, not a mapping"),
    ('{"s3:prefix": null}', "null"),
    ('{"s3:prefix": {}}', "mapping"),
    ('{"s3:prefix": [["a"]]}', "list"),
    ('{"s3:prefix": "a", "S3:Prefix": "b"}', "is there twice"),
    ("{", "`{` is never closed"),
]


@pytest.mark.parametrize(("text", "message"), CONTEXT_FILES)
def test_a_bad_context_file_is_one_clear_error(run: Any, folder: Path, text: str, message: str) -> None:
    (folder / "context.json").write_text(text, encoding="utf-8")
    name = policy(folder, "p.json", allow())
    ran = run("alice", "s3:GetObject", "--policy", name, "--context-file", "context.json")
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
    assert "context.json:1:" in ran.err


@pytest.mark.parametrize(
    ("option", "statement", "rule"),
    [
        ("--identity", allow(Principal="*"), "unsupported-principal"),
        ("--boundary", allow(Principal="*"), "unsupported-principal"),
        ("--session-policy", allow(Principal="*"), "unsupported-principal"),
        ("--resource-policy", allow(), "missing-principal"),
        ("--endpoint-policy", allow(), "missing-principal"),
        ("--scp", allow(Principal="*"), "scp-syntax-error-principal"),
        ("--rcp", allow(Principal="*"), "rcp-syntax-error-allow"),
    ],
)
def test_a_layer_of_the_wrong_kind(run: Any, folder: Path, option: str, statement: dict[str, Any], rule: str) -> None:
    ran = run("alice", "s3:GetObject", option, policy(folder, "p.json", statement))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error[{rule}]: ")
    assert "--> p.json:1:" in ran.err


# ---- in a process of its own


def process(*arguments: str | bytes, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command: list[str | bytes] = [sys.executable, "-m", "policyeval", "simulate", *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}
    )


def test_bytes_that_are_no_text_are_no_traceback(folder: Path) -> None:
    """JSON could not be written of an argument that is no UTF-8."""
    name = policy(folder, "p.json", allow(Condition={"StringEquals": {"aws:UserAgent": "x"}}))
    arguments = ("bob", "s3:GetObject", b"arn:aws:s3:::b/\xff", "--policy", name, "--context", b"aws:UserAgent=\xff")
    for format in ("json", "full", "concise"):
        ran = process(*arguments, "--format", format, cwd=folder)
        assert ran.returncode == 1, format
        assert b"Traceback" not in ran.stderr
        assert rb"\udcff" in ran.stdout


def test_a_terminal_that_cannot_say_everything(folder: Path) -> None:
    """An ellipsis of a cut line was fatal under an encoding without one."""
    name = policy(folder, "p.json", allow(["s3:GetObject", "x" * 200], Condition={"Null": {"s3:prefix": False}}))
    ran = process("bob", "s3:GetObject", "--policy", name, cwd=folder, PYTHONIOENCODING="ascii")
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert rb"\u2026" in ran.stdout


@pytest.mark.parametrize("name", ["aws:", ":SourceIp", "", "SourceIp"])
def test_a_context_key_has_a_service_and_a_name(run: Any, name: str) -> None:
    ran = run("alice", "iam:GetUser", "--context", f"{name}=x")
    assert ran.status == 2
    assert f"`{name}=x` is no context" in ran.err


# ---- YAML by any name


@pytest.mark.parametrize("name", ["account.txt", "account", "-"])
def test_an_account_in_yaml_by_any_name(run: Any, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    (folder / "all.json").write_text(json.dumps(policy), encoding="utf-8")
    account = 'account: "123456789012"\nusers:\n  ann: {policies: [all.json]}\n'
    (folder / name).write_text(account, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(account.encode())))
    assert run("ann", "s3:GetObject", "arn:aws:s3:::b/k", "--account", name).status == 0


def test_a_context_in_yaml_from_standard_input(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"aws:SourceIp: 203.0.113.5\n")))
    ran = run("alice", "iam:ListUsers", "--context-file", "-")
    assert (ran.status, ran.err) == (1, "")
