"""The pytest plugin, in runs of its own: case files are tests without any configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

CASE = """\
schema: policyeval.test/1
cases:
  - name: alice reads
    policies: {identity: [{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:Get*", Resource: "*"}]}]}
    request: {principal: "arn:aws:iam::111122223333:user/alice", action: "s3:GetObject"}
    expect: allowed
"""
FAILING = CASE.replace("expect: allowed", "expect: explicitDeny\n    because: she left").replace("reads", "is out")
BROKEN = CASE.replace("expect: allowed", "expect: denied").replace("alice reads", '"broken \\e[31m"')


def test_the_plugin_is_declared() -> None:
    declared = {point.name: point.value for point in entry_points(group="pytest11")}
    assert declared.get("policyeval") == "policyeval.pytest_plugin"


def test_case_files_are_collected_and_failures_drawn(pytester: pytest.Pytester) -> None:
    pytester.makefile(".policytest.yaml", good=CASE, bad=FAILING)
    pytester.makefile(".policytest.json", also=json.dumps({"schema": "policyeval.test/1", "cases": []}))
    pytester.makefile(".policytest.yml", broken=BROKEN)
    pytester.makefile(".yaml", cases=CASE)
    result = pytester.runpytest("--continue-on-collection-errors")
    result.assert_outcomes(passed=1, failed=2, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "*expected `explicitDeny`, and the decision is `allowed`",
            "*because she left",
            "ALLOWED*arn:aws:iam::111122223333:user/alice may s3:GetObject",
            "*`denied` is no value of `expect`",
            "*the file holds no cases",
            "FAILED bad.policytest.yaml::alice is out*",
        ]
    )
    assert "\x1b[31m" not in result.stdout.str()
    result.stdout.no_fnmatch_line("*Traceback*")


def test_cases_can_be_chosen_by_name(pytester: pytest.Pytester) -> None:
    pytester.makefile(".policytest.yaml", good=CASE, bad=FAILING)
    pytester.runpytest("-k", "reads").assert_outcomes(passed=1, deselected=1)
    pytester.runpytest("good.policytest.yaml::alice reads").assert_outcomes(passed=1)


def test_a_run_without_case_files_imports_nothing_of_the_evaluator() -> None:
    program = (
        "import sys, policyeval.pytest_plugin\n"
        "heavy = {'yaml', 'pydantic', 'typer', 'lark', 'policyeval.evaluation', 'policyeval.cases'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_account_of_several_files_is_read_once(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    from policyeval.account.account import Account

    read: list[str] = []
    load = Account.load

    def counting(path: str, *, exact: bool = False) -> Account:
        read.append(path)
        return load(path, exact=exact)

    monkeypatch.setattr(Account, "load", staticmethod(counting))
    policies = 'policies: [{Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}]'
    pytester.makefile(".yaml", account=f'account: "111122223333"\nusers:\n  alice: {{{policies}}}\n')
    case = "  - {name: may, request: {principal: alice, action: 's3:ListAllMyBuckets'}, expect: allowed}\n"
    text = f"schema: policyeval.test/1\naccount: account.yaml\ncases:\n{case}"
    pytester.makefile(".policytest.yaml", one=text, two=text)
    pytester.runpytest_inprocess().assert_outcomes(passed=2)
    assert read == ["account.yaml"]
