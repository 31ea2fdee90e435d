"""Limits: each has a variable that raises it, an error that says so, and a row on docs/limits.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from policyeval.limits import (
    ALIASED,
    CONFIG_BYTES,
    DEPTH,
    FILE_BYTES,
    LIMITS,
    LINE_BYTES,
    STATEMENTS,
    Limit,
    LimitError,
    most,
)

PAGE = Path(__file__).parent.parent / "docs" / "limits.md"
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}


def policy(statements: int, resource: object = "*") -> str:
    statement = {**ALLOW, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement] * statements})


def nested(levels: int) -> object:
    value: object = "arn:aws:s3:::reports/*"
    for _ in range(levels):
        value = [value]
    return value


ALIASES = "account: '123456789012'\nusers:\n  a: &a {tags: {b: c, d: e}}\n" + "".join(
    f"  u{number}: *a\n" for number in range(9)
)
# The limit, a value below what the file needs, the command, the file, its text, what the error says.
BEYOND: list[tuple[Limit, int, list[str], str, str, str]] = [
    (FILE_BYTES, 100, ["check"], "policy.json", policy(3), "more than 100"),
    (DEPTH, 9, ["check"], "policy.json", policy(1, nested(10)), "nested deeper than 9 levels"),
    (DEPTH, 9, ["check"], "account.yaml", "account: " + "[" * 10 + "]" * 10, "nested deeper than 9 levels"),
    (STATEMENTS, 2, ["check"], "policy.json", policy(3), "the policy has 3 statements, more than 2"),
    (ALIASED, 10, ["check"], "account.yaml", ALIASES, "aliases stand for more than 10 values"),
    (CONFIG_BYTES, 10, ["check", "--config"], "policyeval.toml", "ignore = []\n", "more than 10"),
    (DEPTH, 9, ["check", "--config"], "policyeval.toml", "x = " + "[" * 10 + "]" * 10, "nested deeper than 9 levels"),
    (DEPTH, 9, ["check", "--config"], "policyeval.toml", "a." * 10 + "b = 1", "nested deeper than 9 levels"),
    (LINE_BYTES, 600_000, ["simulate", "--account", "account.yaml", "--requests"], "requests.jsonl", "x" * 1_200_000,
     "the line is longer than 600,000 bytes"),
]  # fmt: skip


def run(place: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("POLICYEVAL_")}
    command = [sys.executable, "-m", "policyeval", *words]
    return subprocess.run(
        command, cwd=place, env={**environment, **variables}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("limit", "value", "command", "name", "text", "message"),
    [pytest.param(*row, id=f"{row[0].variable}-{row[3]}") for row in BEYOND],
)
def test_beyond_a_limit_there_is_one_error_that_names_it(
    limit: Limit, value: int, command: list[str], name: str, text: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "account.yaml").write_text("account: '123456789012'\n", encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    ran = run(tmp_path, *command, name, **{limit.variable: str(value)})
    shown = ran.stdout + ran.stderr
    assert ran.returncode in (1, 2)
    assert len(re.findall(r"^error\b", shown, re.MULTILINE)) == 1, shown
    assert message in shown
    assert f"`{limit.variable}` in the environment raises the limit" in " ".join(shown.split())
    within = run(tmp_path, *command, name, **{limit.variable: str(10 * limit.default if limit != DEPTH else 300)})
    assert limit.variable not in within.stdout + within.stderr


def test_the_deepest_that_can_be_asked_for_can_be_read(tmp_path: Path) -> None:
    deep = json.dumps({"Version": "2012-10-17", "Statement": {**ALLOW, "Resource": nested(DEPTH.most - 2)}})
    (tmp_path / "policy.json").write_text(deep, encoding="utf-8")
    ran = run(tmp_path, "check", "policy.json", POLICYEVAL_MAX_DEPTH=str(DEPTH.most))
    assert ran.returncode == 1, ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("value", ["", "0", "-1", "lots", "1e9", "301", "9" * 5000, "\u0661"])
def test_what_is_no_limit_is_said(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEPTH.variable, value)
    most.cache_clear()
    try:
        with pytest.raises(LimitError, match="`POLICYEVAL_MAX_DEPTH` is no number from 1 to 300"):
            most(DEPTH)
    finally:
        monkeypatch.undo()
        most.cache_clear()


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_that_is_none_ends_the_run_and_is_no_finding(limit: Limit, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(policy(1), encoding="utf-8")
    ran = run(tmp_path, "check", "policy.json", **{limit.variable: "abc"})
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"error: `{limit.variable}` is no number from 1 to ")


def test_the_page_has_every_limit() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if "| `POLICYEVAL_" in line]
    assert rows == [f"| {limit.what} | {limit.default:,} | `{limit.variable}` | {limit.most:,} |" for limit in LIMITS]
