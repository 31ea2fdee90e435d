"""A character that looks like another, or like nothing.

## What it does
Reports letters of other scripts among Latin ones in actions, ARNs and condition keys (a Cyrillic letter that looks like
`e` in `s3:GetObject`), invisible characters, no-break spaces, and blanks at the ends of such texts and of values.

## Why is this bad?
The text reads as one thing and is another, so it matches nothing. It comes of copying from a web page or a document,
and sometimes of somebody who wants a policy to look harmless.

## Example
```json resource
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObj\\u0435ct",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject ",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Fix safety
Not safe: the text begins to match what it seems to match.

## References
- [IAM and AWS STS quotas: IAM name requirements](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)
- [Grammar of the IAM JSON policy language](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.source import Pointer

_TWINS = dict(
    zip(
        "асԁеһіјӏорԛѕԝхуѵАВСЕНІЈКМОРЅТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧαιονρϲ։∶ː⁎∗﹡‐‑‒–—−⁄∕",  # noqa: RUF001
        "acdehijlopqswxyvABCEHIJKMOPSTXYABEZHIKMNOPTYXaiovpc:::***------//",
        strict=True,
    )
)
"""Letters and marks of other scripts, and the ASCII ones that they look like."""


class _Text(NamedTuple):
    """A text in which nothing but ASCII is to be expected (`strict`), or in which only blanks are odd."""

    text: str
    pointer: Pointer
    what: str
    strict: bool = True
    on_key: bool = False


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for text in texts(statement):
        if text.text.isascii() and text.text == text.text.strip() and text.text.isprintable():
            continue
        odd = [at for at, character in enumerate(text.text) if is_odd(character, at, text)]
        if odd:
            yield remark(text, odd)


def texts(statement: Statement) -> Iterator[_Text]:
    for entry in (*(statement.actions or ()), *(statement.not_actions or ())):
        yield _Text(*entry, "action")
    for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
        yield _Text(*entry, "resource")
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        yield _Text(principal.text, principal.pointer, "principal")
    for condition in statement.conditions:
        yield _Text(condition.key, condition.pointer, "condition key", on_key=True)
        strict = condition.operator.family in ("Arn", "IpAddress", "Numeric", "Date", "Bool")
        for value in condition.values:
            yield _Text(*value, f"value of `{condition.key}`", strict)


def is_odd(character: str, at: int, text: _Text) -> bool:
    whole = text.text
    if is_blank(character):
        return bool(whole.strip()) and (not whole[:at].strip() or not whole[at:].strip())
    if is_invisible(character):
        return True
    if character.isascii() or not text.strict:
        return False
    # A resource may have a name in another script; a single letter among Latin ones is no name.
    if text.what in ("resource", "principal") and whole[:at].count(":") >= 5:
        return twin(character) is not None and has_latin_beside(whole, at)
    return True


def is_blank(character: str) -> bool:
    return character in " \t\r\n"


def is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp", "Co", "Cn") and not is_blank(character)


def twin(character: str) -> str | None:
    """The ASCII character that one of another script looks like."""
    found = _TWINS.get(character) or unicodedata.normalize("NFKC", character)
    return found if found.isascii() and found != character else None


def has_latin_beside(text: str, at: int) -> bool:
    return any(c.isascii() and c.isalpha() for c in (*text[max(0, at - 1) : at], *text[at + 1 : at + 2]))


def remark(text: _Text, odd: list[int]) -> Remark:
    first = text.text[odd[0]]
    name = unicodedata.name(first, "a control character" if unicodedata.category(first) == "Cc" else "no name").lower()
    code = f"U+{ord(first):04X}"
    if is_blank(first):
        message, label = f"a blank at the end of {article(text.what)}", "AWS does not strip it"
        if odd[0] == 0:
            message = f"a blank at the beginning of {article(text.what)}"
    elif is_invisible(first):
        message, label = f"an invisible character in {article(text.what)}", f"{code}, {name}"
    elif twin(first) is not None:
        message, label = (
            f"a character in {article(text.what)} looks like `{twin(first)}` and is none",
            f"{code}, {name}",
        )
    else:
        message, label = f"a character in {article(text.what)} that none can hold", f"{code}, {name}"
    mended = clean(text.text, set(odd))
    fix = None
    if mended:
        edit = ReplaceText(text.pointer, mended, on_key=text.on_key)
        fix = Fix(f"write `{mended}`, which is then what the statement speaks of", (edit,))
    many = f"{len(odd)} characters of it are not what they seem" if len(odd) > 1 and not is_blank(first) else None
    return Remark(
        message,
        Where(text.pointer, on_key=text.on_key, within=None if text.on_key else (odd[0], odd[0] + 1)),
        label=label,
        notes=(*((many,) if many else ()), "AWS compares characters, not their looks, so it matches nothing"),
        help=f"did you mean `{mended}`?" if mended else None,
        fix=fix,
        severity=None if text.strict else Severity.WARNING,
    )


def article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"


def clean(text: str, odd: set[int]) -> str | None:
    """The text as it looks; nothing when a character looks like none of ASCII."""
    pieces = []
    for at, character in enumerate(text):
        if at not in odd:
            pieces.append(character)
        elif not is_blank(character) and not is_invisible(character):
            like = twin(character)
            if like is None:
                return None
            pieces.append(like)
    return "".join(pieces) or None


RULE = Rule(
    "look-alike-character",
    Severity.ERROR,
    statement=check,
    about=Topic.ODD_CHARACTER,
    silences={
        "action-separator": Reach.PLACE,
        "invalid-action": Reach.PLACE,
        "invalid-service-in-action": Reach.PLACE,
        "unsupported-character": Reach.PLACE,
    },
)
