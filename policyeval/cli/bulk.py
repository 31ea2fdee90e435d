"""`policyeval simulate --requests`: a request a line in, a decision a line out, in order.

The file is read in blocks of whole lines, which processes decide side by side; no more blocks are under way than keep
them busy, so memory stays the same however long the file is.
"""

from __future__ import annotations

import contextlib
import gc
import gzip
import os
import sys
import zlib
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain
from typing import IO, Literal, NamedTuple, cast

from policyeval.account.account import Account
from policyeval.account.request_lines import RequestLine, read_request_line
from policyeval.account.simulators import AccountSimulator
from policyeval.diagnostics.style import clean
from policyeval.diagnostics.summary import plural
from policyeval.errors import PolicyevalError, ReadError
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.simulator import Simulator
from policyeval.limits import LINE_BYTES, most

OutputFormat = Literal["full", "concise", "json"]
BLOCK_BYTES = 1 << 19
FAILED = "error"
"""What stands in the place of a decision that could not be made."""


def simulate_requests(
    path: str,
    account: Account | None,
    given: PolicySet,
    *,
    jobs: int | None = None,
    index: bool = True,
    format: OutputFormat = "full",
) -> int:
    """Decide the requests of a file (`-` for standard input; gzip is recognised), and print a decision for each.

    A line that is no request is reported on standard error with its number, and the rest is still done. The exit
    status is 0 when all are allowed, 1 when some are denied, 2 when some could not be decided.
    """
    name = "standard input" if path == "-" else path
    setting = Setting(account, given, index, format == "json")
    total = Outcome(0, 0, 0)
    with _open(path) as file, _ProgressBar(path) as bar:
        for block, outcome in _decide_blocks(_blocks(file, name), setting, jobs or _cores()):
            sys.stdout.write(outcome.text)
            for number, message in outcome.errors:
                bar.clear()
                print(f"{clean(name)}:{block.first_line + number}: {clean(message)}", file=sys.stderr)
            total = total.plus(outcome.counts)
            bar.advance(block.size, total.decided)
    sys.stdout.flush()
    print(_summary(total), file=sys.stderr)
    return 2 if total.failed else 1 if total.denied else 0


# ---- one block


class Outcome(NamedTuple):
    """How many requests were allowed, denied, and could not be decided."""

    allowed: int
    denied: int
    failed: int

    @property
    def decided(self) -> int:
        return self.allowed + self.denied + self.failed

    def plus(self, other: Outcome) -> Outcome:
        return Outcome(self.allowed + other.allowed, self.denied + other.denied, self.failed + other.failed)


class BlockOutcome(NamedTuple):
    """The decisions of a block as lines of output; errors by the line's place in the block, counted from 0."""

    text: str
    errors: list[tuple[int, str]]
    counts: Outcome


