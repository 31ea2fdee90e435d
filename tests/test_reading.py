"""Reading: every kind of thing that a name can be. Writing: whole or not at all."""

from __future__ import annotations

import io
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.errors import JsonSyntaxError, PolicyevalError, ReadError, YamlSyntaxError
from policyeval.locating import locate
from policyeval.reading import (
    WriteError,
    has_byte_order_mark,
    read_document,
    read_source,
    source_from_bytes,
    write_whole,
)
from policyeval.source import Source

posix = pytest.mark.skipif(os.name != "posix", reason="pipes, devices and permissions are POSIX's")
not_as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")


def refused(path: str | os.PathLike[str], **options: int) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_source(path, **options)
    assert "\n" not in str(caught.value)
    return caught.value


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


# What can be read


def test_reads_a_file_under_the_name_that_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "policy.json", '{"é": "\r\n"}'.encode())
    monkeypatch.chdir(tmp_path)
    source = read_source("./policy.json")
    assert source.name == "./policy.json"
    assert source.text == '{"é": "\r\n"}'


def test_reads_through_a_symbolic_link(tmp_path: Path) -> None:
    put(tmp_path / "policy.json", b"{}")
    (tmp_path / "link").symlink_to("policy.json")
    assert read_source(tmp_path / "link").text == "{}"


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    """RFC 8259 section 8.1: a parser may ignore a byte order mark. Offsets are those after it."""
    data = b"\xef\xbb\xbf{}"
    assert has_byte_order_mark(data)
    assert not has_byte_order_mark(b"{}")
    assert read_source(put(tmp_path / "policy.json", data)).text == "{}"


def test_only_the_first_byte_order_mark_is_none() -> None:
    assert source_from_bytes(b"\xef\xbb\xbf\xef\xbb\xbf{}", "p").text == "\ufeff{}"


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf{}")))
    source = read_source("-")
    assert (source.name, source.text) == ("<stdin>", "{}")


def test_a_file_named_dash_is_read_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "-", b"[]")
    monkeypatch.chdir(tmp_path)
    assert read_source("./-").text == "[]"


@posix
@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/0", "-"])
def test_reads_a_pipe_that_the_shell_hands_over(path: str) -> None:
    code = f"from policyeval.reading import read_source; s = read_source({path!r}); print(s.name, s.text)"
    done = subprocess.run(
        [sys.executable, "-c", code], input="{}", capture_output=True, text=True, timeout=20, check=True
    )
    assert done.stdout.strip() == f"{'<stdin>' if path == '-' else path} {{}}"


@posix
def test_reads_a_pipe_whose_writer_is_gone() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"{}")
    os.close(writer)
    try:
        assert read_source(f"/dev/fd/{reader}").text == "{}"
    finally:
        os.close(reader)


# What cannot


def test_a_missing_file_is_said_with_the_name_that_was_meant(tmp_path: Path) -> None:
    put(tmp_path / "policy.json", b"{}")
    error = refused(tmp_path / "polcy.json")
    assert error.message == "no such file"
    assert error.name == str(tmp_path / "polcy.json")
    assert error.help == "did you mean `policy.json`?"


def test_a_missing_directory_is_a_missing_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "none" / "policy.json").message == "no such file"


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path).message == "is a directory, not a file"


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    put(tmp_path / "policy.json", b"{}")
    assert refused(tmp_path / "policy.json" / "x").message == "part of the path is a file, not a directory"


@not_as_root
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = put(tmp_path / "policy.json", b"{}")
    path.chmod(0)
    assert refused(path).message == "no permission to read it"


def test_a_broken_symbolic_link_says_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere.json")
    error = refused(tmp_path / "link")
    assert error.message == "is a symbolic link to a missing file"
    assert error.help == "it points to `nowhere.json`"


