"""What is wrong with a text that is not JSON, in the words of somebody who made the same mistake.

Loaded only when there is something wrong. `grammars/json.lark` says where a text stops being JSON and what could have
stood there; this module says what it probably is instead.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import cast

from policyeval.errors import JsonSyntaxError
from policyeval.jsontext import (
    LOCATE_LIMIT,
    LONGEST_SHOWN,
    DuplicateKeyError,
    RefusedByHook,
    clipped,
    quoted,
)
from policyeval.limits import DEPTH, most
from policyeval.source import Source, Span

_WHITE_SPACE = " \t\n\r"
_CLOSER = {"{": "}", "[": "]"}
# Possessive, so that a string of megabytes without an end costs one pass; `\Z` makes that one token.
_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
_SIGNIFICANT = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_KEY_OR_BRACKET = re.compile(rf"({_STRING})(?:[ \t\n\r]*+(:))?|[\[\]{{}}]", re.DOTALL)
_STRING_OR_CONSTANT = re.compile(rf"{_STRING}|(-?(?:NaN|Infinity))", re.DOTALL)
_GOOD_STRING_PART = re.compile(r'(?:[^"\\\x00-\x1F]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+')
_WORD = re.compile(r"[\w.+-]+")
_BARE_VALUE = re.compile(r"[\w.+*?:/@$-]+")
_NUMBER_LIKE = re.compile(r"[+-]|\.?[0-9]")
_LONE_SURROGATE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2}|[\ud800-\udfff])"
    r"|\\."
)
_SHORT_ESCAPES = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r"}
_NAMES_ELSEWHERE = {
    "true": "true",
    "yes": "true",
    "on": "true",
    "false": "false",
    "no": "false",
    "off": "false",
    "null": "null",
    "none": "null",
    "nil": "null",
    "undefined": "null",
}
_OTHER_QUOTES = {
    "'": "'",
    "`": "`",
    "\u201c": "\u201d",
    "\u201d": "\u201d",
    "\u201e": "\u201c",
    "\u2018": "\u2019",
    "\u2019": "\u2019",
}

VALUE, KEY, COLON, COMMA, END = "NUMBER", "STRING", "COLON", "COMMA", "$END"
"""What can stand at a place, by the name of a terminal that tells the state of the parser."""

_EXPECTED = {
    VALUE: "a value belongs here",
    KEY: "a key in double quotes belongs here",
    COLON: "`:` belongs here",
    COMMA: "`,` or a closing bracket belongs here",
    END: "the document ends before it",
}

_STATE_OF_MESSAGE = {
    "Expecting value": VALUE,
    "Expecting property name enclosed in double quotes": KEY,
    "Expecting ':' delimiter": COLON,
    "Expecting ',' delimiter": COMMA,
    "Extra data": END,
}


def explain(source: Source, trouble: ValueError | RecursionError) -> JsonSyntaxError:
    """The error to raise for a text that the decoder refused with `trouble`."""
    if isinstance(trouble, RecursionError):
        return _depth_fault(source) or _too_deep(source, Span(0, 0))
    if isinstance(trouble, RefusedByHook):
        fault = _duplicate_key_fault(source) or _constant_fault(source)
        if fault is not None:
            return fault
    offset, state = _stop(source.text, trouble)
    return _describe(source, offset, state)


def refuse_surrogates(source: Source) -> None:
    """Raise for the first half of a surrogate pair, escaped or not, in a text that decodes (RFC 8259 section 8.2)."""
    for found in _LONE_SURROGATE.finditer(source.text):
        if found[1]:
            shown = found[1] if found[1].startswith("\\") else rf"\u{ord(found[1]):04x}"
            raise JsonSyntaxError(
                f"`{shown}` is half a character: one of a surrogate pair without the other",
                source=source,
                span=Span(*found.span()),
                help="write the character itself, or both halves of it",
            )


def refuse_depth(source: Source) -> None:
    """Raise when a text nests deeper than `limits.DEPTH`."""
    fault = _depth_fault(source)
    if fault is not None:
        raise fault


def _too_deep(source: Source, span: Span) -> JsonSyntaxError:
    return JsonSyntaxError(f"nested deeper than {most(DEPTH):,} levels", source=source, span=span, help=DEPTH.help)


def _depth_fault(source: Source) -> JsonSyntaxError | None:
    depth, deepest = 0, most(DEPTH)
    for found in _SIGNIFICANT.finditer(source.text):
        if found[0] in _CLOSER:
            depth += 1
            if depth > deepest:
                return _too_deep(source, Span(*found.span()))
        elif found[0] in "]}":
            depth -= 1
    return None


def _duplicate_key_fault(source: Source) -> DuplicateKeyError | None:
    """The first key that repeats one of its object. The text is JSON at least up to the end of that object."""
    objects: list[dict[str, Span]] = []
    for found in _KEY_OR_BRACKET.finditer(source.text):
        if found[1] is None:
            if found[0] in _CLOSER:
                objects.append({})
            elif objects:
                objects.pop()
        elif found[2] and objects:
            key = json.loads(found[1])
            span = Span(*found.span(1))
            first = objects[-1].setdefault(key, span)
            if first is not span:
                line = source.position(first.start).line
                return DuplicateKeyError(
                    key,
                    f"key {quoted(key)} appears twice in one object, first on line {line}",
                    source=source,
                    span=span,
                    first=first,
                    help="keep one of the two, or merge their values",
                )
    return None


def _constant_fault(source: Source) -> JsonSyntaxError | None:
    for found in _STRING_OR_CONSTANT.finditer(source.text):
        if found[1]:
            return _not_finite(source, Span(*found.span(1)))
    return None


def _not_finite(source: Source, span: Span) -> JsonSyntaxError:
    constant = source.text[span.start : span.end]
    return JsonSyntaxError(
        f"`{constant}` is no JSON number", source=source, span=span, help="JSON has finite numbers only"
    )


def _stop(text: str, trouble: ValueError) -> tuple[int, str | None]:
    """Where a text stops being JSON, and what the parser was waiting for there. A bad string stops it at its quote."""
    if len(text) <= LOCATE_LIMIT:
        from lark.exceptions import UnexpectedCharacters, UnexpectedToken

        from policyeval.grammar import parser

        try:
            parser("json").parse(text)
        except UnexpectedToken as stop:
            at_end = stop.token.type == "$END"
            return len(text) if at_end else cast(int, stop.token.start_pos), _state(stop.expected)
        except UnexpectedCharacters as stop:
            return cast(int, stop.pos_in_stream), _state(stop.allowed)
    return _decoder_stop(text, trouble) if isinstance(trouble, json.JSONDecodeError) else (0, None)


def _decoder_stop(text: str, trouble: json.JSONDecodeError) -> tuple[int, str | None]:
    """The same from the standard library's decoder, which points into a bad string and, newly, at a trailing comma."""
    if trouble.msg.startswith("Invalid "):
        # The last token before the bad character is the string around it, still open.
        return max(found.start() for found in _SIGNIFICANT.finditer(text, 0, trouble.pos)), VALUE
    if trouble.msg.startswith("Illegal trailing comma"):
        at = trouble.pos + 1
        while at < len(text) and text[at] in _WHITE_SPACE:
            at += 1
        return at, VALUE
    return trouble.pos, _STATE_OF_MESSAGE.get(trouble.msg)


