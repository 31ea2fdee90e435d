"""`policyeval simulate --requests`: a request a line in, a decision a line out."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.account import request_lines, simulators
from policyeval.account.account import Account
from policyeval.account.request_lines import read_request_line
from policyeval.account.simulators import AccountSimulator
from policyeval.cli import bulk
from policyeval.cli.bulk import simulate_requests
from policyeval.cli.layers import GivenPolicies
from policyeval.cli.main import main
from policyeval.errors import PolicyevalError, ReadError, RequestError
from policyeval.evaluation.decide import decide
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Uncertainty
from policyeval.limits import FILE_BYTES, LINE_BYTES
from policyeval.policy.model import Policy
from tests.property.questions import draw_questions

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
COMPANY = Account.load(str(FIXTURES / "company" / "account.yaml"))
GUIDE = Account.load(str(FIXTURES / "guide" / "account.yaml"))
OWN_MFA = "arn:aws:iam::123456789012:mfa/alice"


def lines_of(*requests: object) -> bytes:
    return b"".join(json.dumps(request).encode() + b"\n" for request in requests)


GOOD = lines_of(
    {"principal": "alice", "action": "iam:CreateVirtualMFADevice", "resource": OWN_MFA},
    {"principal": "alice", "action": "iam:CreateUser"},
    {"principal": "bob", "action": "iam:CreateUser", "resource": "*", "context": {"aws:SourceIp": "203.0.113.1"}},
)
DECISIONS = "allowed\nimplicitDeny\nexplicitDeny\n"


def run(path: Path, content: bytes, **options: object) -> int:
    path.write_bytes(content)
    return simulate_requests(str(path), GUIDE, GivenPolicies(), **{"jobs": 1, **options})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.jsonl"


@pytest.mark.parametrize("index", [True, False])
def test_a_decision_for_each_line_in_order(path: Path, capsys: pytest.CaptureFixture[str], index: bool) -> None:
    assert run(path, GOOD, index=index) == 1
    printed = capsys.readouterr()
    assert printed.out == DECISIONS
    assert printed.err == "3 requests: 1 allowed, 2 denied\n"


def test_all_allowed_is_status_0(path: Path) -> None:
    assert run(path, GOOD.split(b"\n")[0]) == 0


@pytest.mark.parametrize("content", [b"", b"\n", b" \n\t\n"])
def test_no_line_is_no_decision(path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    assert run(path, content) == 0
    assert capsys.readouterr().out == ""


def test_lines_may_end_as_on_windows_and_be_blank(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(path, GOOD.replace(b"\n", b"\r\n\r\n")) == 1
    assert capsys.readouterr().out == DECISIONS


def test_a_byte_order_mark_is_no_part_of_the_first_request(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(path, b"\xef\xbb\xbf" + GOOD) == 1
    assert capsys.readouterr().out == DECISIONS


def test_one_request_is_not_several(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(path, GOOD.split(b"\n")[0])
    assert capsys.readouterr().err == "1 request: 1 allowed, 0 denied\n"


def test_a_process_that_is_killed_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Linux does when memory runs out."""
    monkeypatch.setattr(bulk, "BLOCK_BYTES", 200)
    monkeypatch.setattr(bulk, "_start_worker", lambda setting: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(PolicyevalError, match="a process was killed while it decided"):
        run(path, GOOD * 20, jobs=2)


def test_a_compressed_file_is_recognised(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(path, gzip.compress(GOOD)) == 1
    assert capsys.readouterr().out == DECISIONS


HEADER = 10  # bytes of gzip, before what is compressed (RFC 1952)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda packed: packed[:-12], id="cut off"),
        pytest.param(lambda packed: packed[:-8] + bytes(8), id="another checksum"),
        pytest.param(lambda packed: packed[:HEADER] + b"\xff" + packed[HEADER + 1 :], id="no such block"),
    ],
)
def test_a_damaged_archive_is_an_error(path: Path, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ReadError, match="could not be read to its end"):
        run(path, damage(gzip.compress(GOOD)))


