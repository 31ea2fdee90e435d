"""Files in and out: bytes to text with a name, and text to a file whole or not at all.

Whatever a name turns out to be, reading ends: with the text, or with one `ReadError` that says what was found instead.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import cast

from policyeval.errors import PolicyevalError, ReadError
from policyeval.limits import CONFIG_BYTES, FILE_BYTES, most
from policyeval.source import Source, Span
from policyeval.vocabulary import did_you_mean

STDIN_NAME = "<stdin>"

_CHUNK = 1 << 20
_MOST_NEIGHBOURS = 1000
_DESCRIPTOR = re.compile(r"/dev/(?:fd/(?P<dev>\d{1,9})|stdin)|/proc/self/fd/(?P<proc>\d{1,9})")
_YAML_LINE = re.compile(r"^(?:---|\w[^{}\n]*:(?:\s|$))", re.MULTILINE)
_UTF8_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (  # the four-byte marks first: UTF-32's begins like UTF-16's
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


class WriteError(PolicyevalError):
    """A file could not be written; what stood there before still does."""


def read_document(path: str | os.PathLike[str]) -> tuple[Source, object]:
    """A file that may be JSON or YAML, whatever it is called, and its value.

    Raises `ReadError`, `JsonSyntaxError` or `YamlSyntaxError`.
    """
    source = in_its_language(read_source(path))
    return source, decode_document(source)


def in_its_language(source: Source) -> Source:
    """A text that may be JSON or YAML as what it is, whatever it is called: JSON begins with a bracket.

    A `.json` file that begins with none is taken for YAML only where it has a line of it, and else for broken JSON.
    """
    if source.is_yaml or source.text.lstrip()[:1] in ("{", "["):
        return source
    if source.name.endswith(".json") and _YAML_LINE.search(source.text) is None:
        return source
    return replace(source, language="yaml")


def decode_document(source: Source) -> object:
    """The value of a JSON or YAML text; raises `JsonSyntaxError` or `YamlSyntaxError`, located."""
    if source.is_yaml:
        from policyeval import yamltext

        return yamltext.decode(source)
    from policyeval import jsontext

    return jsontext.decode(source)


def read_source(path: str | os.PathLike[str], *, limit: int | None = None) -> Source:
    """The text of a file, or of standard input for `-`, and the name to call it by; raises `ReadError`.

    What may be read and what `limit` means says `read_bytes`.
    """
    return source_from_bytes(read_bytes(path, limit=limit), name_of(path))


def name_of(path: str | os.PathLike[str]) -> str:
    """The name by which a file is called in every message, on one line; `<stdin>` for `-`."""
    written = os.fspath(path)
    return STDIN_NAME if written == "-" else _display_name(written)


def read_bytes(path: str | os.PathLike[str], *, limit: int | None = None) -> bytes:
    """The content of a file, or of standard input for `-`.

    Regular files are read, and pipes that the shell hands over (`/dev/stdin`, `/dev/fd/63` of a process substitution).
    Other pipes and devices are refused, so nothing waits for a writer that never comes. `limit` is in bytes;
    `limits.FILE_BYTES` when left out. Raises `ReadError`.
    """
    written = os.fspath(path)
    if limit is None:
        limit = most(FILE_BYTES)
    if written == "-":
        return _read_standard_input(limit)
    if not written:
        raise ReadError("a file name is empty", help="name a file, or `-` for standard input")
    name = _display_name(written)
    try:
        return _read_file(written, name, limit)
    except ValueError:  # a NUL in the name
        raise ReadError("a file name cannot hold a NUL character", name=name) from None
    except OSError as trouble:
        raise _read_error(trouble, written, name) from None


@contextlib.contextmanager
def open_bytes(path: str | os.PathLike[str]) -> Iterator[BufferedReader]:
    """A file to be read piece by piece, or standard input for `-`; what may be read is as in `read_bytes`.

    Raises `ReadError` for what cannot be opened, and leaves errors of reading to the caller.
    """
    written = os.fspath(path)
    if written == "-":
        if sys.stdin is None or sys.stdin.closed:
            raise ReadError("standard input is closed", name=STDIN_NAME)
        yield cast(BufferedReader, sys.stdin.buffer)
        return
    name = _display_name(written)
    if not written:
        raise ReadError("a file name is empty", help="name a file, or `-` for standard input")
    try:
        descriptor = _open(written, name)
    except ValueError:  # a NUL in the name
        raise ReadError("a file name cannot hold a NUL character", name=name) from None
    except OSError as trouble:
        raise _read_error(trouble, written, name) from None
    with open(descriptor, "rb") as file:
        yield file


def has_byte_order_mark(data: bytes) -> bool:
    """Whether a file begins with UTF-8's byte order mark. `Source.text` has none; a fix may want to write it back."""
    return data.startswith(_UTF8_MARK)


