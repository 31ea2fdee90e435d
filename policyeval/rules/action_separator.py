"""An action with another character where the colon belongs.

## What it does
Reports actions such as `iam>DeleteAccessKey` or `s3.GetObject`: the name of a service, a character that is no colon,
and a name.

## Why is this bad?
AWS stores such an entry without a word, and it never matches a request. An Allow gives nothing by it, and what a Deny
was meant to forbid stays allowed.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["iam:ListAccessKeys", "iam>DeleteAccessKey"],
    "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["iam:ListAccessKeys", "iam:DeleteAccessKey"],
    "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
  }
}
```

## Fix safety
Not safe: the statement begins to speak of an action that it did not match before.

## References
- [IAM JSON policy elements: Action](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from policyeval.catalog.suggest import did_you_mean_action
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.action_entries import action_entries, consequence, correction
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.wildcard import has_wildcard

_SEPARATOR = re.compile(r"::+|[ -)+-/;->@\[-`{-~]", re.ASCII)
"""White space and punctuation of ASCII, without the wildcards; the rest is left to `look-alike-character`."""


class _Separator(NamedTuple):
    start: int
    end: int


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for entry in action_entries(statement):
        if is_well_formed(entry.text):
            continue
        separator = separator_in(entry.text, context)
        if separator is None:
            continue
        start, end = separator
        meant = action_meant(entry.text[:start], entry.text[end:].strip(), context)
        if meant is None:
            continue
        yield Remark(
            f"`{entry.text}` is no action",
            Where(entry.pointer, within=(start, end)),
            label="`:` belongs here, once" if entry.text[start] == ":" else "`:` belongs here",
            notes=(consequence(statement, entry.element),),
            help=f"did you mean `{meant}`?",
            fix=correction(statement, entry, meant),
        )


def separator_in(text: str, context: RuleContext) -> _Separator | None:
    """The characters between a service and a name, where there is no single colon."""
    if ":" in text.replace("::", ""):
        return None
    for found in _SEPARATOR.finditer(text):
        if context.catalog.has_service(text[: found.start()]) and text[found.end() :].strip():
            return _Separator(found.start(), found.end())
    return None


def action_meant(service: str, name: str, context: RuleContext) -> str | None:
    """The action or pattern that fits the service and the name, or is nearest to them."""
    written = f"{service}:{name}"
    matched = context.expand(written)
    if matched:
        return written if has_wildcard(name) else matched[0]
    return did_you_mean_action(written, context.catalog)


RULE = Rule(
    "action-separator",
    Severity.ERROR,
    statement=check,
    about=Topic.MALFORMED_ACTION,
    silences={"invalid-action": Reach.PLACE},
)
