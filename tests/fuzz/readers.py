"""Every reader of the program as a function of bytes, with all that is done with what it reads.

A reader ends with nothing or with a `PolicyevalError`; whatever else it raises is a fault. What people and programs
would see of it is drawn, and held to be free of control codes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import typer
import yaml

from policyeval.account.account import Account
from policyeval.account.authorization_details import read_authorization_details
from policyeval.account.file import read_account_file
from policyeval.baseline import read_baseline
from policyeval.cases.annotations import annotate
from policyeval.cases.drawing import draw_case
from policyeval.cases.files import TestRun
from policyeval.cases.junit import junit_xml as case_junit
from policyeval.cases.reader import Accounts, parse_cases
from policyeval.cases.result import run_case
from policyeval.cli import bulk
from policyeval.cli.layers import GivenPolicies
from policyeval.cli.verify_proof import verify_proof
from policyeval.config import read_config
from policyeval.diagnostics.decision import concise, render_result
from policyeval.diagnostics.failure import draw_failure
from policyeval.diagnostics.finding import Finding
from policyeval.diagnostics.render.access_analyzer import access_analyzer_json
from policyeval.diagnostics.render.concise import concise_line
from policyeval.diagnostics.render.full import render_finding
from policyeval.diagnostics.render.github import github_lines
from policyeval.diagnostics.render.gitlab import gitlab_json
from policyeval.diagnostics.render.junit import junit_xml
from policyeval.diagnostics.render.sarif import sarif_json
from policyeval.diagnostics.style import Style
from policyeval.diagnostics.summary import Summary
from policyeval.errors import PolicyevalError
from policyeval.evaluation.decide import decide
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.simulator import Simulator
from policyeval.fixing import fix_all
from policyeval.gitignore import IgnoreFile
from policyeval.linter.files import Asked, check_bytes, check_source
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import examine, find_document
from policyeval.policy.model import Policy
from policyeval.reading import decode_document, source_from_bytes
from policyeval.report.check import check_json
from policyeval.rules.manual import describe

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures"
HERE = str(FIXTURES / "guide")
"""Where the texts are said to stand, so that what they name can be found."""

KINDS: Sequence[PolicyKind | None] = (None, *PolicyKind)
ALICE = "arn:aws:iam::123456789012:user/alice"
REQUEST = Request(
    ALICE, "s3:GetObject", "arn:aws:s3:::reports/alice/may.csv", {"aws:SourceIp": "192.0.2.1", "aws:TagKeys": ["a"]}
)
PLAIN = Style()
SCRATCH = Path(tempfile.gettempdir()) / f"policyeval-fuzz-{os.getpid()}"


class Fault(AssertionError):
    """Something that no text may bring about."""


# ---- what is read


def read_policy(data: bytes) -> None:
    kind = KINDS[zlib.crc32(data) % len(KINDS)]
    asked = Asked(kind=kind)
    show(check_bytes(data, "policy.json", asked).findings)
    source = source_from_bytes(data, "policy.json")
    fix_all(source, lambda text: check_source(text, asked).findings, unsafe=True)
    policy, problems = examine(find_document(source), kind or PolicyKind.IDENTITY, source.name)
    for problem in problems:
        shown(draw_failure(problem.error(source, source.name), PLAIN))
    policies = PolicySet(identity=(Attached(policy),))
    shown(render_result(explain(policies, REQUEST), PLAIN, trace=True))
    if Simulator.of(policies).decide(REQUEST) != decide(policies, REQUEST).decision.value:
        raise Fault("the index decides otherwise than the reference")


def read_account(data: bytes) -> None:
    source = source_from_bytes(data, os.path.join(HERE, "account.yaml"))
    account = read_account_file(source, decode_document(source), exact=False)
    ask(account)
    show(check_bytes(data, source.name, Asked()).findings)


def read_export(data: bytes) -> None:
    source = source_from_bytes(data, os.path.join(HERE, "details.json"))
    ask(read_authorization_details(source, decode_document(source)))
    show(check_bytes(data, source.name, Asked()).findings)


def ask(account: Account) -> None:
    for user in account.users:
        result = account.simulate(user, "iam:GetUser", f"arn:aws:iam::{account.id}:user/alice")
        shown([*render_result(result, PLAIN, who=user), concise(result, user)])


def read_cases(data: bytes) -> None:
    name = "cases.json" if data[:1] in b"{[" else "cases.yaml"
    source = source_from_bytes(data, os.path.join(HERE, name))
    file = parse_cases(source, decode_document(source), Accounts())
    run = TestRun(results=[run_case(case) for case in file.cases])
    for result in run.results:
        shown(draw_case(result, PLAIN))
    shown(annotate(run))
    ElementTree.fromstring(case_junit(run))


def read_requests(data: bytes) -> None:
    """Plain or packed, in blocks, each line decided."""
    SCRATCH.write_bytes(data)
    worker = bulk.Worker(bulk.Setting(_guide(), GivenPolicies(), True, False))
    with bulk._open(str(SCRATCH)) as (file, is_stream):
        for block in bulk._Reader(file, "requests", is_stream=is_stream).blocks():
            outcome = worker.decide_block(block.lines)
            shown(outcome.text.split("\n"))


_loaded: list[Account] = []


def _guide() -> Account:
    if not _loaded:
        _loaded.append(Account.load(os.path.join(HERE, "account.yaml")))
    return _loaded[0]


def read_configuration(data: bytes) -> None:
    path = SCRATCH.with_suffix(".toml")
    path.write_bytes(data)
    read_config(str(path))


def read_findings_baseline(data: bytes) -> None:
    SCRATCH.write_bytes(data)
    read_baseline(str(SCRATCH))


def read_certificate(data: bytes) -> None:
    SCRATCH.write_bytes(data)
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(typer.Exit):
        old, new = _proved_files()
        verify_proof(str(SCRATCH), old, new, "identity")
    shown(said.getvalue().split("\n"))


@cache
def _proved_files() -> tuple[str, str]:
    """The policies, old and new, of which `PROVED` ends with the certificate."""
    new, old = (SCRATCH.with_suffix(f".{name}.json") for name in ("new", "old"))
    for path, statement in ((new, PROVED[-1][0]), (old, PROVED[-1][1])):
        path.write_text(json.dumps(document_of(statement)), encoding="utf-8")
    return str(old), str(new)


def read_ignore_file(data: bytes) -> None:
    text = source_from_bytes(data, ".gitignore").text
    patterns, _, path = text.rpartition("\n")
    IgnoreFile.parse(patterns, "/project").ignores(f"/project/{path.strip()}", is_directory=False)


READERS: Mapping[str, Callable[[bytes], None]] = {
    "policy": read_policy,
    "account": read_account,
    "export": read_export,
    "cases": read_cases,
    "requests": read_requests,
    "configuration": read_configuration,
    "baseline": read_findings_baseline,
    "certificate": read_certificate,
    "ignore-file": read_ignore_file,
}


def read(reader: str, data: bytes) -> None:
    """Let a reader have some bytes; raises for a fault alone."""
    try:
        READERS[reader](data)
    except PolicyevalError as error:
        shown(draw_failure(error, PLAIN))


# ---- what is shown of it


def shown(lines: Iterable[str]) -> None:
    for line in lines:
        if not line.isprintable():
            raise Fault(f"a line is not printable: {line!r}")


def show(findings: Sequence[Finding]) -> None:
    for finding in findings:
        shown([*render_finding(finding, PLAIN), concise_line(finding, PLAIN)])
    for line in github_lines(findings):
        shown([line])
        if not line.startswith(("::error ", "::warning ", "::notice ")):
            raise Fault(f"a line is no annotation: {line!r}")
    ElementTree.fromstring(junit_xml(findings, [], lambda _: True))
    for text in (
        sarif_json(findings, "1", describe),
        gitlab_json(findings),
        access_analyzer_json(findings, [], describe),
        check_json(findings, Summary(), ()),
    ):
        json.loads(text.encode("utf-8"))


# ---- what to begin with


def seeds(reader: str) -> list[bytes]:
    """Texts that a reader understands, from the fixtures and from what the other tests read."""
    return sorted({data for data in _seeds(reader) if len(data) < 30_000})


def _seeds(reader: str) -> Iterator[bytes]:
    found = FIXTURES / "hostile" / reader
    if found.is_dir():
        yield from (path.read_bytes() for path in found.iterdir())
    hostile = [path.read_bytes() for path in (FIXTURES / "hostile").iterdir() if path.is_file()]
    if reader == "policy":
        yield from (path.read_bytes() for path in FIXTURES.glob("*/*/*.json"))
        yield from hostile
    elif reader == "account":
        for path in FIXTURES.glob("**/account*.yaml"):
            yield path.read_bytes()
            with contextlib.suppress(yaml.YAMLError):
                yield json.dumps(yaml.safe_load(path.read_bytes()), default=str).encode()
        yield from hostile
    elif reader == "export":
        yield from (path.read_bytes() for path in FIXTURES.glob("**/*details*.json"))
        yield EXPORT
    elif reader == "cases":
        yield from (path.read_bytes() for path in FIXTURES.glob("**/cases*.yaml"))
        for path in FIXTURES.glob("decisions/*.json"):
            document = json.loads(path.read_text(encoding="utf-8"))
            for case in document["cases"][::5]:
                yield json.dumps({"schema": document["schema"], "cases": [case]}).encode()
    elif reader == "requests":
        yield from _request_files()
    elif reader == "configuration":
        yield CONFIGURATION
        yield b"[tool.policyeval]\n" + CONFIGURATION.replace(b"[[allow]]", b"[[tool.policyeval.allow]]")
    elif reader == "baseline":
        yield BASELINE
    elif reader == "certificate":
        yield from (certificate(*pair) for pair in PROVED)
    elif reader == "ignore-file":
        yield (ROOT / ".gitignore").read_bytes() if (ROOT / ".gitignore").exists() else b"/build/\n*.egg\n"
        yield b"*.json\n!keep.json\n/build/\n**/deep/**/x[a-z]?\n# a comment\n\\#odd\nbuild/deep/a/xby"


def _request_files() -> Iterator[bytes]:
    import gzip

    lines = [
        {"principal": "alice", "action": "iam:GetUser", "resource": ALICE, "context": {"aws:username": "alice"}},
        {"principal": {"type": "User", "arn": ALICE}, "action": "s3:ListBucket", "time": "2026-05-01T10:00:00Z"},
        {"principal": "bob", "action": "iam:GetUser", "resource": {"arn": "*", "account": "111122223333"}},
    ]
    text = "\n".join(json.dumps(line) for line in lines).encode()
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(text)
    yield text
    yield packed.getvalue()


CONFIGURATION = b"""\
select = ["missing-*"]
ignore = ["invalid-action"]
pedantic = true
fail-on = "error"
exclude = ["generated/"]
account = "account.yaml"
account-id = "123456789012"
partition = "aws-cn"
baseline = "base.json"
kinds = {"trust/*.json" = "trust", "*.scp.json" = "scp"}

