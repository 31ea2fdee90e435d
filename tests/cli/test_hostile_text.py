"""Text that a terminal would obey, or show in another order: no output holds it raw, and JSON says the same."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from policyeval.cli.main import main
from policyeval.diagnostics.style import clean_json

LATIN = "\x7f\x85\x9b31m\x9d\xad"
"""DEL, NEL, CSI, OSC, a soft hyphen: what IAM takes."""
HIDDEN = f"{LATIN}\u202e\u2028\U000e0041"
"""And a bidirectional override, a line separator, a tag character, which it does not."""
BUCKET = f"arn:aws:s3:::b{LATIN}/*"
STATEMENT = {"Sid": HIDDEN, "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObject"], "Resource": BUCKET + HIDDEN}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]}, ensure_ascii=False, indent=2)
LOADED = POLICY.replace(f'"{HIDDEN}"', '"Read"').replace(HIDDEN, LATIN)
ACCOUNT = "account: '123456789012'\nusers:\n  alice: {policies: [latin.json]}\n  bob: {}\n"
CASES = json.dumps(
    {
        "schema": "policyeval.test/1",
        "account": "account.yaml",
        "cases": [
            {
                "name": f"reads {HIDDEN}",
                "request": {"user": "bob", "action": "s3:GetObject", "resource": BUCKET},
                "expect": "allowed",
            }
        ],
    },
    ensure_ascii=False,
)
COMMANDS = {
    "check": "check policy.json --format json",
    "sarif": "check policy.json --format sarif",
    "gitlab": "check policy.json --format gitlab",
    "junit": "check policy.json --format junit",
    "access-analyzer": "check policy.json --format access-analyzer",
    "simulate": "simulate alice s3:GetObject RESOURCE --account account.yaml --trace --format json",
    "test": "test cases.json --format json",
    "who-can": "who-can s3:GetObject RESOURCE --account account.yaml --format json",
    "permissions": "permissions alice RESOURCE --account account.yaml --format json",
    "diff": "diff old.json latin.json --format json",
    "diff-sarif": "diff old.json latin.json --format sarif",
}


def is_harmless(text: str) -> bool:
    return all(character == "\n" or character.isprintable() for character in text)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "old.json").write_text(LOADED.replace("Allow", "Deny"), encoding="utf-8")
    files = {"policy.json": POLICY, "latin.json": LOADED, "account.yaml": ACCOUNT, "cases.json": CASES}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    def run(*words: str) -> tuple[str, str]:
        with pytest.raises(SystemExit):
            main(list(words))
        return capsys.readouterr()

    return run


@pytest.mark.parametrize("name", COMMANDS)
def test_no_output_for_programs_holds_hidden_characters(run: Any, name: str) -> None:
    out, err = run(*(word if word != "RESOURCE" else BUCKET for word in COMMANDS[name].split()))
    assert out, err
    assert is_harmless(out)
    if name in ("simulate", "test", "who-can", "permissions", "diff"):
        assert LATIN in json.dumps(json.loads(out), ensure_ascii=False)


def test_a_baseline_holds_none_and_still_fits(run: Any) -> None:
    run("check", "policy.json", "--write-baseline")
    text = Path("policyeval-baseline.json").read_text(encoding="utf-8")
    assert is_harmless(text)
    assert HIDDEN in json.dumps(json.loads(text), ensure_ascii=False)
    out, _ = run("check", "policy.json", "--baseline", "policyeval-baseline.json")
    assert out.startswith("nothing found in 1 policy (")


def test_a_usage_error_holds_none(run: Any) -> None:
    for words in (f"check --{HIDDEN}", f"--{HIDDEN}", f"check --format {HIDDEN}", f"check --jobs {HIDDEN}"):
        out, err = run(*words.split(" "))
        assert err.startswith("error: ")
        assert is_harmless(out + err)


def test_a_difference_is_the_text_itself_for_a_program_and_cleaned_for_a_person(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, _ = run("check", "policy.json", "--diff", "--unsafe-fixes")
    assert HIDDEN in out
    applied = subprocess.run(["git", "apply", "-"], input=out.encode(), check=False, capture_output=True)
    assert applied.returncode == 0, applied.stderr
    assert json.loads(Path("policy.json").read_text(encoding="utf-8"))["Statement"][0]["Sid"] == HIDDEN
    Path("policy.json").write_text(POLICY.replace("  ", "\t"), encoding="utf-8")
    import sys

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    out, _ = run("check", "policy.json", "--diff", "--unsafe-fixes")
    assert "\t" in out
    assert is_harmless(out.replace("\t", ""))


def test_json_that_is_cleaned_says_the_same() -> None:
    value = {"a": f"é{HIDDEN}表\ud800", HIDDEN: [1, None]}
    text = json.dumps(value, ensure_ascii=False, indent=2)
    assert json.loads(clean_json(text)) == value
    assert "é" in clean_json(text)
