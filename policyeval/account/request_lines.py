"""Requests in bulk: JSON Lines, one request of the case format a line.

A line is `{"principal": …, "action": …, "resource": …, "context": {…}, "time": …}`; resource, context and time may be
left out. A good line costs about 3 µs to read; `jsontext` is asked only for what is wrong with another.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from json.scanner import make_scanner
from typing import NamedTuple

from policyeval import jsontext
from policyeval.errors import RequestError
from policyeval.evaluation.request import ContextValue, read_time
from policyeval.limits import DEPTH, most
from policyeval.source import Source
from policyeval.vocabulary import did_you_mean

KEYS = ("principal", "action", "resource", "context", "time")


class RequestLine(NamedTuple):
    """A request as it is written; what it says is checked when it is decided."""

    principal: str | Mapping[str, object]
    action: str
    resource: str | Mapping[str, object]
    context: Mapping[str, ContextValue] | None
    time: datetime | None


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _refuse_constant(constant: str) -> object:
    raise ValueError(constant)


# Numbers act as the text that the line has for them.
_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_float=str, parse_int=str, parse_constant=_refuse_constant)
_scan_plain = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]  # as below
_scan = make_scanner(_DECODER)  # type: ignore[arg-type]  # it wants what a decoder has, as the decoder itself does
"""The decoder without what it does for texts that begin or end with white space, which no good line does."""


def read_request_line(line: bytes, name: str) -> RequestLine:
    """Read one line; `name` says where it stands. Raises `JsonSyntaxError` or `RequestError`."""
    asked = _read_plain(line)
    if asked is not None:
        return asked
    value = _decode(line, name)
    if not isinstance(value, dict):
        raise RequestError("the line is no request", help="a request is an object with `principal` and `action`")
    principal, action, resource = value.get("principal"), value.get("action"), value.get("resource", "*")
    context, time = value.get("context"), value.get("time")
    if len(value) != 2 + (resource != "*") + (context is not None) + (time is not None):
        _check_keys(value)
    if not isinstance(principal, str | dict):
        raise RequestError("a request needs `principal`, a name, an ARN or an object with `type`")
    if not isinstance(action, str):
        raise RequestError("a request needs `action`, as `s3:GetObject`")
    if not isinstance(resource, str | dict):
        raise RequestError("a resource is an ARN, `*`, or an object with `arn`")
    if context is not None and not isinstance(context, dict):
        raise RequestError("`context` is an object from key to value")
    if time is not None and not isinstance(time, str):
        raise RequestError("`time` is a date, as `2026-05-01T10:00:00Z`, or epoch seconds")
    return RequestLine(principal, action, resource, context, None if time is None else read_time(time))


def _read_plain(line: bytes) -> RequestLine | None:
    """A request of texts and a flat context of texts, as nearly every line is; nothing for any other line.

    Without escapes a text has two quotation marks, so their number tells that no key stands twice.
    """
    if b"\\" in line or b"[" in line or line.count(b"{") > 2:
        return None
    try:
        text = line.decode("utf-8")
        value, end = _scan_plain(text, 0)
    except (ValueError, StopIteration):
        return None
    if end != len(text) or value.__class__ is not dict:
        return None
    context = value.pop("context", None)
    marks = 4 * len(value)
    if context.__class__ is dict:
        for given in context.values():
            if given.__class__ is not str:
                return None
        marks += 4 * len(context) + 2
    elif context is not None:
        return None
    principal, action, resource = value.get("principal"), value.get("action"), value.get("resource", "*")
    if (
        principal.__class__ is str
        and action.__class__ is str
        and resource.__class__ is str
        and len(value) == 2 + ("resource" in value)
        and text.count('"') == marks
    ):
        return RequestLine(principal, action, resource, context, None)
    return None


def _decode(line: bytes, name: str) -> object:
    """The value of a line, as `jsontext.decode` has it, but numbers as plain text."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError("the line is not UTF-8") from None
    if "\\u" not in text and text.count("{") + text.count("[") <= most(DEPTH):
        with contextlib.suppress(ValueError, RecursionError, StopIteration):
            value, end = _scan(text, 0)
            if end == len(text) or not text[end:].strip(" \t\r"):
                return value
    return jsontext.decode(Source(name, text))


def _check_keys(value: Mapping[str, object]) -> None:
    for key in value:
        if key not in KEYS:
            raise RequestError(f"`{key}` is no part of a request", help=did_you_mean(key, KEYS))
