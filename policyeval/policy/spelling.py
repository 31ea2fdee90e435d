"""The guide's spellings: `$<key>` for a variable, and a placeholder for the account id.

AWS takes both literally. `simulate` reads them as they were meant unless told to be exact, and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from policyeval.policy.model import Condition, Entry, Policy, PrincipalEntry, Statement
from policyeval.syntax.variable import ANGLE_BRACKET_VARIABLE

ACCOUNT_PLACEHOLDER = "ACCOUNT-ID-WITHOUT-HYPHENS"


def respell(policy: Policy, account: str | None) -> tuple[Policy, tuple[str, ...]]:
    """The policy as it was meant, and what was read otherwise than written, in sentences.

    Without an account the placeholder stays as it is.
    """
    notes: dict[str, None] = {}

    def rewrite(text: str) -> str:
        if "$<" in text and ANGLE_BRACKET_VARIABLE.search(text):
            for found in ANGLE_BRACKET_VARIABLE.finditer(text):
                notes[_note(policy, found.group(), f"${{{found[1]}}}")] = None
            text = ANGLE_BRACKET_VARIABLE.sub(r"${\1}", text)
        if account is not None and ACCOUNT_PLACEHOLDER in text:
            notes[_note(policy, ACCOUNT_PLACEHOLDER, account)] = None
            text = text.replace(ACCOUNT_PLACEHOLDER, account)
        return text

    statements = tuple(_rewritten(statement, rewrite) for statement in policy)
    return (replace(policy, statements=statements) if notes else policy), tuple(notes)


def _note(policy: Policy, written: str, meant: str) -> str:
    return f"`{written}` in {policy.name} is read as `{meant}`; AWS itself would take this literally"


def _rewritten(statement: Statement, rewrite: Callable[[str], str]) -> Statement:
    return replace(
        statement,
        principals=_principals(statement.principals, rewrite),
        not_principals=_principals(statement.not_principals, rewrite),
        resources=_entries(statement.resources, rewrite),
        not_resources=_entries(statement.not_resources, rewrite),
        conditions=tuple(_condition(condition, rewrite) for condition in statement.conditions),
    )


def _entries(entries: tuple[Entry, ...] | None, rewrite: Callable[[str], str]) -> tuple[Entry, ...] | None:
    return None if entries is None else tuple(Entry(rewrite(entry.text), entry.pointer) for entry in entries)


def _principals(
    entries: tuple[PrincipalEntry, ...] | None, rewrite: Callable[[str], str]
) -> tuple[PrincipalEntry, ...] | None:
    if entries is None:
        return None
    return tuple(PrincipalEntry(entry.type, rewrite(entry.text), entry.pointer) for entry in entries)


def _condition(condition: Condition, rewrite: Callable[[str], str]) -> Condition:
    return replace(condition, values=tuple(Entry(rewrite(entry.text), entry.pointer) for entry in condition.values))