def _state(terminals: set[str]) -> str | None:
    """One terminal that tells the states of the JSON parser apart; `NUMBER` first, since values may be strings too."""
    return next((state for state in (VALUE, KEY, COLON, COMMA, END) if state in terminals), None)


@dataclass(frozen=True, slots=True)
class _Stop:
    """The place at which a text stops being JSON: everything before `offset` is good.

    `openers` are the offsets of the brackets that are open there, outermost first; `state` is what the parser was
    waiting for, or nothing when only the standard library's decoder was asked.
    """

    source: Source
    offset: int
    state: str | None
    openers: tuple[int, ...]

    @property
    def text(self) -> str:
        return self.source.text

    @property
    def rest(self) -> str:
        """What stands at the stop, as far as a look ahead ever needs."""
        return self.text[self.offset : self.offset + 200]

    @property
    def before(self) -> int:
        """The offset of the last character before the stop that is not white space, or -1."""
        at = self.offset - 1
        while at >= 0 and self.text[at] in _WHITE_SPACE:
            at -= 1
        return at

    @property
    def previous(self) -> str:
        """That character, or nothing."""
        return self.text[self.before] if self.before >= 0 else ""

    def fault(self, message: str, start: int, end: int, help: str | None = None) -> JsonSyntaxError:
        return JsonSyntaxError(message, source=self.source, span=Span(start, end), help=help)


