"""The configuration: `[tool.policyeval]` in pyproject.toml, or `policyeval.toml`.

The nearest file in the working directory or above it counts, `policyeval.toml` before `pyproject.toml`; the search ends
at the root of a repository. Paths and globs in it are relative to its own directory.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from policyeval.errors import ConfigError, ReadError
from policyeval.limits import CONFIG_BYTES, DEPTH, most
from policyeval.reading import read_source
from policyeval.source import Pointer, Source, Span
from policyeval.vocabulary import did_you_mean, did_you_mean_one_of

if TYPE_CHECKING:
    from datetime import date

FILE_NAMES = ("policyeval.toml", "pyproject.toml")
SEVERITIES = ("error", "security-warning", "warning", "suggestion")
FAIL_ON = (*SEVERITIES, "never")
KINDS = ("identity", "permissionsBoundary", "session", "resource", "trust", "scp", "rcp", "vpcEndpoint")
KEYS = (
    "select",
    "ignore",
    "pedantic",
    "fail-on",
    "exclude",
    "kinds",
    "account",
    "account-id",
    "partition",
    "baseline",
    "allow",
)
ALLOW_KEYS = ("rules", "files", "sid", "pointer", "reason", "until")


@dataclass(frozen=True, slots=True)
class Allowance:
    """One `[[tool.policyeval.allow]]`: findings that somebody has decided to live with; see `suppression`.

    `files` are globs relative to the configuration's directory; `pointer` allows a place and everything inside it;
    `until` is the last day that it holds; `span` is where it stands in the configuration.
    """

    rules: tuple[str, ...]
    reason: str
    files: tuple[str, ...] = ()
    sid: str | None = None
    pointer: Pointer | None = None
    until: date | None = None
    span: Span = field(default=Span(0, 0))


@dataclass(frozen=True)
class Config:
    """What the user has configured; `directory` is where its paths start. Without a file everything is its default.

    `account` is the path of the account file, and `baseline` that of the baseline, as they can be opened; `kinds` maps
    globs to the names of policy kinds, in the order of the file.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pedantic: bool = False
    fail_on: str = "warning"
    exclude: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    account: str | None = None
    account_id: str | None = None
    partition: str | None = None
    baseline: str | None = None
    allow: tuple[Allowance, ...] = ()
    source: Source | None = None
    directory: str = "."

    def place_of(self, word: str, start: int = 0) -> Span | None:
        """Where a string stands in the file, from an offset on."""
        if self.source is None:
            return None
        found = re.compile(rf"""(["']){re.escape(word)}\1""").search(self.source.text, start)
        return Span(*found.span()) if found else None


def load_config(path: str | None = None) -> Config:
    """The configuration in `path`, or the nearest one from the working directory upwards.

    Raises `ConfigError`, located, for what cannot be used.
    """
    if path is not None:
        return read_config(path)
    found = find_config()
    return read_config(found) if found is not None else Config()


def find_config() -> str | None:
    """The nearest configuration file, as a path relative to the working directory where that is shorter."""
    directory = os.getcwd()
    while True:
        for name in FILE_NAMES:
            path = os.path.join(directory, name)
            if os.path.isfile(path) and (name != "pyproject.toml" or _speaks_of_us(path)):
                relative = os.path.relpath(path)
                return relative if len(relative) < len(path) else path
        parent = os.path.dirname(directory)
        if parent == directory or os.path.exists(os.path.join(directory, ".git")):
            return None
        directory = parent


def _speaks_of_us(path: str) -> bool:
    try:
        return "tool.policyeval" in read_source(path, limit=most(CONFIG_BYTES)).text
    except ReadError:
        return False


def read_config(path: str) -> Config:
    """Read one file; raises `ConfigError`, located."""
    try:
        source = read_source(path, limit=most(CONFIG_BYTES))
    except ReadError as error:
        raise ConfigError(
            error.message, name=error.name, source=error.source, span=error.span, help=error.help
        ) from None
    return _Reader(source, path).read()


