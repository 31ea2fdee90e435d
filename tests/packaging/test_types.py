"""The public API as a user's type checker sees it: `py.typed` is there, and a strict program passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from mypy import api

PROGRAM = """\
from collections.abc import Sequence

from policyeval import Account, Decision, Policy, PolicyKind, Principal, Request, Resource, Result, Simulator, check
from policyeval import PolicyevalError

ALICE = "arn:aws:iam::111122223333:user/alice"


def read(text: str) -> Policy | None:
    try:
        return Policy.parse(text, kind=PolicyKind.IDENTITY)
    except PolicyevalError as error:
        print(error.message, error.help or "", error.where)
        return None


def decisions(policies: Sequence[Policy], actions: Sequence[str]) -> dict[str, str]:
    simulator = Simulator(identity=policies)
    resource = Resource("arn:aws:s3:::reports/may.csv", account="111122223333")
    requests = [Request(Principal.from_arn(ALICE), action, resource, {"aws:TagKeys": ["a"]}) for action in actions]
    return {request.action: simulator.decide(request) for request in requests}


def audit(path: str) -> list[str]:
    account: Account = Account.load(path)
    result: Result = account.simulate("alice", "s3:GetObject", "arn:aws:s3:::reports/may.csv")
    denied: bool = result.decision is not Decision.ALLOWED
    return [user for user in account.users if denied]


def lint(path: str) -> list[str]:
    return [f"{finding.rule}: {finding.message}" for finding in check(path, pedantic=True)]
"""
MISTAKES = """\
from policyeval import Policy, Request, Simulator

Simulator(identity=["policy.json"])
Request("arn:aws:iam::111122223333:user/alice")
decided: int = Simulator().decide(Request("a", "s3:GetObject"))
Policy.parse(17).statements
"""


def mypy(text: str, place: Path) -> tuple[list[str], str]:
    program = place / "program.py"
    program.write_text(text, encoding="utf-8")
    options = ["--strict", "--config-file=", "--no-error-summary", f"--cache-dir={place / 'cache'}"]
    shown, trouble, _ = api.run([*options, str(program)])
    return shown.splitlines(), trouble


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_program_that_uses_policyeval_passes_strict_checks(place: Path) -> None:
    assert mypy(PROGRAM, place) == ([], "")


def test_a_program_that_misuses_policyeval_is_told(place: Path) -> None:
    shown, trouble = mypy(MISTAKES, place)
    assert trouble == ""
    assert [int(line.split(":")[1]) for line in shown if ": error:" in line] == [3, 4, 5]
