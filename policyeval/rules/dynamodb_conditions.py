"""Conditions that are meant to keep a caller to some attributes of DynamoDB's items.

`dynamodb:Attributes` holds the names that stand in a request. What comes back is another matter: `Select` decides it
for requests that read, `ReturnValues` for requests that write.

Source: Amazon DynamoDB Developer Guide, specifying-conditions and FGAC_DDB; Service Authorization Reference,
list_amazondynamodb.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Condition, Statement
from policyeval.rules.condition_edits import add_condition
from policyeval.rules.contract import Remark
from policyeval.rules.named_actions import NamedActions, every_action, named_actions
from policyeval.rules.wording import quoted
from policyeval.syntax.wildcard import matches

READS = (
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PartiQLSelect",
)
WRITES = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
)
RETURNING_WRITES = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
)
"""Writes whose request says what to return; a batch returns no items."""


def attribute_limit(statement: Statement) -> Condition | None:
    """The condition of an Allow that lists attributes."""
    if statement.effect != "Allow":
        return None
    for condition in statement.conditions:
        if condition.key.lower() == "dynamodb:attributes" and condition.operator.family == "String":
            return condition
    return None


def admitted_words(statement: Statement, key: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Those of a key's values that all conditions of a statement let through; the key is given in lower case. Values
    with a variable are taken to let none of them through."""
    left = words
    for condition in statement.conditions:
        if condition.key.lower() == key and condition.operator.family == "String":
            left = tuple(word for word in left if _fits(condition, word) != condition.operator.is_negated)
    return left


def _fits(condition: Condition, word: str) -> bool:
    operator = condition.operator
    for value in condition.values:
        text = value.text.upper() if "IgnoreCase" in operator.base else value.text
        if text == word or ("Like" in operator.base and matches(text, word)):
            return True
    return False


def unlimited_answers(
    statement: Statement,
    key: str,
    actions: tuple[str, ...],
    wide_words: tuple[str, ...],
    narrow_words: tuple[str, ...],
    note: str,
) -> Iterator[Remark]:
    """A remark when the attributes of a request are listed, and what comes back is left to the caller.

    `key` is the condition key that decides it for `actions`. With a value of `wide_words` a request gets attributes
    that it does not name; `narrow_words` are those to allow instead. `note` says so, with `{word}` for such a value.
    """
    limit = attribute_limit(statement)
    named = named_actions(statement, actions) if limit is not None else []
    wide = admitted_words(statement, key.lower(), wide_words)
    if limit is None or not named or not wide:
        return
    there = [condition for condition in statement.conditions if condition.key.lower() == key.lower()]
    value: object = list(narrow_words) if len(narrow_words) > 1 else narrow_words[0]
    edit = None if there else add_condition(statement, "StringEqualsIfExists", key, value)
    listing = ", ".join(f'"{word}"' for word in narrow_words)
    listing = f"[{listing}]" if len(narrow_words) > 1 else listing
    yield Remark(
        f"{quoted(every_action(named), most=2)} may return attributes that `{limit.key}` does not list",
        Where(limit.pointer, on_key=True),
        label="limits what a request names, not what it returns",
        related=(
            *(Label(Where(each.pointer), each.label("the request says what comes back")) for each in named[:2]),
            *(Label(Where(other.pointer, on_key=True), f"lets {quoted(wide)} through") for other in there),
        ),
        notes=(note.format(word=wide[0]),),
        help=f'{"write" if there else "add"} `"StringEqualsIfExists": {{"{key}": {listing}}}`',
        fix=Fix(f"add a condition on `{key}`, so that fewer requests are allowed", (edit,)) if edit else None,
    )


def misplaced(
    statement: Statement, key: str, wrong: tuple[str, ...], right: tuple[str, ...]
) -> Iterator[tuple[Condition, list[NamedActions], list[NamedActions]]]:
    """Conditions on a key, given in lower case, with the entries that name actions whose requests lack it, and those
    that name actions whose requests have it. Patterns that name both are among the latter only."""
    for condition in statement.conditions:
        if condition.key.lower() != key:
            continue
        fitting = named_actions(statement, right)
        places = {each.pointer for each in fitting}
        others = [each for each in named_actions(statement, wrong) if each.pointer not in places]
        if others:
            yield condition, others, fitting