def _describe(source: Source, offset: int, state: str | None) -> JsonSyntaxError:
    openers: list[int] = []
    for found in _SIGNIFICANT.finditer(source.text, 0, offset):
        if found[0] in _CLOSER:
            openers.append(found.start())
        elif found[0] in "]}" and openers:
            openers.pop()
    if state == COMMA and not openers:
        state = END
    stop = _Stop(source, offset, state, tuple(openers))
    for describe in _DESCRIPTIONS:
        fault = describe(stop)
        if fault is not None:
            return fault
    character = source.text[offset]
    return stop.fault(f"unexpected {quoted(character)}", offset, offset + 1, _EXPECTED.get(state or ""))


_CONFLICT = re.compile(r"(?:<{7}|\|{7}|>{7})(?: [^\n]*|\r?)$|={7}\r?$", re.MULTILINE)
_PLACEHOLDER = re.compile(
    r"\$\{[^{}\n]{0,200}\}?|\{\{(?![ \t]*[\"{\r\n])[^{}\n]{0,200}\}{0,2}"
    r"|\{%[^\n]{0,200}?(?:%\}|$)|<%[^\n]{0,200}?(?:%>|$)",
    re.MULTILINE,
)


def _conflict(stop: _Stop) -> JsonSyntaxError | None:
    """A merge that git left to be finished. Its first marker ends the good text, in the middle of a string too."""
    found = _CONFLICT.match(stop.text, stop.offset)
    if found is None or stop.text[stop.offset - 1 : stop.offset] not in ("", "\n"):
        return None
    return stop.fault(
        "a merge conflict of git stands here",
        stop.offset,
        _line_end(stop.text, stop.offset),
        "take one side or both, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`",
    )


def _template(stop: _Stop) -> JsonSyntaxError | None:
    """A placeholder of a template that was not filled in, where a value, a key or a comma would be."""
    start = stop.offset
    if stop.previous == "{" and stop.rest.startswith(("{", "%")) and stop.before == stop.offset - 1:
        start = stop.before  # `{{` or `{%`, of which the first opens an object
    found = _PLACEHOLDER.match(stop.text, start)
    if found is None:
        return None
    return stop.fault(
        f"{quoted(found[0])} is a template's placeholder, not JSON",
        *found.span(),
        "fill in the template first, and check what comes of it",
    )


def _escaped_document(stop: _Stop) -> JsonSyntaxError | None:
    """The inside of a string, pasted with the backslashes that it had there."""
    if not stop.rest.startswith("\\"):
        return None
    return stop.fault(
        "a backslash outside a string",
        stop.offset,
        stop.offset + min(len(stop.rest), 2),
        'text that was copied out of a string has `\\"` for `"` and `\\n` for line breaks: write them plainly',
    )