def source_from_bytes(data: bytes, name: str) -> Source:
    """The text of some bytes: UTF-8, with or without a byte order mark (RFC 8259 section 8.1).

    Raises `ReadError` for nothing at all, another encoding and what is no text.
    """
    body = data[len(_UTF8_MARK) :] if has_byte_order_mark(data) else data
    if not body:
        raise ReadError("file is empty", name=name, help="is this the right file?")
    encoding = _other_encoding(body)
    if encoding is not None:
        raise ReadError(
            f"text is {encoding}, not UTF-8",
            name=name,
            help=f"save it as UTF-8, for example with `iconv -f {encoding} -t UTF-8`",
        )
    if b"\0" in body:
        raise ReadError("binary file", name=name, help="name a file with text in it, in UTF-8")
    try:
        return Source(name, body.decode("utf-8"))
    except UnicodeDecodeError as trouble:
        raise _not_utf8(body, trouble, len(data) - len(body), name) from None


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Put a text in a file, whole or not at all: a reader sees the old content or the new, also after a power cut.

    Line ends are written as they are. The file keeps its permissions, and its owner where that may be; a new one
    gets what the umask leaves. A symbolic link stays one, and its target is written. A device or pipe (`/dev/stdout`)
    is written to, never replaced. Killed in the middle, a process leaves the old file and at most
    `.NAME.XXXXXXXX.tmp` beside it. Raises `WriteError`.
    """
    name = _display_name(os.fspath(path))
    try:
        if _is_stream(path):
            _write_stream(path, _encoded(text, name))
            return
        temporary, target = stage(path, text)
        with _removed_on_trouble(temporary):
            os.replace(temporary, target)
    except (OSError, ValueError) as trouble:
        raise _write_error(trouble, name) from None


def stage(path: str | os.PathLike[str], text: str) -> tuple[Path, Path]:
    """Write a text beside its file, whole and on the disk; `os.replace` of the two paths given back puts it in place.

    Permissions and links are as in `write_whole`. Raises `WriteError`, and leaves nothing then.
    """
    import tempfile  # brings a dozen modules along, and most runs write nothing

    name = _display_name(os.fspath(path))
    data = _encoded(text, name)
    try:
        target = Path(path).resolve()
        permissions = _permissions(target)
        descriptor, made = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".tmp", dir=target.parent)
        temporary = Path(made)
        with _removed_on_trouble(temporary), open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            _keep_owner(temporary, target)
            os.chmod(temporary, permissions)
    except (OSError, RuntimeError, ValueError) as trouble:  # `resolve` may raise RuntimeError for a loop of links
        raise _write_error(trouble, name) from None
    return temporary, target


@contextlib.contextmanager
def _removed_on_trouble(temporary: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _encoded(text: str, name: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise WriteError("text holds half a surrogate pair, which no file can", name=name) from None


def _is_stream(path: str | os.PathLike[str]) -> bool:
    """Whether a path leads to a pipe, a terminal or another device."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _write_stream(path: str | os.PathLike[str], data: bytes) -> None:
    """Without waiting for a pipe's reader that never comes."""
    descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    os.set_blocking(descriptor, True)
    with open(descriptor, "wb") as file:
        file.write(data)


def _write_error(trouble: Exception, name: str) -> WriteError:
    reason = _reason(trouble) if isinstance(trouble, OSError) else str(trouble)
    return WriteError(f"file cannot be written: {reason}", name=name)


def _keep_owner(temporary: Path, target: Path) -> None:
    """Give a new file the owner and group of the one that it replaces, as far as this process may."""
    with contextlib.suppress(OSError):
        old, new = target.stat(), temporary.stat()
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            # Before the permissions: changing the owner takes set-user-id bits away.
            os.chown(temporary, old.st_uid, old.st_gid)