def test_the_lines_before_the_damage_are_decided(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = gzip.compress(GOOD * 2000)
    kept = zlib.decompressobj(wbits=31).decompress(packed[: len(packed) // 2]).count(b"\n")
    assert kept > 100
    with pytest.raises(ReadError, match="could not be read to its end"):
        run(path, packed[: len(packed) // 2])
    printed = capsys.readouterr()
    assert printed.out.splitlines() == (DECISIONS.split() * 2000)[:kept]
    assert printed.err.startswith(f"{kept:,} requests: ")


def test_the_command_passes_its_format_on(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(GOOD.splitlines()[0])
    account = str(FIXTURES / "guide" / "account.yaml")
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "--requests", str(path), "--account", account, "--format", "json", "--jobs", "1"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == '{"decision": "allowed"}\n'


def test_json_is_an_object_a_line(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(path, GOOD, format="json")
    decisions = [json.loads(line)["decision"] for line in capsys.readouterr().out.splitlines()]
    assert decisions == DECISIONS.split()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", "is never closed"),
        (b"[]", "the line is no request"),
        (b"{}", "needs `principal`"),
        (b'{"principal": "alice"}', "needs `action`"),
        (b'{"principal": "alice", "action": "iam:GetUser", "resorce": "*"}', "did you mean `resource`?"),
        (b'{"principal": "alice", "action": "iam:GetUser", "action": "iam:GetUser"}', "action"),
        (b'{"principal": "alise", "action": "iam:GetUser"}', "did you mean `alice`?"),
        (b'{"principal": "alice", "action": "iam:*"}', "is a pattern"),
        (b'{"principal": "alice", "action": "iam:GetUser", "resource": "b/k"}', "is no ARN"),
        (b'{"principal": "alice", "action": "iam:GetUser", "context": []}', "`context` is an object"),
        (b'{"principal": "alice", "action": "iam:GetUser", "context": {"aws:x": null}}', "is null"),
        (b'{"principal": "alice", "action": "iam:GetUser", "context": {"aws:x": NaN}}', "NaN"),
        (b'{"principal": "alice", "action": "iam:GetUser", "time": "soon"}', "`soon` is no date"),
        (b'{"principal": "alice", "action": "iam:GetUser", "time": []}', "`time` is a date"),
        (b'{"principal": "alice", "action": "iam:GetUser"} x', ""),
        (b'{"principal": "\xff"}', "not UTF-8"),
        (b'{"principal": "\\ud800"}', "surrogate"),
        (b"[" * 5000, ""),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_rest_is_done(
    path: Path, capsys: pytest.CaptureFixture[str], line: bytes, message: str
) -> None:
    assert run(path, b"\n" + GOOD + line + b"\n" + GOOD) == 2
    printed = capsys.readouterr()
    assert printed.out == f"{DECISIONS}error\n{DECISIONS}"
    told, closing = printed.err.splitlines()
    assert told.startswith(f"{path}:5: ")
    assert message in told
    assert closing == "7 requests: 2 allowed, 4 denied, 1 not decided"


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_blocks_stay_in_order(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(bulk, "BLOCK_BYTES", 100)
    assert run(path, GOOD * 40 + b"{\n" + GOOD, jobs=jobs) == 2
    printed = capsys.readouterr()
    assert printed.out == DECISIONS * 40 + "error\n" + DECISIONS
    assert f"{path}:121: " in printed.err


@pytest.mark.parametrize("length", [LINE_BYTES.default + 1, 2 << 20, 5 << 20])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_line_that_is_too_long_is_an_error_and_the_rest_is_done(
    path: Path, capsys: pytest.CaptureFixture[str], length: int, jobs: int
) -> None:
    assert run(path, GOOD + b"a" * length + b"\n" + GOOD, jobs=jobs) == 2
    printed = capsys.readouterr()
    assert printed.out == f"{DECISIONS}error\n{DECISIONS}"
    assert f"{path}:4: the line is longer than 1,048,576 bytes" in printed.err


def test_a_line_without_end_is_not_read_for_ever(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "most", lambda limit: 1 << 21 if limit is FILE_BYTES else limit.default)
    with pytest.raises(ReadError, match="line 4 does not end within 2,097,152 bytes"):
        run(path, GOOD + b"a" * (5 << 20) + b"\n" + GOOD)
    assert capsys.readouterr().out == DECISIONS


def test_lines_of_a_pipe_are_answered_as_they_come() -> None:
    command = [sys.executable, "-m", "policyeval", "simulate", "--requests", "-", "--account"]
    with subprocess.Popen(
        [*command, str(FIXTURES / "guide" / "account.yaml")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line, decision in zip(GOOD.splitlines(keepends=True), DECISIONS.splitlines(), strict=True):
            process.stdin.write(line)
            process.stdin.flush()
            assert process.stdout.readline().decode().strip() == decision  # waits for ever if it should be kept back
        process.stdin.close()
        assert process.wait(20) == 1


@pytest.mark.parametrize("index", ["--index", "--no-index"])
def test_an_interrupt_ends_every_process_at_once(tmp_path: Path, index: str) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(GOOD * 20_000)
    command = [sys.executable, "-m", "policyeval", "simulate", "--requests", str(path), "--jobs", "2", index]
    with subprocess.Popen(
        [*command, "--account", str(FIXTURES / "guide" / "account.yaml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(1)  # some block is decided
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert (process.returncode, said) == (130, b"")


def hear_interrupts() -> None:
    """A shell lets its jobs in the background ignore them, and tests may run in one."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_standard_input_is_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(GOOD))))
    assert simulate_requests("-", GUIDE, GivenPolicies(), jobs=1) == 1
    assert capsys.readouterr().out == DECISIONS


def test_a_missing_file_is_an_error(path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        simulate_requests(str(path), GUIDE, GivenPolicies())


def test_policies_without_an_account(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
    given = PolicySet(identity=(Attached(Policy.parse(document)),))
    alice = "arn:aws:iam::111122223333:user/alice"
    path.write_bytes(lines_of(*({"principal": alice, "action": action} for action in ("s3:GetObject", "s3:PutObject"))))
    assert simulate_requests(str(path), None, GivenPolicies(given), jobs=1) == 1
    assert capsys.readouterr().out == "allowed\nimplicitDeny\n"


@pytest.mark.parametrize("index", ["--index", "--no-index"])
def test_a_caller_of_policies_without_an_account_may_be_named_alone(
    path: Path, capsys: pytest.CaptureFixture[str], index: str
) -> None:
    statement = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/${aws:username}/*"}
    policy = path.with_name("policy.json")
    policy.write_text(json.dumps({"Version": "2012-10-17", "Statement": statement}), encoding="utf-8")
    asked = {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/alice/k"}
    path.write_bytes(lines_of(*({"principal": name, **asked} for name in ("alice", "bob", "role/app"))))
    with pytest.raises(SystemExit) as exited:
        main(["simulate", "--policy", str(policy), "--requests", str(path), "--jobs", "1", index])
    assert exited.value.code == 1
    assert capsys.readouterr().out == "allowed\nimplicitDeny\nimplicitDeny\n"


def test_actions_that_aws_does_not_have_are_counted(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    actions = ["s3:GetObjekt", "s3:GetObjekt", "s3:GetObject", *(f"s3:Nope{number}" for number in range(9))]
    run(path, lines_of(*({"principal": "carol", "action": action} for action in actions), {"principal": "nobody"}))
    *_, note = capsys.readouterr().err.splitlines()
    assert note.startswith("note: 11 requests ask for what is not in AWS's list of actions of ")
    assert note.endswith(": `s3:GetObjekt`, " + ", ".join(f"`s3:Nope{number}`" for number in range(7)) + " and more")
    run(path, lines_of({"principal": "carol", "action": "s3:GetObjekt"}))
    assert capsys.readouterr().err.endswith(": `s3:GetObjekt`\n")


@pytest.mark.parametrize("index", ["--index", "--no-index"])
def test_an_account_takes_part_beside_policies_when_it_is_named(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index: str
) -> None:
    """A caller of another account is decided by the given policies and by the account's for its resources."""
    let_in = {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:Put*", "Resource": "*"}
    account = {"account": "123456789012", "users": {"ann": {}}}
    document = {**account, "resources": {"arn:aws:s3:::b": {"Version": "2012-10-17", "Statement": let_in}}}
    path.with_name("account.yaml").write_text(json.dumps(document), encoding="utf-8")
    held = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    path.with_name("p.json").write_text(json.dumps(held), encoding="utf-8")
    callers = ("arn:aws:iam::444455556666:role/p", "arn:aws:iam::444455556666:role/p", "ann")
    asked = [
        {"principal": who, "action": action, "resource": "arn:aws:s3:::b/k"}
        for who, action in zip(callers, ("s3:PutObject", "s3:GetObject", "s3:GetObject"), strict=True)
    ]
    path.write_bytes(lines_of(*asked))
    monkeypatch.chdir(path.parent)
    monkeypatch.delenv("POLICYEVAL_ACCOUNT", raising=False)

    def decisions(*more: str) -> tuple[str, str]:
        with pytest.raises(SystemExit):
            main(["simulate", "--requests", path.name, "--jobs", "1", index, *more])
        printed = capsys.readouterr()
        return printed.out, printed.err

    assert decisions("--policy", "p.json", "--account", "account.yaml")[0] == "allowed\nimplicitDeny\nallowed\n"
    out, err = decisions("--policy", "p.json")
    assert out == "allowed\n" * 3
    assert "note: policies are given, so `account.yaml` has no say; `--account account.yaml` joins it" in err
    out, err = decisions()
    assert out == "error\nerror\nimplicitDeny\n"
    assert "`--identity FILE`" in err


ROLE = "arn:aws:iam::123456789012:role/app"
BOTH_WAYS = [
    # the option, the statement, who asks for what, whether `simulate` of one request takes it
    (
        "--policy",
        {"Action": "iam:*", "Resource": "arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/alice"},
        ("alice", "iam:CreateUser", "arn:aws:iam::123456789012:user/alice"),
        0,
    ),
    (
        "--resource-policy",
        {"Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/alice"}},
        ("alice", "sts:AssumeRole", ROLE),
        0,
    ),
    # what no trust policy may hold
    (
        "--resource-policy",
        {"Action": "sts:AssumeRole", "Principal": "*", "Resource": "*"},
        ("alice", "sts:AssumeRole", ROLE),
        2,
    ),
]


@pytest.mark.parametrize(("option", "statement", "asked", "status"), BOTH_WAYS)
def test_policy_files_are_read_as_for_one_request(
    path: Path,
    capsys: pytest.CaptureFixture[str],
    option: str,
    statement: dict[str, object],
    asked: tuple[str, str, str],
    status: int,
) -> None:
    policy = path.with_name("policy.json")
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}}
    policy.write_text(json.dumps(document), encoding="utf-8")
    path.write_bytes(lines_of(dict(zip(("principal", "action", "resource"), asked, strict=True))))
    account = str(FIXTURES / "guide" / "account.yaml")
    found = []
    for words in (asked, ("--requests", str(path), "--jobs", "1")):
        with pytest.raises(SystemExit) as exited:
            main(["simulate", *words, option, str(policy), "--account", account])
        found.append(exited.value.code)
    assert found == [status, status]
    told = capsys.readouterr().err
    if status == 0:
        assert "`ACCOUNT-ID-WITHOUT-HYPHENS` in" in told.splitlines()[-1]
        assert told.splitlines()[-1].startswith("note: ")
    else:
        assert told.count("a role trust policy") == 2


DISPUTED = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "${aws:PrincipalTag/mfa}"}},
        },
    ],
}


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("format", ["full", "json"])
def test_a_decision_that_hangs_on_a_dispute_is_told(
    path: Path, capsys: pytest.CaptureFixture[str], index: bool, format: str
) -> None:
    """`simulate` says `uncertain` of it; in bulk no Deny that cannot be judged may pass without a word."""
    given = PolicySet(identity=(Attached(Policy.parse(DISPUTED)),))
    mfa = {"aws:MultiFactorAuthPresent": "true"}
    lines = lines_of(
        *(
            {"principal": "carol", "action": action, "context": context}
            for context in ({**mfa, "aws:PrincipalTag/mfa": "true"}, mfa)
            for action in ("s3:ListAllMyBuckets", "sqs:ListQueues", "s3:ListAllMyBuckets")
        )
    )
    path.write_bytes(lines)
    simulate_requests(str(path), GUIDE, GivenPolicies(given), jobs=1, index=index, format=format)  # type: ignore[arg-type]
    printed = capsys.readouterr()
    results = [
        GUIDE_WITH.simulate(request).uncertain
        for line in lines.splitlines()
        for request in [GUIDE.request(**json.loads(line))]
        for GUIDE_WITH in [Simulator.of(replace(GUIDE.policy_set(request), identity=given.identity))]
    ]
    assert [bool(result) for result in results] == [True, False, True, False, False, False]
    if format == "json":
        told = [json.loads(line).get("uncertain", []) for line in printed.out.splitlines()]
        assert told == [[each.dispute.rule for each in result] for result in results]
    assert "2 decisions hang on a rule about which AWS's texts disagree: `variable-in-bool` 2" in printed.err


@pytest.mark.parametrize("account", [None, GUIDE], ids=["alone", "beside an account"])
def test_a_dispute_comes_up_with_the_values_of_variables(
    path: Path, capsys: pytest.CaptureFixture[str], account: Account | None
) -> None:
    """What comes up with some values is remembered: those of the variables are among them."""
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    deny["Condition"] = {"StringNotEquals": {"s3:prefix": "${aws:PrincipalTag/team}"}}  # type: ignore[assignment]
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": [allow, deny]})
    teams = ("a", "b", "", "a", "")  # an empty one resolves nothing
    asked = {"principal": "bob", "action": "s3:ListBucket", "resource": "arn:aws:s3:::b"}
    lines = ({**asked, "context": {"s3:prefix": "a", "aws:PrincipalTag/team": team}} for team in teams)
    given = GivenPolicies(PolicySet(identity=(Attached(policy),)))
    path.write_bytes(lines_of(*lines))
    simulate_requests(str(path), account, given, jobs=1, format="json")
    told = [json.loads(line).get("uncertain", []) for line in capsys.readouterr().out.splitlines()]
    assert told == [["missing-variable-negated"] * (not team) for team in teams]


@pytest.mark.parametrize("seed", range(20))
def test_disputes_of_the_account_are_those_of_each_request(seed: int) -> None:
    """Asked in turns, so that what is remembered of one request meets others like it."""
    for _, policies, requests in draw_questions(Random(seed), worlds=2, requests=6):
        account = Account("111122223333")
        given = PolicySet(policies.identity, policies.resource, policies.boundary, scp=policies.scp)
        simulator = AccountSimulator(account, given)
        for asked in [*requests, *requests]:
            if asked.time is not None:
                continue
            principal = "arn:aws:iam::111122223333:root"
            try:
                request = account.request(principal, asked.action, asked.resource.arn, asked.context)
            except RequestError:
                continue
            base = replace(account.policy_set(request), identity=given.identity, boundary=given.boundary, scp=given.scp)
            base = replace(base, resource=given.resource or base.resource)
            told: list[Uncertainty] = []
            try:
                simulator.decide(principal, asked.action, asked.resource.arn, asked.context, None, told)
            except RequestError:
                continue
            assert tuple(told) == explain(base, request).uncertain, asked


LINES: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    st.sampled_from(["principal", "action", "resource", "context", "time", "tiem"]),
    st.sampled_from(["alice", "s3:GetObject", 1, None, True, "\\", "é", '{"', [], {}, {"a": "b"}, {"a": 1, "b": "x"}]),
)


@given(
    LINES, st.sampled_from(["", ', "action": "s3:*"', ', "context": {"a": 1, "b": 2, "a": "x"}', " x", "}", "\ufeff"])
)
def test_what_is_read_at_once_is_what_is_read_with_care(members: dict[str, object], added: str) -> None:
    """A line without escapes takes a short way, which must refuse and read as the long one."""
    line = (json.dumps(members, ensure_ascii=False)[:-1] + added + "}").replace("{, ", "{").encode()

    def read() -> object:
        try:
            return read_request_line(line, "line")
        except PolicyevalError as error:
            return error.message

    at_once = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_lines, "_read_plain", lambda line: None)
        assert at_once == read()


# ---- the account's simulators: the same policies as the account finds for each request


CALLERS = [*COMPANY.users, *(f"role/{name}" for name in COMPANY.roles), "root", "anonymous", "s3.amazonaws.com"]
QUESTIONS = [
    ("s3:GetObject", "arn:aws:s3:::example-corp-data-lake/team/1.csv"),
    ("s3:GetObject", "arn:aws:s3:::example-corp-public/index.html"),
    ("s3:ListBucket", "arn:aws:s3:::example-corp-public"),
    ("s3:ListAllMyBuckets", "arn:aws:s3:::example-corp-public"),
    ("s3:GetBucketPolicy", "arn:aws:s3:::example-corp-audit-logs"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/ci-deploy"),
    ("iam:GetRole", "arn:aws:iam::111122223333:role/ci-deploy"),
    ("ec2:DescribeInstances", "*"),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:instance/*"),
]
CONTEXT = {"aws:SecureTransport": "true", "aws:RequestedRegion": "eu-west-1", "aws:MultiFactorAuthPresent": "true"}


@pytest.mark.parametrize("context", [{}, CONTEXT, {**CONTEXT, "aws:PrincipalOrgID": "o-other"}], ids=len)
def test_the_account_asked_at_once_decides_as_one_by_one(context: dict[str, str]) -> None:
    simulator = AccountSimulator(COMPANY)
    for caller in CALLERS:
        for action, resource in QUESTIONS:
            request = COMPANY.request(caller, action, resource, context)
            expected = decide(COMPANY.policy_set(request), request).decision.value
            assert simulator.decide(caller, action, resource, context) == expected, (caller, action, resource)


PLACES = [
    "arn:aws:s3:::example-corp-public/index.html",
    "arn:aws:s3:::example-corp-public",
    "arn:aws:s3:::example-corp-public/",
    "arn:aws:s3:::example-corp-public/a/b",
    "arn:aws:s3:::example-corp-public/a:b",
    "arn:aws:s3:::example-corp-public-too/a",
    "arn:aws:s3:::example-corp-audit-logs/a",
    "arn:aws:s3:::/a",
    "arn:aws:iam::111122223333:role",
    "arn:aws:iam::111122223333:role/ci-deploy",
    "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
]


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:ListBucket", "sts:AssumeRole", "kms:Decrypt"])
def test_resources_that_lie_side_by_side_are_decided_each_by_its_own(action: str) -> None:
    """What is kept of one resource, and of one context, is never the answer about another."""
    simulator = AccountSimulator(COMPANY)
    with_text: dict[str, ContextValue] = {**CONTEXT}
    contexts: list[dict[str, ContextValue]] = [with_text, {**CONTEXT, "aws:SecureTransport": False}, with_text]
    for caller in (next(iter(COMPANY.users)), "role/ci-deploy", "anonymous"):
        for resource in (*PLACES, *reversed(PLACES)):
            for context in contexts:
                try:
                    request = COMPANY.request(caller, action, resource, context)
                except RequestError as error:
                    with pytest.raises(RequestError, match=re.escape(error.message)):
                        simulator.decide(caller, action, resource, context)
                    continue
                expected = decide(COMPANY.policy_set(request), request).decision.value
                assert simulator.decide(caller, action, resource, context) == expected, (caller, resource, context)


def test_many_owners_take_no_more_memory_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulators, "_PLACE_LIMIT", 3)
    simulator = AccountSimulator(COMPANY)
    for owner in range(20):
        arn = f"arn:aws:sqs:eu-west-1:{owner:012}:orders"
        request = COMPANY.request("amara", "sqs:SendMessage", arn)
        expected = decide(COMPANY.policy_set(request), request).decision.value
        assert simulator.decide("amara", "sqs:SendMessage", arn) == expected
    assert max(len(simulator._places), len(simulator._interned)) <= 3


def test_an_arn_without_a_resource_is_refused_beside_good_ones() -> None:
    simulator = AccountSimulator(COMPANY)
    assert simulator.decide("anonymous", "s3:GetObject", "arn:aws:s3:::/a") == "explicitDeny"
    with pytest.raises(RequestError, match="may not be empty"):
        simulator.decide("anonymous", "s3:GetObject", "arn:aws:s3:::")


@pytest.mark.parametrize("resource", ["*", *dict.fromkeys(resource for _, resource in QUESTIONS[:-1])])
def test_permissions_of_the_account_are_its_decisions(resource: str) -> None:
    simulator = AccountSimulator(COMPANY)
    for caller in CALLERS[::3]:
        found = simulator.permissions(caller, resource, CONTEXT)
        for action in {action for action, _ in QUESTIONS} | {"iam:CreateUser", "s3:CreateBucket", "sts:TagSession"}:
            request = COMPANY.request(caller, action, resource, CONTEXT)
            expected = decide(COMPANY.policy_set(request), request).decision.value
            assert found.decision(action) == expected, (caller, action)


@pytest.mark.parametrize(
    "beside", [["carol"], ["carol", "s3:GetObject"], ["--context", "aws:SourceIp=192.0.2.1"], ["--trace"]]
)
def test_what_the_lines_say_may_not_be_said_beside_them(
    beside: list[str], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(GOOD)
    account = str(FIXTURES / "guide" / "account.yaml")
    with pytest.raises(SystemExit) as ended:
        main(["simulate", *beside, "--requests", str(path), "--account", account])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "--requests" in shown.err