_JSON_BEGINS = "JSON belongs here, which begins with `{`"
_OTHER_LANGUAGES = (
    (re.compile(r"<(?:!|\?|[A-Za-z])"), "this is HTML or XML, not JSON"),
    (re.compile(r"(?:---|[A-Za-z][\w-]*:(?:\s|$))"), "this looks like YAML, not JSON"),
    (
        re.compile(r"(?:resource|data|variable|module|locals|terraform)\b[^\n]*\{"),
        "this is Terraform's language, not JSON",
    ),
    (re.compile(r"[A-Za-z#][^\n]*[ \t][^\n]*"), "this is prose, not JSON"),
)


def _no_json(stop: _Stop) -> JsonSyntaxError | None:
    """A text of another kind altogether: nothing of it is JSON, so quotes around its first word would not help."""
    if stop.before >= 0 or stop.offset >= len(stop.text):
        return None
    line = stop.text[stop.offset : _line_end(stop.text, stop.offset)][:200]
    if line.startswith("# ") and stop.text[_line_end(stop.text, stop.offset) :].lstrip()[:1] in ("{", "["):
        return None  # a comment above a document
    for pattern, message in _OTHER_LANGUAGES:
        if pattern.match(line):
            end = min(_line_end(stop.text, stop.offset), stop.offset + len(line))
            return stop.fault(message, stop.offset, end, _JSON_BEGINS)
    return None


def _ending(stop: _Stop) -> JsonSyntaxError | None:
    """The text is over too early, or goes on after its end."""
    if stop.offset >= len(stop.text):
        if stop.openers:
            at = stop.openers[-1]
            opener = stop.text[at]
            return stop.fault(f"`{opener}` is never closed", at, at + 1, f"add the `{_CLOSER[opener]}` that ends it")
        return stop.fault("no JSON here: the text is empty", 0, 0, _JSON_BEGINS)
    if stop.state != END or stop.before < 0:
        return None
    if stop.rest[0] in "}]":
        return stop.fault(
            f"`{stop.rest[0]}` closes nothing", stop.offset, stop.offset + 1, "remove it, or add its opener"
        )
    if stop.rest[0] in "{[":
        return stop.fault(
            "a second document after the first", stop.offset, stop.offset + 1, "put it in a file of its own"
        )
    if _is_glued(stop) or _is_foreign(stop):
        return None
    end = _line_end(stop.text, stop.offset)
    return stop.fault("text after the end of the document", stop.offset, end, "remove it")


def _string(stop: _Stop) -> JsonSyntaxError | None:
    """A string that is not closed, or holds what a string may not; quotes of another kind."""
    text, start = stop.text, stop.offset
    quote = text[start]
    if quote in _OTHER_QUOTES:
        end = text.find(_OTHER_QUOTES[quote], start + 1, _line_end(text, start))
        kind = (
            "single quotes"
            if quote == "'"
            else "typographic quotes"
            if quote in "\u201c\u201d\u2018\u2019"
            else "backticks"
        )
        return stop.fault(
            f"{kind} around a string",
            start,
            end + 1 if end > start else start + 1,
            'write it in double quotes, `"\u2026"`',
        )
    if quote != '"':
        return None
    found = _GOOD_STRING_PART.match(text, start + 1)
    at = found.end() if found else start + 1
    bad = text[at : at + 1]
    if bad == '"':
        return None  # a good string where none belongs
    if bad in ("", "\n", "\r"):
        end = _line_end(text, start)
        return stop.fault(
            "string is never closed", start, end, 'add the `"` that ends it; a line break inside is `\\n`'
        )
    if bad == "\\":
        if text[at + 1 : at + 2] == "u":
            return stop.fault(
                "`\\u` without four hexadecimal digits",
                at,
                at + 2,
                "for example `\\u00e9`; a backslash itself is `\\\\`",
            )
        escape = text[at : at + 2]
        return stop.fault(
            f"{quoted(escape)} is no escape of JSON", at, at + len(escape), "a backslash itself is `\\\\`"
        )
    escape = _SHORT_ESCAPES.get(bad, f"\\u{ord(bad):04x}")
    return stop.fault(
        f"control character U+{ord(bad):04X} in a string", at, at + 1, f"write it as `{escape}`, or remove it"
    )


