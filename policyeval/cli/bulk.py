"""`policyeval simulate --requests`: a request a line in, a decision a line out, in order.

The file is read in blocks of whole lines, which processes decide side by side; no more blocks are under way than keep
them busy, so memory stays the same however long the file is.
"""

from __future__ import annotations

import contextlib
import gc
import gzip
import json
import os
import select
import signal
import stat
import sys
import zlib
from codecs import BOM_UTF8
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from io import BufferedReader
from multiprocessing import active_children
from typing import Literal, NamedTuple, cast

from policyeval.account.account import Account
from policyeval.account.request_lines import RequestLine, read_request_line
from policyeval.account.simulators import AccountSimulator
from policyeval.catalog.catalog import catalog
from policyeval.cli.layers import GivenPolicies, home_of, stranger
from policyeval.diagnostics.style import clean
from policyeval.diagnostics.summary import plural
from policyeval.errors import PolicyevalError, ReadError
from policyeval.evaluation.plan import is_role_arn
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Principal, Request, Resource
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Uncertainty
from policyeval.limits import FILE_BYTES, LINE_BYTES, most
from policyeval.reading import name_of, open_bytes

OutputFormat = Literal["full", "concise", "json"]
BLOCK_BYTES = 1 << 19
_STRANGER_LIMIT = 4096
_ACTION_LIMIT = 65536
_NAMED = 8
"""How many actions are named that the catalog does not have."""
FAILED = "error"
"""What stands in the place of a decision that could not be made."""


def simulate_requests(
    path: str,
    account: Account | None,
    given: GivenPolicies,
    notes: Iterable[str] = (),
    *,
    jobs: int | None = None,
    index: bool = True,
    format: OutputFormat = "full",
) -> int:
    """Decide the requests of a file (`-` for standard input; gzip is recognised), and print a decision for each.

    A line that is no request is reported on standard error with its number, and the rest is still done. The exit
    status is 0 when all are allowed, 1 when some are denied, 2 when some could not be decided. `notes` are told in the
    end.
    """
    name, notes = name_of(path), (*notes, *given.notes)
    setting = Setting(account, given, index, format == "json")
    total, disputes = Outcome(0, 0, 0, 0, 0), Counter[str]()
    unknown: dict[str, None] = {}
    damage: ReadError | None = None
    with _open(path) as (file, is_stream), _ProgressBar(path) as bar:
        reader = _Reader(file, name, is_stream=is_stream)
        for block, outcome in _decide_blocks(reader.blocks(), setting, jobs or _cores()):
            sys.stdout.write(outcome.text)
            if is_stream:
                sys.stdout.flush()
            for number, message in outcome.errors:
                bar.clear()
                print(f"{name}:{block.first_line + number}: {clean(message)}", file=sys.stderr)
            total = total.plus(outcome.counts)
            disputes.update(outcome.disputes)
            for action in outcome.unknown:
                if len(unknown) <= _NAMED:
                    unknown[action] = None
            bar.advance(block.size, total.decided)
        damage = reader.damage
    sys.stdout.flush()
    print(_summary(total), file=sys.stderr)
    if disputes:
        print(_doubted(total, disputes), file=sys.stderr)
    if unknown:
        notes = (_unlisted(total, list(unknown)), *notes)
    for note in notes:
        print(f"note: {clean(note)}", file=sys.stderr)
    if damage is not None:
        raise damage
    return 2 if total.failed else 1 if total.denied else 0


# ---- one block


class Outcome(NamedTuple):
    """How many requests were allowed, denied, and could not be decided.

    Of them `uncertain` hang on a dispute, and `unlisted` are for actions that the catalog does not have.
    """

    allowed: int
    denied: int
    failed: int
    uncertain: int
    unlisted: int

    @property
    def decided(self) -> int:
        return self.allowed + self.denied + self.failed

    def plus(self, other: Outcome) -> Outcome:
        return Outcome(
            self.allowed + other.allowed,
            self.denied + other.denied,
            self.failed + other.failed,
            self.uncertain + other.uncertain,
            self.unlisted + other.unlisted,
        )


class BlockOutcome(NamedTuple):
    """The decisions of a block as lines of output; errors by the line's place in the block, counted from 0.

    `disputes` holds, for each disputed rule, how many decisions hang on it; `unknown` the actions that the catalog does
    not have, as written.
    """

    text: str
    errors: list[tuple[int, str]]
    counts: Outcome
    disputes: dict[str, int]
    unknown: list[str]


class Block(NamedTuple):
    """Whole lines of the file, the first of which has a number counted from 1; `size` is the bytes read.

    `is_last_for_now` says that nothing follows, or that whoever writes the rest has not done so yet.
    """

    lines: bytes
    first_line: int
    size: int
    is_last_for_now: bool