[[allow]]
rules = ["administrator-access"]
files = ["admin.json"]
sid = "Everything"
pointer = "/Statement/0"
reason = "two people hold it"
until = 2027-06-30
"""
BASELINE = (
    b'{"schema": "policyeval.baseline/1", "findings": {"a.json": {"invalid-action": {"/Statement/0/Action": 2}}}}\n'
)
ENCODED = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D"
EXPORT = json.dumps(
    {
        "UserDetailList": [
            {
                "UserName": "alice",
                "UserId": "AIDAEXAMPLE",
                "Arn": ALICE,
                "GroupList": ["Staff"],
                "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": ENCODED}],
                "AttachedManagedPolicies": [],
                "Tags": [{"Key": "team", "Value": "red"}],
            }
        ],
        "GroupDetailList": [
            {
                "GroupName": "Staff",
                "Arn": "arn:aws:iam::123456789012:group/Staff",
                "GroupPolicyList": [],
                "AttachedManagedPolicies": [
                    {"PolicyName": "Read", "PolicyArn": "arn:aws:iam::123456789012:policy/Read"}
                ],
            }
        ],
        "RoleDetailList": [],
        "Policies": [
            {
                "PolicyName": "Read",
                "Arn": "arn:aws:iam::123456789012:policy/Read",
                "PolicyVersionList": [
                    {
                        "IsDefaultVersion": True,
                        "Document": {
                            "Version": "2012-10-17",
                            "Statement": [{"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}],
                        },
                    }
                ],
            }
        ],
    }
).encode()
REGION = {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
PROVED: Sequence[tuple[dict[str, object], dict[str, object]]] = (
    ({"Action": "s3:Get*", "Resource": "*"}, {"Action": "s3:*", "Resource": "*"}),
    (
        {"Action": "s3:Get*", "Resource": "arn:aws:s3:::b/${aws:username}/*", "Condition": REGION},
        {"Action": "s3:*", "Resource": "arn:aws:s3:::b/*"},
    ),
    (
        {"Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"},
        {"Action": "s3:*", "Resource": ["arn:aws:s3:::b/?*", "arn:aws:s3:::b/"]},
    ),
)


def document_of(statement: dict[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def policies_of(pair: Sequence[dict[str, object]]) -> list[Policy]:
    from policyeval.policy.loading import parse_policy

    return [parse_policy(document_of(statement), PolicyKind.IDENTITY, "p.json") for statement in pair]


def certificate(new: dict[str, object], old: dict[str, object]) -> bytes:
    from policyeval.proof.certificate import certificate_text

    return certificate_text(*policies_of((new, old))).encode()


# ---- and what to make of it


def mutations(texts: Sequence[bytes], number: int, seed: int) -> Iterator[bytes]:
    """Texts made of others."""
    chance = random.Random(seed)
    for _ in range(number):
        text = chance.choice(texts)
        yield mutated_value(text, chance) or mutated_text(text, chance.choice(texts), chance)


def mutated_text(text: bytes, other: bytes, chance: random.Random) -> bytes:
    """A text with bytes changed, parts left out, doubled, or put where they do not belong."""
    data = bytearray(text)
    for _ in range(chance.randint(1, 4)):
        at, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        start = chance.randrange(len(other) + 1)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : min(end, at + 40)]
            case 2:
                data[at:at] = data[at : min(end, at + 200)] * chance.randint(1, 4)
            case 3:
                data[at:at] = other[start : start + chance.randint(1, 40)]
            case _:
                data[at:at] = chance.choice(PIECES)
    return bytes(data)


def mutated_value(text: bytes, chance: random.Random) -> bytes | None:
    """A JSON text with some of its values and keys exchanged; nothing for another text, and at times."""
    if chance.randrange(4) == 0:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for _ in range(chance.randint(1, 4)):
        value = _changed(value, chance, 0)
    return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _changed(value: Any, chance: random.Random, depth: int) -> Any:
    """The value with one place in it changed, more likely a deep one."""
    odds = 40 >> depth
    if not isinstance(value, dict | list) or not value or chance.randrange(odds + 6) == 0:
        return _another(value, chance)
    if isinstance(value, list):
        at = chance.randrange(len(value))
        match chance.randrange(odds + 6):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return value + [value[at]] * chance.choice((1, 2, 300))
            case _:
                return [*value[:at], _changed(value[at], chance, depth + 1), *value[at + 1 :]]
    key = chance.choice(list(value))
    match chance.randrange(odds + 6):
        case 0:
            return {name: member for name, member in value.items() if name != key}
        case 1:
            return {**value, chance.choice(WORDS): value[key]}
        case 2:
            return {_spoilt(key, chance) if name == key else name: member for name, member in value.items()}
        case _:
            return {**value, key: _changed(value[key], chance, depth + 1)}


def _another(value: Any, chance: random.Random) -> Any:
    if isinstance(value, str) and chance.random() < 0.6:
        return _spoilt(value, chance)
    match chance.randrange(8):
        case 0:
            return [value]
        case 1:
            return {chance.choice(WORDS): value}
        case 2:
            return chance.choice((None, True, -1, 1.5, 10**40, [], {}, ""))
        case _:
            return chance.choice(WORDS)


def _spoilt(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    match chance.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + chance.choice(PIECES).decode("utf-8", "replace") + text[at:]
        case 2:
            return text[:at] + chance.choice(WORDS)
        case _:
            return text.swapcase()


PIECES = (
    b"\x00", b"\x1b[2J", b"\xe2\x80\xae", b"\xff", b"\\ud800", b"\\u0000", b"[", b"{", b'"', b"${", b"}", b"*" * 50,
    b"?*" * 20, b":" * 8, b"9" * 400, b"-1", b"1e999", b"null", b"true", b"\n", b"\xef\xbb\xbf", b"&a ", b"*a", b"- ",
    b"\xc5\xbf", b"\xe2\x84\xaa", b"0x", b"\x0d", b"\xc2\x85", b"/dev/zero", b"..", b"arn:aws:", b"iam:", b"]]>", b"%",
)  # fmt: skip
WORDS = (
    "*", "?", "s3:GetObject", "iam:*", "iam:Pass?ole", "s3", ":", "arn:aws:s3:::b/*",
    "arn:aws:iam::123456789012:root", ALICE, "${aws:username}", "${aws:PrincipalTag/a, 'b'}", "${", "${*}", "${?}",
    "${$}", "$<aws:username>", "aws:SourceIp", "aws:PrincipalTag/team", "aws:TagKeys", "aws:CurrentTime",
    "aws:MultiFactorAuthPresent", "StringEquals", "ForAllValues:StringLike", "ForAnyValue:ArnEqualsIfExists", "Null",
    "Bool", "IpAddress", "NotIpAddress", "DateLessThan", "NumericLessThanEquals", "BinaryEquals", "true",
    "2026-05-01T10:00:00Z", "1e308", "0.0.0.0/0", "::/0", "2001:db8::/129", "Effect", "Action", "NotAction",
    "Resource", "NotResource", "Principal", "NotPrincipal", "Condition", "Sid", "Id", "Statement", "Version",
    "2008-10-17", "Allow", "Deny", "AWS", "Service", "Federated", "CanonicalUser", "lambda.amazonaws.com",
    "123456789012", "schema", "account", "users", "groups", "roles", "policies", "name", "expect", "context",
    "request", "administrator.json", "/dev/zero", "", " ", "\u017f3:GetObject", "\x1b[31m", "\u202e", "\n",
)  # fmt: skip