def _foreign(stop: _Stop) -> JsonSyntaxError | None:
    """Comments, byte order marks and white space that JSON does not have."""
    at, rest = stop.offset, stop.rest
    if rest.startswith(("//", "#")):
        return stop.fault(
            "JSON has no comments", at, _line_end(stop.text, at), "remove it; a `Sid` can say what a statement is for"
        )
    if rest.startswith("/*"):
        end = stop.text.find("*/", at + 2)
        return stop.fault(
            "JSON has no comments",
            at,
            end + 2 if end >= 0 else _line_end(stop.text, at),
            "remove it; a `Sid` can say what a statement is for",
        )
    if rest[0] == "\ufeff":
        return stop.fault("byte order mark (U+FEFF) inside the text", at, at + 1, "remove this invisible character")
    if rest[0].isspace() or unicodedata.category(rest[0]) in ("Cc", "Cf", "Zs"):
        name = unicodedata.name(rest[0], "control character").lower()
        return stop.fault(
            f"U+{ord(rest[0]):04X} ({name}) outside a string", at, at + 1, "remove this invisible character"
        )
    return None


def _is_foreign(stop: _Stop) -> bool:
    return _string(stop) is not None or _foreign(stop) is not None


def _bracket(stop: _Stop) -> JsonSyntaxError | None:
    """Commas and brackets where they do not belong."""
    at, character = stop.offset, stop.rest[0]
    if character not in "}],:":
        return None
    if not stop.openers:
        return stop.fault(f"`{character}` before the document begins", at, at + 1, _JSON_BEGINS)
    opener_at = stop.openers[-1]
    opener = stop.text[opener_at]
    if character in "}]":
        if character != _CLOSER[opener]:
            line = stop.source.position(opener_at).line
            return stop.fault(
                f"`{character}` cannot close the `{opener}` of line {line}",
                at,
                at + 1,
                f"close it with `{_CLOSER[opener]}` first",
            )
        if stop.previous == ",":
            return stop.fault("trailing comma", stop.before, stop.before + 1, "remove it")
        if stop.previous == ":":
            return stop.fault(
                "value missing after `:`", stop.before, stop.before + 1, "add the value, or remove the key"
            )
        return None if stop.state != COLON else _separator(stop)
    if character == ":":
        if stop.state == COMMA and opener == "[":
            if len(stop.openers) > 1 and stop.text[stop.openers[-2]] == "{" and _listed_before(stop):
                line = stop.source.position(opener_at).line
                return stop.fault(
                    f"the `[` of line {line} is never closed",
                    opener_at,
                    opener_at + 1,
                    f"add the `]` before {quoted(_string_that_ends_at(stop.text, stop.before + 1))}, which is a key",
                )
            return stop.fault("`:` in a list", at, at + 1, "keys belong in an object, between `{` and `}`")
        return stop.fault("unexpected `:`", at, at + 1, _EXPECTED.get(stop.state or ""))
    if stop.previous == ",":
        return stop.fault("two commas in a row", at, at + 1, "remove one")
    if stop.previous == ":":
        return stop.fault("value missing after `:`", stop.before, stop.before + 1, "add the value, or remove the key")
    if stop.before == opener_at:
        return stop.fault(f"comma directly after `{opener}`", at, at + 1, "remove it")
    return None


def _listed_before(stop: _Stop) -> bool:
    """Whether the list that is open holds something before the string that turned out to be a key."""
    key = _string_that_ends_at(stop.text, stop.before + 1)
    return "," in stop.text[stop.openers[-1] : stop.before - len(key)]