Decider = Callable[[RequestLine, list[Uncertainty]], str]
"""Decides a line, and adds to a list the disputes on which that hangs."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What every process needs to know: the policies, and how to decide and to write."""

    account: Account | None
    given: GivenPolicies
    use_index: bool
    as_json: bool

    def decider(self) -> Decider:
        if self.given.resource is None:
            return self.decider_under(self.given.layers)
        deciders: dict[bool, Decider] = {}

        def decide(asked: RequestLine, told: list[Uncertainty]) -> str:
            named = asked.resource if isinstance(asked.resource, str) else str(asked.resource.get("arn"))
            is_role = is_role_arn(named)
            if is_role not in deciders:
                deciders[is_role] = self.decider_under(self.given.about(named))
            return deciders[is_role](asked, told)

        return decide

    def decider_under(self, given: PolicySet) -> Decider:
        """A decider whose resource policy, where one is given, is that of every line's resource."""
        if self.account is not None:
            simulator = AccountSimulator(self.account, given, use_index=self.use_index)
            return lambda asked, told: simulator.decide(*asked, told)
        bare = Simulator.of(given, use_index=self.use_index)
        strangers: dict[tuple[str, str, str], Principal] = {}  # one object for each, as the simulator knows them by

        def decide(asked: RequestLine, told: list[Uncertainty]) -> str:
            caller, action, named, context, time = asked
            if not isinstance(caller, str):
                return bare.decide(Request(*asked), told)
            resource = Resource.parse(named)
            key = (caller, *home_of(resource))
            if key not in strangers:
                if len(strangers) >= _STRANGER_LIMIT:
                    strangers.clear()
                strangers[key] = stranger(*key)
            return bare.decide(Request(strangers[key], action, resource, context, time), told)

        return decide


class Worker:
    """Decides blocks, one after the other, with everything compiled kept from one to the next."""

    def __init__(self, setting: Setting) -> None:
        self._decide = setting.decider()
        self._as_json = setting.as_json
        self._listed: dict[str, bool] = {}  # whether the catalog has an action

    def decide_block(self, lines: bytes) -> BlockOutcome:
        decide, decisions = self._decide, []
        errors: list[tuple[int, str]] = []
        doubtful: dict[int, list[str]] = {}
        told: list[Uncertainty] = []
        unknown: Counter[str] = Counter()
        listed = self._listed
        longest = most(LINE_BYTES)
        for number, line in enumerate(lines.split(b"\n")):
            if not line or line.isspace():
                decisions.append("")
                continue
            try:
                if len(line) > longest:
                    message = f"the line is longer than {longest:,} bytes"
                    raise ReadError(message, help=f"write one request a line; {LINE_BYTES.help}")
                asked = read_request_line(line, "the line")
                decisions.append(decide(asked, told))
                if not (listed.get(asked.action) or self._is_listed(asked.action)):
                    unknown[asked.action] += 1
            except PolicyevalError as error:
                errors.append((number, f"{error.message} ({error.help})" if error.help else error.message))
                decisions.append(FAILED)
                told.clear()
            if told:
                doubtful[number] = [each.dispute.rule for each in told]
                told.clear()
        allowed, failed = decisions.count("allowed"), len(errors)
        denied = len(decisions) - decisions.count("") - allowed - failed
        counts = Outcome(allowed, denied, failed, len(doubtful), unknown.total())
        disputes = Counter(rule for rules in doubtful.values() for rule in rules)
        return BlockOutcome(self._written(decisions, doubtful), errors, counts, dict(disputes), list(unknown))

    def _is_listed(self, action: str) -> bool:
        found = self._listed.get(action)
        if found is None:
            if len(self._listed) >= _ACTION_LIMIT:
                self._listed.clear()
            found = self._listed[action] = catalog().action_exists(action)
        return found

    def _written(self, decisions: list[str], doubtful: dict[int, list[str]]) -> str:
        """A line for each request; an empty line asks for nothing and gets nothing."""
        if not self._as_json:
            return "".join(f"{decision}\n" for decision in decisions if decision)
        written = [f'{{"decision": "{decision}"}}\n' if decision else "" for decision in decisions]
        for number, rules in doubtful.items():
            written[number] = json.dumps({"decision": decisions[number], "uncertain": rules}) + "\n"
        return "".join(written)


# ---- many blocks

_worker: Worker | None = None


def _start_worker(setting: Setting) -> None:
    global _worker  # a process of the pool has no other place to keep what it compiled
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt ends it at once and without a word
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
    """Each block with its decisions, in order; all of them before what may be waited for.

    A block that nothing follows yet is not worth another process, unless others are under way.
    """
    here: Worker | None = None
    under_way: deque[tuple[Block, Future[BlockOutcome]]] = deque()
    with _told_of_death(), contextlib.ExitStack() as stack:
        pool: ProcessPoolExecutor | None = None
        for block in blocks:
            if jobs == 1 or (block.is_last_for_now and not under_way):
                if here is None:
                    here = Worker(setting)
                    spare_the_collector()
                yield block, here.decide_block(block.lines)
                continue
            if pool is None:
                pool = stack.enter_context(_pool(jobs, setting))
            under_way.append((block, pool.submit(_decide_in_worker, block.lines)))
            while under_way and (block.is_last_for_now or len(under_way) > 2 * jobs):
                done, future = under_way.popleft()
                yield done, future.result()
        for done, future in under_way:
            yield done, future.result()