class Block(NamedTuple):
    """Whole lines of the file, the first of which has a number counted from 1; `size` is the bytes read."""

    lines: bytes
    first_line: int
    size: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What every process needs to know: the policies, and how to decide and to write."""

    account: Account | None
    given: PolicySet
    use_index: bool
    as_json: bool

    def decider(self) -> Callable[[RequestLine], str]:
        if self.account is not None:
            simulator = AccountSimulator(self.account, self.given, use_index=self.use_index)
            return lambda asked: simulator.decide(*asked)
        bare = Simulator.of(self.given, use_index=self.use_index)
        return lambda asked: bare.decide(Request(*asked))


class Worker:
    """Decides blocks, one after the other, with everything compiled kept from one to the next."""

    def __init__(self, setting: Setting) -> None:
        self._decide = setting.decider()
        self._as_json = setting.as_json

    def decide_block(self, lines: bytes) -> BlockOutcome:
        decide, decisions = self._decide, []
        errors: list[tuple[int, str]] = []
        for number, line in enumerate(lines.split(b"\n")):
            if not line or line.isspace():
                decisions.append("")
                continue
            try:
                decisions.append(decide(read_request_line(line, "the line")))
            except PolicyevalError as error:
                errors.append((number, f"{error.message} ({error.help})" if error.help else error.message))
                decisions.append(FAILED)
        allowed, failed = decisions.count("allowed"), len(errors)
        counts = Outcome(allowed, len(decisions) - decisions.count("") - allowed - failed, failed)
        return BlockOutcome(self._written(decisions), errors, counts)

    def _written(self, decisions: list[str]) -> str:
        """A line for each request; an empty line asks for nothing and gets nothing."""
        if self._as_json:
            return "".join(f'{{"decision": "{decision}"}}\n' for decision in decisions if decision)
        return "".join(f"{decision}\n" for decision in decisions if decision)


# ---- many blocks

_worker: Worker | None = None


def _start_worker(setting: Setting) -> None:
    global _worker  # a process of the pool has no other place to keep what it compiled
    _worker = Worker(setting)
    spare_the_collector()


def spare_the_collector() -> None:
    """Look for cycles of garbage rarely: requests make none, and looking through all policies doubles the time."""
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)


def _decide_in_worker(lines: bytes) -> BlockOutcome:
    assert _worker is not None
    return _worker.decide_block(lines)


def _decide_blocks(blocks: Iterator[Block], setting: Setting, jobs: int) -> Iterator[tuple[Block, BlockOutcome]]:
    """Each block with its decisions, in order. One block alone is not worth a second process."""
    first = next(blocks, None)
    if first is None:
        return
    second = next(blocks, None)
    if jobs == 1 or second is None:
        worker = Worker(setting)
        spare_the_collector()
        for block in chain([first], [] if second is None else [second], blocks):
            yield block, worker.decide_block(block.lines)
        return
    with _told_of_death(), ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(setting,)) as pool:
        under_way: deque[tuple[Block, Future[BlockOutcome]]] = deque()
        for block in chain([first, second], blocks):
            under_way.append((block, pool.submit(_decide_in_worker, block.lines)))
            if len(under_way) > 2 * jobs:
                done, future = under_way.popleft()
                yield done, future.result()
        for done, future in under_way:
            yield done, future.result()


@contextlib.contextmanager
def _told_of_death() -> Iterator[None]:
    """Raises `PolicyevalError` where a process of the pool was killed, as the system does when memory runs out."""
    try:
        yield
    except BrokenProcessPool:
        raise PolicyevalError(
            "a process was killed while it decided, so that the rest is not decided",
            help="try fewer at once, with `--jobs 1` if need be",
        ) from None


def _blocks(file: IO[bytes], name: str) -> Iterator[Block]:
    """Blocks of whole lines; raises `ReadError` for a line without end and for a damaged archive."""
    rest, line_number = b"", 1
    begins = True
    while True:
        try:
            read = file.read(BLOCK_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise ReadError(f"the file could not be read to its end: {error}", name=name) from error
        if not read:
            break
        if begins:
            read, begins = read.removeprefix(BOM_UTF8), False
        cut = read.rfind(b"\n")
        if cut < 0:
            rest += read
            if len(rest) > most(LINE_BYTES):  # it would have to fit into memory before it could be seen to be none
                message = f"a line is longer than {most(LINE_BYTES):,} bytes"
                raise ReadError(message, name=name, help=f"write one request a line; {LINE_BYTES.help}")
            continue
        lines = rest + read[:cut]
        yield Block(lines, line_number, len(read))
        line_number += lines.count(b"\n") + 1
        rest = read[cut + 1 :]
    if rest:
        yield Block(rest, line_number, 0)


@contextlib.contextmanager
def _open(path: str) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked if it begins as gzip does (RFC 1952)."""
    with contextlib.ExitStack() as stack:
        try:
            if path == "-":
                raw = cast(BufferedReader, sys.stdin.buffer)
            else:
                raw = stack.enter_context(open(path, "rb"))
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
        except OSError as error:
            raise ReadError(f"the file could not be read: {error.strerror}", name=path) from error
        yield cast(IO[bytes], stack.enter_context(gzip.GzipFile(fileobj=raw))) if packed else raw


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _summary(total: Outcome) -> str:
    parts = [f"{total.allowed:,} allowed", f"{total.denied:,} denied"]
    if total.failed:
        parts.append(f"{total.failed:,} not decided")
    return f"{plural(total.decided, 'request')}: {', '.join(parts)}"


class _ProgressBar:
    """How far along: on standard error, and only on a terminal."""

    WIDTH = 30

    def __init__(self, path: str) -> None:
        self._shown = sys.stderr.isatty()
        self._total = 0
        if self._shown and path != "-":
            with contextlib.suppress(OSError), open(path, "rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
                self._total = 0 if packed else os.fstat(file.fileno()).st_size
        self._done = 0

    def __enter__(self) -> _ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def advance(self, size: int, decided: int) -> None:
        self._done += size
        if not self._shown:
            return
        bar = ""
        if self._total:
            part = min(self._done / self._total, 1.0)
            filled = int(part * self.WIDTH)
            bar = f"[{'#' * filled}{'.' * (self.WIDTH - filled)}] {part:4.0%}  "
        print(f"\r{bar}{plural(decided, 'request')}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