def test_a_loop_of_symbolic_links(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert refused(tmp_path / "a").message == "is a symbolic link that leads back to itself"


@posix
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe").message == "is a named pipe, not a file"


@posix
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has a length limit
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        assert refused("s").message == "is a socket, not a file"


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(device: str) -> None:
    assert refused(device).message == "is a device, not a file"


def test_a_descriptor_that_is_not_open() -> None:
    assert refused("/dev/fd/987654321").message == "no such file"


def test_standard_input_may_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert str(refused("-")) == "<stdin>: standard input is closed"


def test_a_name_with_a_nul(tmp_path: Path) -> None:
    assert refused(f"{tmp_path}/a\0b").message == "a file name cannot hold a NUL character"


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert refused(tmp_path / ("x" * 5000)).message == "cannot be read: file name too long"


@posix
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\nb.json", r"a\nb.json"),
        (b"a\x1b[31m.json", r"a\x1b[31m.json"),
        (b"caf\xe9.json", r"caf\udce9.json"),
        ("é.json".encode(), "é.json"),
    ],
)
def test_a_name_is_shown_on_one_line_in_characters_that_can_be_printed(tmp_path: Path, name: bytes, shown: str) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)
    Path(os.fsdecode(path)).write_bytes(b"[1,]")
    source = read_source(os.fsdecode(path))
    assert source.name == f"{tmp_path}/{shown}"
    source.name.encode("utf-8")


# What is too large


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    path = put(tmp_path / "policy.json", b"{}   ")
    assert read_source(path, limit=5).text == "{}   "
    assert refused(path, limit=4).message == "too large: 5 bytes, more than 4"


@posix
def test_a_pipe_without_end_is_read_up_to_the_limit() -> None:
    with subprocess.Popen(["cat", "/dev/zero"], stdout=subprocess.PIPE) as endless:
        assert endless.stdout is not None
        error = refused(f"/dev/fd/{endless.stdout.fileno()}", limit=1_000_000)
        endless.kill()
    assert error.message == "too large: more than 1,000,000"


def test_standard_input_has_the_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * 11)))
    assert refused("-", limit=10).message == "too large: more than 10"


# What is no text


def decoding_error(data: bytes) -> ReadError:
    with pytest.raises(ReadError) as caught:
        source_from_bytes(data, "policy.json")
    return caught.value


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_nothing_is_an_empty_file(data: bytes) -> None:
    assert decoding_error(data).message == "file is empty"


@pytest.mark.parametrize("text", ['{"a": 1}', "[]"])
@pytest.mark.parametrize(
    ("codec", "mark", "named"),
    [
        ("utf-16-le", b"\xff\xfe", "UTF-16"),
        ("utf-16-be", b"\xfe\xff", "UTF-16"),
        ("utf-32-le", b"\xff\xfe\0\0", "UTF-32"),
        ("utf-32-be", b"\0\0\xfe\xff", "UTF-32"),
        ("utf-16-le", b"", "UTF-16LE"),
        ("utf-16-be", b"", "UTF-16BE"),
        ("utf-32-le", b"", "UTF-32LE"),
        ("utf-32-be", b"", "UTF-32BE"),
    ],
)
def test_other_encodings_are_named(codec: str, mark: bytes, named: str, text: str) -> None:
    error = decoding_error(mark + text.encode(codec))
    assert error.message == f"text is {named}, not UTF-8"
    assert f"-f {named} " in (error.help or "")


@pytest.mark.parametrize("data", [b"\x7fELF\x02\x01\x01\0\0\0", b'{"a": "\0"}', b"PK\x03\x04\x14\0\0\0"])
def test_a_nul_is_a_binary_file(data: bytes) -> None:
    assert decoding_error(data).message == "binary file"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_that_is_not_utf8_has_its_place_in_bytes_and_in_characters(mark: bytes) -> None:
    error = decoding_error(mark + '{"é":\n "'.encode() + b"caf\xe9 au lait" + b'"}')
    assert error.message == f"byte 0xe9 at offset {12 + len(mark)}, line 2, is not UTF-8"
    assert str(error).startswith("policy.json:2:6: ")
    assert error.help == "save the file as UTF-8; in Windows-1252 it would be `é`"


def test_a_file_that_was_cut_off() -> None:
    error = decoding_error('{"a": "€'.encode()[:-1])
    assert error.message == "file ends in the middle of a character, at offset 7, line 1"