def _permissions(target: Path) -> int:
    """Those of the file that is there, or those that a new one gets."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0o077)
        os.umask(umask)
        return 0o666 & ~umask


def _read_standard_input(limit: int) -> bytes:
    if sys.stdin is None or sys.stdin.closed:
        raise ReadError("standard input is closed", name=STDIN_NAME)
    try:
        return _read_up_to(sys.stdin.buffer.read, STDIN_NAME, limit)
    except OSError as trouble:
        raise _read_error(trouble, "-", STDIN_NAME) from None


def _read_file(path: str, name: str, limit: int) -> bytes:
    descriptor = _open(path, name)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_size > limit:
            raise _too_large(name, limit, status.st_size)
        return _read_up_to(partial(os.read, descriptor), name, limit)
    finally:
        os.close(descriptor)


def _open(path: str, name: str) -> int:
    """A descriptor that can be read without waiting for anybody but a pipe's writer that the shell has started."""
    handed_over = _DESCRIPTOR.fullmatch(path)
    if handed_over is not None:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            return os.dup(int(handed_over["dev"] or handed_over["proc"] or 0))
    # The kind is asked for twice: before opening, which for some devices does something, and after, in case it changed.
    _refuse_irregular(os.stat(path).st_mode, name)
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _refuse_irregular(os.fstat(descriptor).st_mode, name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _refuse_irregular(mode: int, name: str) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise ReadError("is a directory, not a file", name=name, help="name a file inside it")
    if stat.S_ISFIFO(mode):
        raise ReadError("is a named pipe, not a file", name=name, help="pipe it in and read `-`, standard input")
    kind = "a socket" if stat.S_ISSOCK(mode) else "a device"
    raise ReadError(f"is {kind}, not a file", name=name, help="name a file with text in it")


def _read_up_to(read: Callable[[int], bytes], name: str, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise _too_large(name, limit)
    return b"".join(chunks)


def _too_large(name: str, limit: int, size: int | None = None) -> ReadError:
    found = f"{size:,} bytes, " if size is not None else ""
    bound = next((each for each in (FILE_BYTES, CONFIG_BYTES) if limit == most(each)), None)
    return ReadError(
        f"too large: {found}more than {limit:,}", name=name, help=bound.help if bound is not None else None
    )


def _read_error(trouble: OSError, path: str, name: str) -> ReadError:
    if trouble.errno == errno.ENOENT:
        if os.path.islink(path):
            return ReadError(
                "is a symbolic link to a missing file",
                name=name,
                help=f"it points to `{_display_name(os.readlink(path))}`",
            )
        return ReadError("no such file", name=name, help=did_you_mean(os.path.basename(path), _neighbours(path)))
    if trouble.errno == errno.ELOOP:
        return ReadError("is a symbolic link that leads back to itself", name=name)
    if trouble.errno in (errno.EACCES, errno.EPERM):
        return ReadError("no permission to read it", name=name, help=f"`ls -l` shows who may: {_display_name(path)}")
    if trouble.errno == errno.ENOTDIR:
        return ReadError("part of the path is a file, not a directory", name=name)
    return ReadError(f"cannot be read: {_reason(trouble)}", name=name)


def _reason(trouble: OSError) -> str:
    return (trouble.strerror or str(trouble)).lower()


def _neighbours(path: str) -> list[str]:
    """The names in the directory in which a file was looked for."""
    with contextlib.suppress(OSError), os.scandir(os.path.dirname(path) or ".") as entries:
        return [_display_name(entry.name) for entry, _ in zip(entries, range(_MOST_NEIGHBOURS), strict=False)]
    return []


def _other_encoding(data: bytes) -> str | None:
    """UTF-16 or UTF-32, by its mark or by where the zero bytes of its first two characters are."""
    for mark, encoding in _OTHER_MARKS:
        if data.startswith(mark):
            return encoding
    zeros = tuple(byte == 0 for byte in data[:4])
    if zeros in ((True, True, True, False), (False, True, True, True)):
        return "UTF-32BE" if zeros[0] else "UTF-32LE"
    if zeros in ((True, False, True, False), (False, True, False, True)):
        return "UTF-16BE" if zeros[0] else "UTF-16LE"
    return None


def _not_utf8(body: bytes, trouble: UnicodeDecodeError, skipped: int, name: str) -> ReadError:
    """The error for a byte that no UTF-8 text has there; `skipped` bytes of the file came before `body`."""
    at = trouble.start
    offset = len(body[:at].decode("utf-8"))
    source, span = Source(name, body.decode("utf-8", "replace")), Span(offset, offset + 1)
    where = f"offset {at + skipped}, line {source.position(offset).line}"
    if trouble.reason == "unexpected end of data":
        return ReadError(
            f"file ends in the middle of a character, at {where}", source=source, span=span, help="is it all there?"
        )
    guess = body[at : at + 1].decode("cp1252", "ignore")
    seems = f"; in Windows-1252 it would be `{guess}`" if guess else ""
    message = f"byte 0x{body[at]:02x} at {where}, is not UTF-8"
    return ReadError(message, source=source, span=span, help=f"save the file as UTF-8{seems}")


def _display_name(name: str) -> str:
    """A file's name on one line, in characters that every terminal and every report can take."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in name)