@contextlib.contextmanager
def _pool(jobs: int, setting: Setting) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with what asked them: nobody waits for blocks whose decisions nobody wants any more."""
    pool = ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(setting,))
    try:
        yield pool
    except BaseException:
        for process in active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


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


class _Reader:
    """Cuts a file into blocks of whole lines; `damage` is what kept it from being read to its end.

    A stream's lines are handed on as they come, those of other files by half a megabyte.
    """

    def __init__(self, file: BufferedReader, name: str, *, is_stream: bool) -> None:
        self._file = file
        self._name = name
        self._is_stream = is_stream
        self.damage: ReadError | None = None

    def blocks(self) -> Iterator[Block]:
        rest, line_number, beyond = b"", 1, 0
        begins = True
        for read, is_last in self._pieces():
            new = read.removeprefix(BOM_UTF8) if begins else read
            begins = False
            cut = new.rfind(b"\n")
            if cut < 0:
                # What is beyond the limit will be an error, however long: no more of it is kept than shows that.
                if len(rest) <= most(LINE_BYTES):
                    rest += new
                else:
                    beyond += len(new)
                if beyond > most(FILE_BYTES):
                    message = f"line {line_number:,} does not end within {most(FILE_BYTES):,} bytes"
                    self.damage = ReadError(message, name=self._name, help="write one request a line")
                    return
                continue
            lines = rest + new[:cut]
            yield Block(lines, line_number, len(read), is_last)
            line_number += lines.count(b"\n") + 1
            rest, beyond = new[cut + 1 :], 0
        # The last line of what is damaged is cut off, and no request.
        if rest and self.damage is None:
            yield Block(rest, line_number, 0, True)

    def _pieces(self) -> Iterator[tuple[bytes, bool]]:
        """The bytes, up to the first that cannot be read, and of each piece whether no other is there yet."""
        parts: list[bytes] = []
        size = 0
        try:
            # What one call finds is never lost to an error of the next, as it is with `read`.
            while part := self._file.read1(BLOCK_BYTES):
                parts.append(part)
                size += len(part)
                is_last = not self._is_more_there()
                if size >= BLOCK_BYTES or is_last:
                    whole, parts, size = b"".join(parts), [], 0
                    yield whole, is_last
        except (OSError, EOFError, zlib.error) as error:
            reason = str(error)
            message = f"the file could not be read to its end: {reason[:1].lower()}{reason[1:]}"
            self.damage = ReadError(message, name=self._name, help="the lines before are decided")
        if parts:
            yield b"".join(parts), True

    def _is_more_there(self) -> bool:
        """Whether reading on gives something, or an error, without waiting for anybody."""
        if self._is_stream:
            return bool(select.select([self._file], [], [], 0)[0])
        return bool(self._file.peek(1))


@contextlib.contextmanager
def _open(path: str) -> Iterator[tuple[BufferedReader, bool]]:
    """The file's bytes, unpacked if it begins as gzip does (RFC 1952), and whether somebody may yet be writing them."""
    with open_bytes(path) as raw:
        if raw.peek(2)[:2] != b"\x1f\x8b":
            yield raw, _is_stream(raw)
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield cast(BufferedReader, unpacked), False


def _is_stream(file: BufferedReader) -> bool:
    """Whether it is a pipe or terminal that can be asked whether something is there (POSIX)."""
    try:
        mode = os.fstat(file.fileno()).st_mode
    except OSError:  # it has no descriptor
        return False
    return os.name == "posix" and not stat.S_ISREG(mode)


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


def _doubted(total: Outcome, disputes: Counter[str]) -> str:
    """What to say of decisions about which AWS's own texts disagree."""
    rules = ", ".join(f"`{rule}` {count:,}" for rule, count in sorted(disputes.items()))
    hang = "hangs" if total.uncertain == 1 else "hang"
    return f"{plural(total.uncertain, 'decision')} {hang} on a rule about which AWS's texts disagree: {rules}"


def _unlisted(total: Outcome, actions: Sequence[str]) -> str:
    """What to say of requests for actions that the catalog does not have; more than `_NAMED` of these stand for any."""
    names = ", ".join(f"`{action}`" for action in actions[:_NAMED]) + (" and more" if len(actions) > _NAMED else "")
    verb = "asks" if total.unlisted == 1 else "ask"
    date = catalog().date.isoformat()
    return f"{plural(total.unlisted, 'request')} {verb} for what is not in AWS's list of actions of {date}: {names}"


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
