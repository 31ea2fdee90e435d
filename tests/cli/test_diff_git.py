"""`policyeval diff --git`: files as they were in a revision, in every state in which a repository can be."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from policyeval.cli.main import main
from tests.proof.asking import Statement, allow

IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
BUCKET = allow("s3:GetObject", "arn:aws:s3:::b/*", Principal={"AWS": "111122223333"})


class Run:
    """Runs `policyeval diff` in the working directory; what it printed last, on both streams."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: str, format: str = "concise") -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["diff", *arguments, "--format", format])
        code = ended.value.code
        printed = self.capsys.readouterr()
        return (code if isinstance(code, int) else 0), printed.out + printed.err


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


def write(path: Path, *statements: Statement) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), encoding="utf-8")
    return path


def git(*arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], check=True, capture_output=True)


def commit() -> None:
    git("add", "-A")
    git("commit", "-qm", "state", "--allow-empty")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one policy, `p.json`, that allows `s3:Get*`."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    git("init", "-q")
    write(tmp_path / "p.json", allow("s3:Get*"))
    commit()
    return tmp_path


def test_nothing_has_changed(diff: Run, repository: Path) -> None:
    assert diff("--git", "HEAD") == (0, "no policy has changed\n")
    status, shown = diff("--git", "HEAD", format="json")
    answer = json.loads(shown)
    assert (status, answer["result"], answer["verdict"], answer["files"]) == (0, "PASS", "proved", [])


def test_a_deleted_file_takes_everything_away(diff: Run, repository: Path) -> None:
    (repository / "p.json").unlink()
    for paths in ((), ("p.json",)):
        status, shown = diff("--git", "HEAD", *paths, format="full")
        assert status == 0
        assert shown.startswith("NOTHING NEW  p.json\n")
        assert "= note: the file is gone" in shown
        assert "- no longer allowed\n  s3:Get*" in shown


def test_a_new_file_allows_what_nobody_allowed(diff: Run, repository: Path) -> None:
    write(repository / "sub" / "new.json", allow("iam:ListUsers"))
    status, shown = diff("--git", "HEAD", format="full")
    assert status == 1
    assert shown.startswith("NEW ACCESS  sub/new.json\n")
    assert "= note: the file is new" in shown


def test_a_renamed_file_is_compared_with_what_it_was(diff: Run, repository: Path) -> None:
    git("mv", "p.json", "q.json")
    status, shown = diff("--git", "HEAD", format="full")
    assert status == 0
    assert shown.startswith("EQUIVALENT  q.json\n")
    assert "the file was p.json" in shown
    (repository / "sub").mkdir()
    git("mv", "q.json", "sub/q.json")
    assert diff("--git", "HEAD", "sub") == (0, "EQUIVALENT  sub/q.json\n")
    assert diff("--git", "HEAD", "p.json") == (0, "NOTHING NEW  p.json\n")


def test_a_file_that_git_was_told_to_forget_is_still_there(diff: Run, repository: Path) -> None:
    git("rm", "-q", "--cached", "p.json")
    assert diff("--git", "HEAD") == (0, "EQUIVALENT  p.json\n")


def test_what_aws_would_refuse_allowed_nothing(diff: Run, repository: Path) -> None:
    """Else a commit that mends the policy could not pass the hook."""
    write(repository / "p.json", {**allow("s3:Get*"), "Effect": "allow"})
    commit()
    write(repository / "p.json", allow("s3:Get*"))
    status, shown = diff("--git", "HEAD", format="full")
    assert status == 1
    assert "AWS would refuse what it held in HEAD" in shown


def test_a_file_that_held_no_policy(diff: Run, repository: Path) -> None:
    (repository / "p.json").write_text('{"name": "data"}', encoding="utf-8")
    (repository / "broken.json").write_text('{"Statement": [', encoding="utf-8")
    commit()
    write(repository / "p.json", allow("s3:Get*"))
    write(repository / "broken.json", allow("s3:Get*"))
    status, shown = diff("--git", "HEAD", format="full")
    assert status == 1
    assert shown.count("NEW ACCESS") == 2
    assert shown.count("the file held no policy in HEAD") == 2