def _separator(stop: _Stop) -> JsonSyntaxError | None:
    """A colon or a comma that is missing, or replaced by something like it."""
    at, end = stop.offset, stop.before + 1
    if stop.state == COLON:
        if stop.rest[0] in "=,;":
            width = 2 if stop.rest.startswith(("=>", "==")) else 1
            shown = stop.rest[:width]
            if shown != ",":
                return stop.fault(
                    f"`{shown}` where `:` belongs", at, at + width, "write `:` between a key and its value"
                )
        key = _string_that_ends_at(stop.text, end)
        return stop.fault(
            f"`:` missing after the key {quoted(key)}",
            end,
            end,
            'a member of an object is `"key": value`; a list has `[` and `]`',
        )
    if stop.state == COMMA:
        if stop.rest[0] == ";":
            return stop.fault("`;` where `,` belongs", at, at + 1, "write `,` between values")
        if not _is_glued(stop) and not _is_foreign(stop):
            return stop.fault("comma missing", end, end, f"add `,` before {quoted(_head(stop))}")
    return None


def _word(stop: _Stop) -> JsonSyntaxError | None:
    """A bare word, a number that JSON writes differently, a key that is no string."""
    start = stop.offset
    if _is_glued(stop):
        while start > 0 and _WORD.match(stop.text[start - 1]):
            start -= 1
    pattern = _WORD if stop.state == KEY else _BARE_VALUE
    found = pattern.match(stop.text, start, start + 10 * LONGEST_SHOWN)
    if found is None:
        if stop.state == KEY and stop.rest[0] in '{["':
            return stop.fault("key is not a string", start, start + 1, 'a key is text in double quotes, `"Key": value`')
        return None
    word, span = found[0], Span(*found.span())
    if word.lstrip("+-") in ("NaN", "Infinity"):
        return _not_finite(stop.source, span)
    if stop.state == KEY:
        return stop.fault(f"key {quoted(word)} is not in double quotes", *found.span(), f'write `"{clipped(word)}"`')
    if _NUMBER_LIKE.match(word):
        return stop.fault(f"{quoted(word)} is no JSON number", *found.span(), _number_help(word))
    if word.lower() in _NAMES_ELSEWHERE:
        return stop.fault(
            f"{quoted(word)} is no JSON value", *found.span(), f"write `{_NAMES_ELSEWHERE[word.lower()]}`"
        )
    return stop.fault(f"{quoted(word)} is not in double quotes", *found.span(), f'write `"{clipped(word)}"`')


def _number_help(word: str) -> str:
    digits = word.lstrip("+-")
    if word.startswith("+"):
        return "numbers have no `+` before them"
    if re.match(r"0[0-9]", digits):
        return "numbers have no leading zeros; an account id belongs in double quotes"
    if digits.startswith(".") or re.search(r"\.(?![0-9])", digits):
        return "a point stands between digits, as in `0.5`"
    return "numbers are decimal, as in `10`, `0.5` or `1e3`; anything else belongs in double quotes"


def _is_glued(stop: _Stop) -> bool:
    """Whether the stop is inside a word or number, as at the second digit of `01`."""
    return stop.offset > 0 and bool(_WORD.match(stop.text[stop.offset - 1]) and _WORD.match(stop.rest))


def _head(stop: _Stop) -> str:
    """The token or word at the stop."""
    found = re.match(r'"(?:[^"\\]|\\.)*"|[\w.+-]+|.', stop.rest, re.DOTALL)
    return found[0] if found else ""


def _string_that_ends_at(text: str, end: int) -> str:
    start = text.rfind('"', max(0, end - 1000), end - 1)
    return text[start + 1 : end - 1]


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if end > offset and text[end - 1] == "\r" else end


_DESCRIPTIONS = (
    _conflict,
    _template,
    _escaped_document,
    _no_json,
    _ending,
    _string,
    _foreign,
    _bracket,
    _separator,
    _word,
)
"""What describes a fault, the first that can."""