class _Reader:
    def __init__(self, source: Source, path: str) -> None:
        self.source = source
        self.is_pyproject = os.path.basename(path) == "pyproject.toml"
        self.directory = os.path.dirname(path) or "."

    def read(self) -> Config:
        import tomllib

        self.refuse_depth()
        try:
            document = tomllib.loads(self.source.text)
        except ValueError as error:  # not only `TOMLDecodeError`: an integer of 5,000 digits is one too
            raise self.syntax_error(str(error)) from None
        table: object = document
        # policyeval.toml may say `[tool.policyeval]` as well, so that a section can be moved as it is.
        if self.is_pyproject or "tool" in document:
            tool = document.get("tool", {})
            if not isinstance(tool, Mapping):
                self.refuse("`tool` is no table", "tool", "write `[tool.policyeval]`")
            table = tool.get("policyeval", {})
        if not isinstance(table, Mapping):
            self.refuse("`policyeval` is no table", "policyeval", "write `[tool.policyeval]`")
        for key in table:
            if key not in KEYS:
                at_top = "settings stand at the top of this file, or under `[tool.policyeval]`"
                help = at_top if key == "policyeval" else did_you_mean(key, KEYS)
                self.refuse(f"`{key}` is no setting", key, help)
        return self.config(table)

    def config(self, table: Mapping[str, Any]) -> Config:
        account_id = self.text(table, "account-id")
        if account_id is not None and re.fullmatch(r"[0-9]{12}", account_id, re.ASCII) is None:
            self.refuse(f"`{account_id}` is no account id", "account-id", "an account id is twelve digits, in quotes")
        return Config(
            select=self.texts(table, "select"),
            ignore=self.texts(table, "ignore"),
            pedantic=self.boolean(table, "pedantic"),
            fail_on=self.choice(table, "fail-on", FAIL_ON) or "warning",
            exclude=self.texts(table, "exclude"),
            kinds=self.kinds(table),
            account=self.path(table, "account"),
            account_id=account_id,
            partition=self.partition(table),
            baseline=self.path(table, "baseline"),
            allow=self.allowances(table),
            source=self.source,
            directory=self.directory,
        )

    # ---- values

    def text(self, table: Mapping[str, Any], key: str) -> str | None:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            self.refuse(f"`{key}` is not a string", key, "write it in quotes")
        return value

    def texts(self, table: Mapping[str, Any], key: str, span: Span | None = None) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(f"`{key}` is not a list of strings", key, f'write `{key} = ["…"]`', span)
        return tuple(value)

    def boolean(self, table: Mapping[str, Any], key: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.refuse(f"`{key}` is neither true nor false", key)
        return value

    def choice(self, table: Mapping[str, Any], key: str, words: tuple[str, ...]) -> str | None:
        value = self.text(table, key)
        if value is not None and value not in words:
            self.refuse(f"`{value}` is no value of `{key}`", key, did_you_mean_one_of(value, words))
        return value

    def partition(self, table: Mapping[str, Any]) -> str | None:
        if "partition" not in table:
            return None
        from policyeval.catalog.partitions import partitions

        return self.choice(table, "partition", tuple(partitions()))

    def path(self, table: Mapping[str, Any], key: str) -> str | None:
        value = self.text(table, key)
        return None if value is None else os.path.normpath(os.path.join(self.directory, value))

    def kinds(self, table: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        value = table.get("kinds", {})
        if not isinstance(value, Mapping):
            self.refuse(
                "`kinds` is no table", "kinds", 'write `[tool.policyeval.kinds]` and `"trust/*.json" = "trust"`'
            )
        for pattern, kind in value.items():
            if kind not in KINDS:
                words = did_you_mean_one_of(str(kind), KINDS)
                self.refuse(f"`{kind}` is no kind of policy", pattern, words)
        return tuple(value.items())

    def allowances(self, table: Mapping[str, Any]) -> tuple[Allowance, ...]:
        value = table.get("allow", [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.refuse("`allow` is no list of tables", "allow", "write `[[tool.policyeval.allow]]`")
        spans = self.allow_spans(len(value))
        return tuple(self.allowance(item, span) for item, span in zip(value, spans, strict=True))

    def allow_spans(self, count: int) -> list[Span]:
        """Where each allowance begins: its header, or the place of `allow` when they are written in one line."""
        header = re.compile(r"^[ \t]*(\[\[[^\]\n]*allow[ \t]*\]\])", re.MULTILINE)
        spans = [Span(*found.span(1)) for found in header.finditer(self.source.text)]
        return spans if len(spans) == count else [self.span("allow")] * count

    def allowance(self, table: Mapping[str, Any], span: Span) -> Allowance:
        from datetime import date, datetime

        for key in table:
            if key not in ALLOW_KEYS:
                self.refuse(
                    f"`{key}` is no part of an allowance", key, did_you_mean(key, ALLOW_KEYS), self.within(key, span)
                )
        rules = self.texts(table, "rules", self.within("rules", span))
        if not rules:
            self.refuse("an allowance names no rules", "rules", 'add `rules = ["…"]`', span)
        reason = table.get("reason")
        if not isinstance(reason, str) or not reason.strip():
            self.refuse("an allowance gives no reason", "reason", 'add `reason = "…"`, for whoever reads it next', span)
        until = table.get("until")
        if isinstance(until, str):
            with contextlib.suppress(ValueError):
                until = date.fromisoformat(until)
        if isinstance(until, datetime):
            until = until.date()
        if until is not None and not isinstance(until, date):
            self.refuse(f"`{until}` is no date", "until", "write `until = 2027-06-30`", self.within("until", span))
        for key in ("sid", "pointer"):
            if not isinstance(table.get(key, ""), str):
                self.refuse(f"`{key}` is not a string", key, None, self.within(key, span))
        pointer = table.get("pointer")
        if pointer and not pointer.startswith("/"):
            self.refuse(
                f"`{pointer}` is no JSON Pointer", "pointer", "for example `/Statement/0`", self.within("pointer", span)
            )
        return Allowance(
            rules=rules,
            reason=reason,
            files=self.texts(table, "files", self.within("files", span)),
            sid=table.get("sid"),
            pointer=pointer,
            until=until,
            span=span,
        )

    def refuse_depth(self) -> None:
        """Raise for brackets or a dotted key deeper than `limits.DEPTH`: `tomllib` recurses for the one, and for the
        other takes time that grows with the square."""
        depth, deepest = 0, most(DEPTH)
        for found in _TOML_TOKEN.finditer(self.source.text):
            if found["key"] is not None and found["key"].count(".") >= deepest:
                parts = sum(1 for _ in _KEY_PART.finditer(found["key"]))
                depth += parts if parts > deepest else 0
            elif found["open"]:
                depth += 1
            elif found["close"]:
                depth = max(depth - 1, 0)
            if depth > deepest:
                raise ConfigError(
                    f"nested deeper than {deepest:,} levels",
                    source=self.source,
                    span=Span(found.start(), min(found.end(), found.start() + 40)),
                    help=DEPTH.help,
                )

    # ---- places

    def within(self, key: str, span: Span) -> Span:
        """The place of a key of the table that begins at `span`."""
        found = _key(key).search(self.source.text, span.end)
        following = self.source.text.find("\n[", span.end)
        if found is None or (0 <= following < found.start()):
            return span
        return Span(*found.span("key"))

    def span(self, key: str) -> Span:
        """The place of a key of our table; `tomllib` tells none, so it is looked for in the text."""
        start = self.source.text.find("tool.policyeval") if self.is_pyproject else 0
        found = _key(key).search(self.source.text, max(start, 0))
        return Span(*found.span("key")) if found else Span(0, 0)

    def refuse(self, message: str, key: str, help: str | None = None, span: Span | None = None) -> NoReturn:
        raise ConfigError(message, source=self.source, span=span or self.span(key), help=help)

    def syntax_error(self, message: str) -> ConfigError:
        """What `tomllib` says, with its `(at line 3, column 7)` turned into a place."""
        found = re.fullmatch(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
        text = self.source.text
        if found is None:
            return ConfigError(f"not TOML: {message}", source=self.source, span=Span(0, 0))
        if found[2] is None:
            offset = len(text.rstrip())
        else:
            offset = self.source.line_starts[int(found[2]) - 1] + int(found[3]) - 1
        what = found[1][:1].lower() + found[1][1:]
        return ConfigError(f"not TOML: {what}", source=self.source, span=Span(offset, min(offset + 1, len(text))))


_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\[^\n])*+"?|'[^'\n]*+'?)"""
_KEY_PART = re.compile(_PART)
# A string that is not closed is one token up to the end of its line or of the text, so that every text takes one pass.
_TOML_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)|'{3}.*?(?:'{3}|\Z)|\#[^\n]*+'''
    rf"|(?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)|(?P<open>[\[{{])|(?P<close>[\]}}])",
    re.DOTALL,
)


def _key(key: str) -> re.Pattern[str]:
    """A key where it is given a value or heads a table."""
    quoted = re.escape(key)
    return re.compile(rf"""(?:^|[{{,.\[])[ \t]*(?P<key>["']?{quoted}["']?)(?=[ \t]*(?:=|\.|\]))""", re.MULTILINE)