@pytest.mark.parametrize("text", ['{"name": "data"}', '{"Statement": [', "[]", "\ufffe"])
def test_a_file_that_holds_a_policy_no_more_is_no_success(diff: Run, repository: Path, text: str) -> None:
    (repository / "p.json").write_text(text, encoding="utf-8")
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "p.json" in shown


def test_files_that_are_no_policies_are_passed_over(diff: Run, repository: Path) -> None:
    (repository / "tsconfig.json").write_text("{ // a comment\n}", encoding="utf-8")
    (repository / "template.json").write_text('{"Resources": {"Statement": 1}}', encoding="utf-8")
    (repository / "notes.txt").write_text("x", encoding="utf-8")
    assert diff("--git", "HEAD") == (0, "no policy has changed\n")
    (repository / "mistake.json").write_text('{"Version": "2012-10-17", "Statement": [{]}', encoding="utf-8")
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "mistake.json:1:42" in shown


@pytest.mark.parametrize(
    "inner", ['{"Version": "2012-10-17", "Statement": [{]}', "%7B%22Statement%22%3A%20%5B%7B%5D%7D"]
)
def test_a_broken_policy_in_a_string_is_not_passed_over(diff: Run, repository: Path, inner: str) -> None:
    """What `aws s3api get-bucket-policy` prints; `no policy has changed` was said of it."""
    (repository / "new.json").write_text(json.dumps({"Policy": inner}), encoding="utf-8")
    (repository / "data.json").write_text('{"Policy": "see the handbook"}', encoding="utf-8")
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "new.json" in shown


def test_different_kinds_are_not_compared(diff: Run, repository: Path) -> None:
    write(repository / "p.json", BUCKET)
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "`p.json` is a resource policy and `p.json` an identity policy" in " ".join(shown.split())
    status, shown = diff("p.json", str(write(repository / "q.json", allow())))
    assert status == 2
    assert "only policies of one kind can be compared" in shown


@pytest.mark.parametrize("name", ["nowhere", "--output=x", "-1", "HEAD~9", ""])
def test_an_unknown_revision(diff: Run, repository: Path, name: str) -> None:
    status, shown = diff(f"--git={name}")
    assert status == 2
    assert f"`{name}` is no revision of git" in shown
    assert not (repository / "x").exists()


