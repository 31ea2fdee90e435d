"""The hooks of `.pre-commit-hooks.yaml` as a team uses them: `pre-commit` installs this checkout and runs at a commit.

Takes some 30 seconds, most of them pip's, so it is left out of `./test`; `.ci/hook` runs it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
INSTALLED = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    ".pre-commit-hooks.yaml",
    "policyeval",
    "grammars",
    "docs/schemas",
    "fixtures/guide",
)
"""What of a checkout a build reads."""

pytestmark = pytest.mark.installs

MISSPELT = """\
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "iam>DeleteAccessKey", "Resource": "arn:aws:iam::123456789012:user/erin"}
}
"""
REDUNDANT = """\
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::reports/*"}
}
"""
AGREED = """\
[[tool.policyeval.allow]]
rules = ["new-access"]
files = ["reports.json"]
reason = "erin writes the reports from now on"
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


def hooks() -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Git with an author, and with nothing of the configuration of whoever runs the tests."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT", "COV_"))
    }
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "PRE_COMMIT_COLOR": "never",
        **{f"GIT_{who}_{what}": f"{what}@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }

    def run(*words: str, at: Path, program: tuple[str, ...] = ("git",)) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*program, *words], cwd=at, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def released(git: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout as a repository that a team's configuration can name."""
    place = tmp_path_factory.mktemp("policyeval")
    for name in INSTALLED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place / name)
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "Release"), ("tag", "v0.1.0")):
        assert git(*words, at=place).returncode == 0
    return place


@pytest.fixture
def team(git: Run, released: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A repository of policies with one of our hooks in its configuration, installed as README says."""

    def begin(hook: str) -> Path:
        place = tmp_path / "policies"
        place.mkdir()
        configuration = {"repos": [{"repo": str(released), "rev": "v0.1.0", "hooks": [{"id": hook}]}]}
        (place / ".pre-commit-config.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
        assert git("init", "--quiet", at=place).returncode == 0
        installed = git("install", at=place, program=(sys.executable, "-m", "pre_commit"))
        assert installed.returncode == 0, installed.stdout + installed.stderr
        return place

    return begin


def commit(git: Run, place: Path) -> subprocess.CompletedProcess[str]:
    assert git("add", ".", at=place).returncode == 0
    return git("commit", "--message", "Let erin delete her keys", at=place)


def commits(git: Run, place: Path) -> int:
    return len(git("log", "--oneline", at=place).stdout.splitlines())


def test_every_hook_has_its_tests() -> None:
    for hook in hooks():
        prefix = f"test_{hook['id'].replace('-', '_')}_"
        assert [name for name in globals() if name.startswith(prefix)], f"nothing tests {hook['id']}"


def test_policyeval_check_refuses_a_bad_policy_until_it_is_right(git: Run, team: Callable[[str], Path]) -> None:
    place = team("policyeval-check")
    policy = place / "erin.json"
    policy.write_text(MISSPELT, encoding="utf-8")
    (place / "package.json").write_text('{"name": "no-policy"}\n', encoding="utf-8")

    refused = commit(git, place)
    assert refused.returncode == 1
    shown = refused.stdout + refused.stderr
    assert "check IAM policies" in shown
    assert "error[action-separator]: `iam>DeleteAccessKey` is no action\n --> erin.json:3:50\n" in shown
    assert "= help: did you mean `iam:DeleteAccessKey`?" in shown
    assert "skipped" in shown, "what is no policy is counted"
    assert "Traceback" not in shown
    assert commits(git, place) == 0

    policy.write_text(MISSPELT.replace("iam>", "iam:"), encoding="utf-8")
    taken = commit(git, place)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert commits(git, place) == 1


def test_policyeval_fix_mends_what_is_safe_and_the_next_commit_goes_through(
    git: Run, team: Callable[[str], Path]
) -> None:
    place = team("policyeval-fix")
    policy = place / "reports.json"
    policy.write_text(REDUNDANT, encoding="utf-8")

    refused = commit(git, place)
    assert refused.returncode == 1
    assert "files were modified by this hook" in refused.stdout + refused.stderr
    assert policy.read_text(encoding="utf-8") == REDUNDANT.replace(', "s3:GetObject"', "")
    assert commits(git, place) == 0

    taken = commit(git, place)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert commits(git, place) == 1


def test_policyeval_fix_refuses_what_it_may_not_mend(git: Run, team: Callable[[str], Path]) -> None:
    place = team("policyeval-fix")
    policy = place / "erin.json"
    policy.write_text(MISSPELT, encoding="utf-8")

    refused = commit(git, place)
    assert refused.returncode == 1
    assert "error[action-separator]" in refused.stdout + refused.stderr
    assert policy.read_text(encoding="utf-8") == MISSPELT
    assert commits(git, place) == 0


def test_policyeval_diff_refuses_new_access_until_the_configuration_agrees(
    git: Run, team: Callable[[str], Path]
) -> None:
    place = team("policyeval-diff")
    policy = place / "reports.json"
    policy.write_text(REDUNDANT, encoding="utf-8")
    for words in (("add", "."), ("commit", "--no-verify", "--message", "Let erin read reports")):
        assert git(*words, at=place).returncode == 0

    policy.write_text(REDUNDANT.replace("s3:GetObject", "s3:PutObject"), encoding="utf-8")
    refused = commit(git, place)
    assert refused.returncode == 1
    shown = refused.stdout + refused.stderr
    assert "refuse new access of IAM policies" in shown
    assert "s3:PutObject" in shown
    assert commits(git, place) == 1

    (place / "policyeval.toml").write_text(AGREED, encoding="utf-8")
    taken = commit(git, place)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert commits(git, place) == 2