@given(st.binary(max_size=40))
def test_any_bytes_at_all_are_text_or_one_error(data: bytes) -> None:
    try:
        source = source_from_bytes(data, "policy.json")
    except ReadError as error:
        assert str(error)  # noqa: PT017  # both ways are right; only another exception is not
    else:
        assert source.text.encode() == data.removeprefix(b"\xef\xbb\xbf")


# JSON or YAML


@pytest.mark.parametrize("name", ["a.yaml", "a.yml"])
def test_yaml_by_its_name(tmp_path: Path, name: str) -> None:
    source, value = read_document(put(tmp_path / name, b"a: [b]"))
    assert value == {"a": ["b"]}
    assert source.text == "a: [b]"
    with pytest.raises(YamlSyntaxError):
        read_document(put(tmp_path / name, b"a: ["))


@pytest.mark.parametrize("name", ["a.json", "a", "a.txt", "yaml"])
def test_by_any_other_name_json_begins_with_a_bracket(tmp_path: Path, name: str) -> None:
    assert read_document(put(tmp_path / name, b'{"a": ["b"]}'))[1] == {"a": ["b"]}
    with pytest.raises(JsonSyntaxError):
        read_document(put(tmp_path / name, b" [b]"))
    source, value = read_document(put(tmp_path / name, b"a: [b]"))
    assert value == {"a": ["b"]}
    assert source.is_yaml
    span = locate(source).find("/a/0")
    assert source.text[span.start : span.end] == "b"


@pytest.mark.parametrize("name", ["<stdin>", "/dev/stdin", "/dev/fd/63", "/proc/self/fd/63"])
def test_paths_in_what_came_through_a_pipe_are_those_of_the_working_directory(name: str) -> None:
    assert Source(name, "").directory == ""
    assert Source("team/account.yaml", "").directory == "team"


# Writing


def leftovers(folder: Path, *expected: str) -> set[str]:
    return {path.name for path in folder.iterdir()} - set(expected)


def test_writes_a_new_file_as_the_umask_has_it(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "new.json", "é\r\n")
    finally:
        os.umask(before)
    assert (tmp_path / "new.json").read_bytes() == "é\r\n".encode()
    assert not leftovers(tmp_path, "new.json")
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640


@posix
def test_a_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = put(tmp_path / "policy.json", b"old")
    path.chmod(0o604)
    write_whole(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o604)


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    target = put(tmp_path / "policy.json", b"old")
    (tmp_path / "link").symlink_to("policy.json")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert target.read_text() == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "policy.json", b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match="file cannot be written: no space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert not leftovers(tmp_path, "policy.json")


def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path / "policy.json", b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert not leftovers(tmp_path, "policy.json")


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    put(tmp_path / "file", b"")
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "none" / "x", tmp_path / "file" / "x", tmp_path, f"{tmp_path}/a\0b", tmp_path / "loop"):
        with pytest.raises(WriteError) as caught:
            write_whole(path, "new")
        assert isinstance(caught.value, PolicyevalError)
        assert "\n" not in str(caught.value)
    assert not leftovers(tmp_path, "file", "loop")


def test_half_a_character_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="half a surrogate pair"):
        write_whole(tmp_path / "policy.json", "\ud800")
    assert not leftovers(tmp_path)


def test_an_empty_name_is_not_a_missing_file_without_a_name() -> None:
    with pytest.raises(ReadError) as caught:
        read_source("")
    assert caught.value.message == "a file name is empty"


def test_an_empty_file_is_not_taken_for_a_policy_that_an_account_or_a_case_file_is_not() -> None:
    assert decoding_error(b"").help == "is this the right file?"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")
def test_a_file_that_root_writes_keeps_its_owner_and_group(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text("old", encoding="utf-8")
    os.chown(path, 12345, 23456)
    path.chmod(0o640)
    write_whole(path, "new")
    status = path.stat()
    assert (path.read_text(encoding="utf-8"), status.st_uid, status.st_gid) == ("new", 12345, 23456)
    assert status.st_mode & 0o7777 == 0o640