def test_no_repository(diff: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "`--git` needs the working tree of a git repository" in shown


def test_no_git(diff: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "git is not installed" in shown


def test_a_path_outside_the_repository(diff: Run, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = write(tmp_path_factory.mktemp("other") / "p.json", allow())
    status, shown = diff("--git", "HEAD", str(outside))
    assert status == 2
    assert "the path is outside the repository" in shown
    assert diff("--git", "HEAD", "../nothing.json")[0] == 2


def test_a_path_that_is_nowhere(diff: Run, repository: Path) -> None:
    status, shown = diff("--git", "HEAD", "none.json")
    assert status == 2
    assert "no such file, now or in the revision" in shown


def test_from_below_and_beside(diff: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository / "p.json", allow("s3:*"))
    (repository / "sub").mkdir()
    monkeypatch.chdir(repository / "sub")
    assert diff("--git", "HEAD", "..") == (1, "NEW ACCESS  ../p.json\n")
    assert diff("--git", "HEAD", "../p.json") == (1, "NEW ACCESS  ../p.json\n")
    assert diff("--git", "HEAD", str(repository / "p.json")) == (1, "NEW ACCESS  ../p.json\n")
    assert diff("--git", "HEAD") == (0, "no policy has changed\n")


@pytest.mark.parametrize(
    "name", ["two words.json", "line\nbreak.json", "[a]*.json", "-dash.json", "é 表.json", "q'\".json"]
)
def test_names_of_every_kind(diff: Run, repository: Path, name: str) -> None:
    write(repository / name, allow("s3:Get*"))
    write(repository / "other.json", allow("s3:Get*"))
    commit()
    write(repository / name, allow("s3:*"))
    write(repository / "other.json", allow("s3:*"))
    status, shown = diff("--git", "HEAD", f"./{name}")
    assert status == 1
    assert shown.count("\n") == 1
    status, shown = diff("--git", "HEAD", f"./{name}", format="json")
    assert [one["new"] for one in json.loads(shown)["files"]] == [name]


def test_a_link_is_what_it_led_to(diff: Run, repository: Path) -> None:
    (repository / "link.json").symlink_to("p.json")
    commit()
    (repository / "link.json").unlink()
    write(repository / "link.json", allow("s3:*"))
    assert diff("--git", "HEAD") == (1, "NEW ACCESS  link.json\n")
    (repository / "link.json").unlink()
    (repository / "link.json").symlink_to("/etc/policy.json")
    commit()
    (repository / "link.json").unlink()
    write(repository / "link.json", allow("s3:*"))
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "the link leads out of the repository, to `/etc/policy.json`" in shown


def test_links_in_a_circle(diff: Run, repository: Path) -> None:
    (repository / "a.json").symlink_to("b.json")
    (repository / "b.json").symlink_to("a.json")
    commit()
    (repository / "a.json").unlink()
    write(repository / "a.json", allow("s3:*"))
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "circle" in shown


def test_a_file_of_another_encoding(diff: Run, repository: Path) -> None:
    (repository / "p.json").write_bytes(b'{"Statement": "\xff"}')
    commit()
    write(repository / "p.json", allow("s3:*"))
    status, shown = diff("--git", "HEAD")
    assert status == 2
    assert "not UTF-8" in shown


NO_POLICIES = [b"", b"\xef\xbb\xbf", b"{", b'{"x": 1}', '{"x": 1}'.encode("utf-16"), b"\0\xff", b'{"x": "\xff"}']


@pytest.mark.parametrize("content", NO_POLICIES)
def test_a_hook_passes_over_what_holds_no_policy_and_counts_it(diff: Run, repository: Path, content: bytes) -> None:
    (repository / "data.json").write_bytes(content)
    skipped = (0, "no policy has changed\n1 file without a policy skipped\n")
    assert diff("--skip-non-policies", "--git", "HEAD", "data.json") == skipped
    commit()
    write(repository / "data.json", allow("s3:*"))
    assert diff("--git", "HEAD") == (1, "NEW ACCESS  data.json\n")
    (repository / "data.json").write_bytes(b" ")
    assert diff("--skip-non-policies", "--git", "HEAD", "data.json") == skipped


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": "x"}', b"\xff"])
def test_what_was_a_policy_is_never_passed_over(diff: Run, repository: Path, content: bytes) -> None:
    (repository / "p.json").write_bytes(content)
    assert diff("--skip-non-policies", "--git", "HEAD", "p.json")[0] == 2


@pytest.mark.parametrize("content", [b'{"Statement": ', '{"Statement": 1}'.encode("utf-16"), b'"Statement"\xff'])
def test_what_is_meant_as_a_policy_is_never_passed_over(diff: Run, repository: Path, content: bytes) -> None:
    (repository / "data.json").write_bytes(content)
    assert diff("--skip-non-policies", "--git", "HEAD", "data.json")[0] == 2


def test_the_first_commit(diff: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    write(tmp_path / "p.json", allow("s3:*"))
    git("add", ".")
    assert diff("--git", "HEAD") == (1, "NEW ACCESS  p.json\n")


def test_many_files_are_one_answer(diff: Run, repository: Path) -> None:
    """The shape of the data does not hang on how many files changed: an object each time."""
    shapes = []
    for names in ([], ["p.json"], ["p.json", "q.json"]):
        for name in names:
            write(repository / name, allow("s3:*"))
        answer = json.loads(diff("--git", "HEAD", format="json")[1])
        assert [one["new"] for one in answer["files"]] == names
        assert [one["file"] for one in answer["newAccess"]] == names
        shapes.append(list(answer))
    assert shapes[0] == shapes[1] == shapes[2]


def test_a_file_that_is_named_and_holds_no_policy_is_no_success(diff: Run, repository: Path) -> None:
    """Whoever names a file expects an answer about it; a hook, which is handed every file, passes an option."""
    (repository / "role.yaml").write_text("Version: '2012-10-17'\nStatement: []\n", encoding="utf-8")
    commit()
    (repository / "role.yaml").write_text("Version: '2012-10-17'\nStatement: {}\n", encoding="utf-8")
    status, shown = diff("--git", "HEAD", "role.yaml")
    assert status == 2
    assert "role.yaml" in shown
    assert diff("--git", "HEAD", "role.yaml", "--skip-non-policies")[0] == 0
    assert diff("--git", "HEAD")[0] == 0


# ---- what somebody has agreed to


@pytest.mark.parametrize(
    ("allowance", "status"),
    [
        ('rules = ["new-access"]\nfiles = ["p.json"]\nreason = "agreed"', 0),
        ('rules = ["new-*"]\nreason = "agreed"', 0),
        ('rules = ["new-access"]\nreason = "agreed"\nuntil = 2999-01-01', 0),
        ('rules = ["new-access"]\nreason = "agreed"\nuntil = 2020-01-01', 1),
        ('rules = ["new-access"]\nfiles = ["other.json"]\nreason = "agreed"', 1),
        ('rules = ["*"]\nreason = "all findings of check"', 1),
        ('rules = ["new-access"]\nsid = "Store"\nreason = "agreed"', 0),
        ('rules = ["new-access"]\nsid = "Other"\nreason = "agreed"', 1),
        ('rules = ["new-access"]\npointer = "/Statement/0"\nreason = "agreed"', 0),
        ('rules = ["new-access"]\npointer = "/Statement/1"\nreason = "agreed"', 1),
    ],
)
def test_an_allowance_of_new_access(diff: Run, repository: Path, allowance: str, status: int) -> None:
    """Only one that names the rule, the file, the statement, and has not expired; the reason is said."""
    (repository / "pyproject.toml").write_text(f"[[tool.policyeval.allow]]\n{allowance}\n", encoding="utf-8")
    write(repository / "p.json", allow("s3:*", Sid="Store"))
    found, shown = diff("--git", "HEAD", format="full")
    assert found == status
    assert ("= allowed: agreed" in shown) is (status == 0)
    data = json.loads(diff("--git", "HEAD", format="json")[1])
    assert data["files"][0]["allowed"] == ("agreed" if status == 0 else None)
    assert data["result"] == "FAIL"


def test_an_allowance_of_one_statement_is_for_no_other(diff: Run, repository: Path) -> None:
    (repository / "pyproject.toml").write_text(
        '[[tool.policyeval.allow]]\nrules = ["new-access"]\nsid = "Store"\nreason = "agreed"\n', encoding="utf-8"
    )
    write(repository / "p.json", allow("s3:*", Sid="Store"), allow("sqs:*", Sid="Queue"))
    assert diff("--git", "HEAD") == (1, "NEW ACCESS  p.json\n")
    levels = [line.split()[0] for line in diff("--git", "HEAD", format="github")[1].splitlines()]
    assert sorted(levels) == ["::error", "::notice"]
    write(repository / "p.json", allow("s3:*", Sid="Store"))
    assert diff("--git", "HEAD") == (0, "NEW ACCESS  p.json  (allowed: agreed)\n")


def test_what_is_not_known_cannot_be_agreed_to(diff: Run, repository: Path) -> None:
    odd = allow("s3:*", "arn:aws:s3:::b/\ue000", Principal="*")
    write(repository / "q.json", odd)
    commit()
    (repository / "pyproject.toml").write_text(
        '[[tool.policyeval.allow]]\nrules = ["new-access"]\nreason = "agreed"\n', encoding="utf-8"
    )
    write(repository / "q.json", allow("s3:*", "arn:aws:s3:::c/*", Principal="*"))
    status, shown = diff("--git", "HEAD", format="full")
    assert status == 3
    assert shown.startswith("UNKNOWN  q.json")
    assert "= allowed" not in shown
