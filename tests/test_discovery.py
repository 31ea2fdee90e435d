"""Which files a command line means."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from policyeval.discovery import Target, discover, is_inside
from policyeval.errors import ReadError
from policyeval.gitignore import IgnoreFile, parse_pattern
from policyeval.reading import read_bytes


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(place: Path, *files: str) -> None:
    for name in files:
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def paths(*given: str, exclude: tuple[str, ...] = ()) -> list[str]:
    return [target.path for target in discover(given, [IgnoreFile.parse("\n".join(exclude), os.getcwd())]).targets]


def test_a_directory_means_the_json_and_yaml_files_below_it_in_order(place: Path) -> None:
    make(place, "b.json", "a.yml", "c/d.yaml", "c/e.txt", "a/z.json", "node_modules/x.json", ".git/x.json")
    assert paths(".") == ["a.yml", "b.json", "a/z.json", "c/d.yaml"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(place: Path) -> None:
    make(place, "policy.txt", ".git/x.json")
    found = discover(["policy.txt", ".git/x.json", "missing"]).targets
    assert found == (Target("policy.txt", True), Target(".git/x.json", True), Target("missing", True))


def test_a_glob_means_the_files_that_it_matches(place: Path) -> None:
    make(place, "a.json", "b/c.json", "b/d.txt")
    assert paths("**/*") == ["a.json", "b/c.json"]
    assert paths("b/*.json", "[ab]*.json") == ["b/c.json", "a.json"]
    assert paths(str(place / "**" / "c.*")) == [str(place / "b" / "c.json")]


def test_a_glob_that_matches_nothing_does_not_hide_the_other_files(place: Path) -> None:
    make(place, "a.json")
    found = discover(["x*.json", "missing/*.json", "[z-a].json", "a.json"])
    assert [(error.name, error.message) for error in found.failures] == [
        (name, "no file matches") for name in ("x*.json", "missing/*.json", "[z-a].json")
    ]
    assert found.targets == (Target("a.json", True),)


def test_a_glob_finds_no_more_than_a_directory_would(place: Path) -> None:
    make(place, "a.json", "build/b.json", "node_modules/c.json", ".git/x")
    (place / ".gitignore").write_text("build/\n")
    assert paths("**/*.json") == paths(".") == ["a.json"]
    assert paths("build/*.json") == ["build/b.json"]  # whoever names a directory means it


def test_a_glob_over_directories_that_lead_back_to_themselves_ends(place: Path) -> None:
    """Two links to one directory are two to the power of forty paths for whoever follows them."""
    make(place, "a/b.json")
    for name in ("one", "two", "three"):
        (place / "a" / name).symlink_to(place / "a")
    assert paths("**/*.json") == ["a/b.json"]


def test_a_directory_whose_name_looks_like_a_glob_is_that_directory(place: Path) -> None:
    make(place, "g[1]/a.json", "g1/b.json", "g[1]/[x]/c.json")
    assert paths("g[1]/*.json") == ["g[1]/a.json"]
    assert paths("g[1]/[x]/*.json") == ["g[1]/[x]/c.json"]
    assert paths("g[[]1]/*.json") == ["g[1]/a.json"]


@pytest.mark.parametrize("path", ["g[1]/missing.json", "g[1]/[x]/missing.json"])
def test_a_file_that_is_missing_in_such_a_directory_is_named_like_any_other(place: Path, path: str) -> None:
    make(place, "g[1]/a.json", "g[1]/[x]/c.json")
    assert paths(path) == [path]
    with pytest.raises(ReadError, match="no such file"):
        read_bytes(path)


@pytest.mark.parametrize("glob", ["{p,r}.json", "{p,r}/*.json"])
def test_braces_are_said_to_be_the_shell_s(place: Path, glob: str) -> None:
    make(place, "p.json", "r.json")
    (error,) = discover([glob]).failures
    assert (error.name, error.help) == (glob, "`{a,b}` is for the shell to expand: leave it unquoted, or name each")


def test_what_is_left_alone_is_counted(place: Path) -> None:
    make(place, "a.json", "node_modules/x/b.json", ".terraform/c.json", ".git/d.json", "out/e.json", "f.txt")
    (place / ".gitignore").write_text("out/\n")
    (place / "nowhere.json").symlink_to("missing")
    (place / "round.yaml").symlink_to("round.yaml")
    (place / "nowhere.txt").symlink_to("missing")
    (place / "again").symlink_to(place / "out")
    os.mkfifo(place / "pipe.json")
    found = discover(["."])
    assert [target.path for target in found.targets] == ["a.json"]
    assert (found.ignored, found.unentered, found.irregular) == (0, 4, 3)
    found = discover(["*.json"])
    assert (found.ignored, found.unentered, found.irregular) == (0, 0, 2)


def test_a_file_whose_name_looks_like_a_glob_is_that_file(place: Path) -> None:
    make(place, "a[1].json", "a1.json")
    assert paths("a[1].json") == ["a[1].json"]


def test_standard_input_is_never_guessed(place: Path) -> None:
    make(place, "a.json")
    assert paths("-", "a.json", "-") == ["-", "a.json"]


def test_a_directory_that_leads_back_to_itself_ends(place: Path) -> None:
    make(place, "a/b.json")
    (place / "a" / "loop").symlink_to(place / "a")
    (place / "a" / "self.json").symlink_to("self.json")
    assert paths(".") == ["a/b.json"]


def test_excluded_files_are_left_alone_even_when_they_are_named(place: Path) -> None:
    make(place, "a.json", "generated/b.json", "c.gen.json")
    exclude = IgnoreFile.parse("generated/\n*.gen.json", str(place))
    found = discover([".", "generated/b.json"], [exclude])
    assert [target.path for target in found.targets] == ["a.json"]
    assert found.ignored == 2


def test_a_directory_that_cannot_be_read_does_not_hide_the_others(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(place, "closed/a.json", "open/b.json")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = discover(["."])
    assert [target.path for target in found.targets] == ["open/b.json"]
    (error,) = found.failures
    assert (error.name, error.message) == ("./closed", "directory cannot be read: permission denied")


def test_ignore_files_above_a_directory_count_up_to_the_root_of_the_repository(place: Path) -> None:
    make(place, "repo/.git/x", "repo/sub/a.json", "repo/sub/b.json")
    (place / ".gitignore").write_text("a.json\n")
    (place / "repo" / ".gitignore").write_text("b.json\n")
    assert paths("repo/sub") == ["repo/sub/a.json"]


def test_what_a_repository_excludes_for_itself_is_ignored(place: Path) -> None:
    """gitrepository-layout(5): `info/exclude`; gitignore(5): the files of the directories come before it."""
    make(place, "repo/sub/a.json", "repo/sub/b.json", "repo/sub/c.json", "repo/.git/info/x")
    (place / "repo" / ".git" / "info" / "exclude").write_text("sub/a.json\nb.json\n")
    (place / "repo" / "sub" / ".gitignore").write_text("!b.json\n")
    assert paths("repo") == paths("repo/sub") == ["repo/sub/b.json", "repo/sub/c.json"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git makes the working tree")
def test_every_working_tree_of_a_repository_has_its_excludes(place: Path) -> None:
    make(place, "main/a.json")
    git = ["git", "-C", "main", "-c", "user.name=a", "-c", "user.email=a"]
    for command in ("init -q", "commit -q --allow-empty -m x", "worktree add -q ../other"):
        subprocess.run([*git, *command.split()], check=True)
    (place / "main" / ".git" / "info" / "exclude").write_text("a.json\n")
    make(place, "other/a.json", "other/b.json")
    assert paths("other") == ["other/b.json"]


PATTERNS = [
    "a.json",
    "/a.json",
    "build",
    "build/",
    "/build/",
    "sub/a.json",
    "sub/*.json",
    "*.json\n!keep.json",
    "**/deep/*.json",
    "sub/**",
    "sub/**/a.json",
    "s?b",
    "[ab].json",
    "[!a].json",
    "# a.json",
    "\\#a.json",
    "a.json   ",
    "sub\n!sub/a.json",
    "*\n!*/\n!a.json",
    "sub/deep",
    "**",
    "!a.json",
    "\\!a.json",
    "a\\.json",
    "**/sub/",
    "/**/a.json",
]
FILES = [
    "a.json",
    "b.json",
    "keep.json",
    "#a.json",
    "!a.json",
    "build/a.json",
    "x/build/b.json",
    "sub/a.json",
    "sub/c.json",
]
FILES += ["sub/deep/a.json", "sub/deep/d.json", "x/sub/a.json", "deep/a.json", "x/build.json"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git says what git ignores")
@pytest.mark.parametrize("text", PATTERNS)
def test_what_git_ignores_is_ignored(place: Path, text: str) -> None:
    """gitignore(5), held to git itself."""
    make(place, *FILES)
    (place / ".gitignore").write_text(text + "\n")
    subprocess.run(["git", "init", "-q", "."], check=True)
    listed = subprocess.run(
        [
            "git",
            "-c",
            "core.quotepath=off",
            "-c",
            "core.excludesFile=/dev/null",
            "ls-files",
            "-co",
            "--exclude-standard",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert sorted(paths(".")) == sorted(name for name in listed if name.endswith(".json"))


def test_a_pattern_that_can_match_nothing_is_none() -> None:
    assert [parse_pattern(line) for line in ("", "  ", "# x", "/", "!")] == [None] * 5


def test_a_path_below_an_ignored_directory_is_ignored() -> None:
    ignore = IgnoreFile.parse("out/", "/repo")
    assert ignore.ignores("/repo/out/a.json", is_directory=False)
    assert not ignore.ignores("/repo/out", is_directory=False)
    assert not ignore.ignores("/elsewhere/out/a.json", is_directory=False)


def test_a_place_is_inside_when_it_is_there_in_truth(place: Path) -> None:
    make(place, "in/a.json", "out/b.json")
    (place / "in" / "link.json").symlink_to(place / "out" / "b.json")
    assert is_inside("in/a.json", ["in"])
    assert is_inside("in/a.json", ["in/a.json"])
    assert not is_inside("in/link.json", ["in"])
    assert not is_inside("in/link.json", ["in/link.json"])
    assert is_inside("in/link.json", ["in", "out"])
