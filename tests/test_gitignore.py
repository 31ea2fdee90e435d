"""Globs as git reads them: `policyeval.gitignore`, held to a slow definition and to git itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.gitignore import IgnoreFile, glob_pattern, parse_pattern

# ---- the definition


def fits(pattern: str, path: str) -> bool:
    """Whether a glob of `*`, `**`, `?` and plain letters fits a path, by trying everything.

    gitignore(5): "The slash is used as the directory separator", "An asterisk matches anything except a slash", "A
    leading `**` followed by a slash means match in all directories", "a trailing `/**` matches everything inside", "a
    slash followed by two consecutive asterisks then a slash matches zero or more directories", "Other consecutive
    asterisks are considered regular asterisks".
    """
    return steps_fit(pattern.split("/"), path.split("/"))


def steps_fit(pattern: list[str], path: list[str]) -> bool:
    if not pattern:
        return not path
    head, *rest = pattern
    if len(head) > 1 and set(head) == {"*"}:
        least = 0 if rest else 1
        return any(steps_fit(rest, path[count:]) for count in range(least, len(path) + 1))
    return bool(path) and step_fits(head, path[0]) and steps_fit(rest, path[1:])


def step_fits(pattern: str, name: str) -> bool:
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(step_fits(pattern[1:], name[count:]) for count in range(len(name) + 1))
    return bool(name) and pattern[0] in ("?", name[0]) and step_fits(pattern[1:], name[1:])


PIECES = st.sampled_from(["a", "b", "*", "?", "/", "/**/", "**"])
PATHS = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5).map("/".join)


@given(st.lists(PIECES, min_size=1, max_size=8).map("".join), PATHS)
def test_a_glob_matches_what_its_definition_says(pattern: str, path: str) -> None:
    compiled = glob_pattern(pattern)
    assert compiled is not None
    assert (compiled.fullmatch(path) is not None) == fits(pattern, path)


# ---- git


TEXTS = st.text("ab-]![*?/\\ ^:", min_size=1, max_size=8)
SETS = st.builds("[{}{}]{}".format, st.sampled_from(["", "!", "^"]), TEXTS, st.sampled_from(["", "a", "*"]))
CLASSES = ("alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit")
NAMED = st.builds("[{}[:{}:]{}]".format, st.sampled_from(["", "!", "b"]), st.sampled_from([*CLASSES, "x"]), TEXTS)
_DISPUTED = re.compile(r"[^/*]\*\*+(?:\\?/|\Z)")
"""`a**/`: two regular asterisks by the manual, and to git 2.39 sometimes `**`."""
LINES = st.one_of(st.lists(PIECES, min_size=1, max_size=8).map("".join), TEXTS, SETS, NAMED).filter(
    lambda line: _DISPUTED.search(line) is None
)
NAMES = ["a", "b", "ab", "-", "]", "[", "^", "!", ":", "*", "\\", "\\a", "A", "7", "a b", "~", "\t", "\x1f", "a "]
TREE = [*NAMES, *(f"a/{name}" for name in NAMES), "a/b/a", "a/b/b/a", "b/b/a", "b/ab/b", "ab/a/b", "b/a/a/b/ab"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", "."], check=True, cwd=place)
    return place


@pytest.mark.skipif(shutil.which("git") is None, reason="git says what git ignores")
@given(line=LINES)
def test_git_ignores_the_same(repository: Path, line: str) -> None:
    (repository / ".gitignore").write_text(f"{line}\n", encoding="utf-8", newline="")
    asked = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "-z", "--stdin", "--no-index"],
        input="".join(f"./{path}\0" for path in TREE),  # what begins with `:` would be pathspec magic
        capture_output=True,
        text=True,
        check=False,
        cwd=repository,
    )
    ignore = IgnoreFile.parse(f"{line}\n", str(repository))
    ours = [path for path in TREE if ignore.ignores(os.path.join(repository, path), is_directory=False)]
    assert asked.returncode in (0, 1), asked.stderr
    assert "".join(f"./{path}\0" for path in ours) == asked.stdout


# ---- bounds


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 12 + "b", "a" * 200 + ".json"),
        ("*a" * 25 + "b", "a" * 200),
        ("**/" + "**/a/" * 30 + "b", "a/" * 60 + "c"),
        ("**/" + "*a*a*a/**/" * 30 + "b", ("a" * 30 + "/") * 60 + "c"),
        ("**/" * 500 + "b", "a/" * 1000 + "c"),
        ("[a]*" * 500 + "b", "a" * 255),
    ],
)
def test_no_glob_takes_long_over_a_path_that_it_does_not_match(pattern: str, path: str) -> None:
    before = time.process_time()
    compiled = glob_pattern(pattern)
    assert compiled is not None
    assert compiled.fullmatch(path) is None
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    "line",
    ["[[]x", "[[:alpha:]]", "g[[]1]/*.json", "[a||b]", "[a--b]", "[a&&b~~c]", "[\\]\\\\-a]", "[!-/]", "[[:punct:]~]"],
)
def test_a_set_warns_of_nothing(line: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_pattern(line) is not None


def test_a_long_line_is_read() -> None:
    before = time.process_time()
    ignore = IgnoreFile.parse("*a" * 50_000, "/repo")
    assert not ignore.ignores("/repo/" + "a" * 255, is_directory=False)
    assert time.process_time() - before < 10
