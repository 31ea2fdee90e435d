"""What is wrong with a `${` that begins no well-formed policy variable.

Source: IAM User Guide, reference_policies_variables, and the grammar `grammars/variable.lark`, which these faults are
the complement of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.policy.model import Policy, Statement
from policyeval.rules.contract import Remark
from policyeval.rules.tag_keys import lacks_any_tag_key
from policyeval.source import Pointer
from policyeval.syntax.variable import parse_template


class Fault(Enum):
    EMPTY = "empty"
    BRACE = "brace"
    SPACE = "space"
    QUOTE = "quote"
    OTHER = "other"


class FaultyVariable(NamedTuple):
    """A text that begins with `${`; `within` are its characters, `meant` what it should be, if that is clear."""

    fault: Fault
    text: str
    within: tuple[int, int]
    meant: str | None


class PlacedFault(NamedTuple):
    """A faulty variable in a text of a statement."""

    variable: FaultyVariable
    pointer: Pointer

    @property
    def where(self) -> Where:
        return Where(self.pointer, within=self.variable.within)


_KEY = r"[A-Za-z0-9][A-Za-z0-9._-]*:[^\s{}',*?$]+"
_END_OF_KEY = r"[^\w.:/@+=-]"


def fault_remarks(
    statement: Statement, policy: Policy, fault: Fault, *, what: str, label: str, help: str
) -> Iterator[Remark]:
    """The remarks on variables with one fault.

    `what` is the message, with `{}` for the variable; `help` is for those of which it is not clear what was meant.
    """
    for placed in faults_of(statement, policy, fault):
        meant = placed.variable.meant
        edit = ReplaceText(placed.pointer, meant, within=placed.variable.within) if meant else None
        yield Remark(
            what.replace("{}", f"`{placed.variable.text}`"),
            placed.where,
            label=label,
            notes=("AWS takes it as plain text",),
            help=f"write `{meant}`" if meant else help,
            fix=Fix(f"write `{meant}`, so that it is a variable", (edit,)) if edit else None,
        )


def faults_of(statement: Statement, policy: Policy, fault: Fault) -> Iterator[PlacedFault]:
    """The faulty variables of one kind where variables mean something: in resources, and values of string and ARN
    conditions."""
    if not policy.has_variables:
        return
    values = (
        value
        for condition in statement.conditions
        if condition.operator.family in ("String", "Arn")
        for value in condition.values
    )
    for entry in (*(statement.resources or ()), *(statement.not_resources or ()), *values):
        for variable in faulty_variables(entry.text):
            if variable.fault is fault:
                yield PlacedFault(variable, entry.pointer)


def faulty_variables(text: str) -> Iterator[FaultyVariable]:
    """The places where `${` begins nothing that AWS would replace."""
    if "${" not in text:
        return
    at = 0
    for part in parse_template(text):
        if not isinstance(part, str):
            at = text.index("}", at) + 1
            continue
        start = text.index(part, at)
        at = start + len(part)
        found = part.find("${")
        while found >= 0:
            following = part.find("${", found + 2)
            end = part.find("}", found)
            if end >= 0 and (following < 0 or end < following):
                piece = part[found : end + 1]
            else:
                piece = part[found : following if following >= 0 else len(part)]
            yield _explain(piece, start + found)
            found = following


def _explain(piece: str, at: int) -> FaultyVariable:
    if not piece.endswith("}"):
        end = re.search(_END_OF_KEY, piece[2:])
        text = piece[: 2 + end.start() if end is not None else len(piece)]
        head, slash, _ = text.partition("/")
        if slash and not lacks_any_tag_key(head[2:]):
            text = head  # the slash is no part of the key
        meant = f"{text}}}" if re.fullmatch(_KEY, text[2:]) else None
        return FaultyVariable(Fault.BRACE, text, (at, at + len(text)), meant)
    inside = piece[2:-1]
    fault, meant = _inside(inside)
    return FaultyVariable(fault, piece, (at, at + len(piece)), None if meant is None else f"${{{meant}}}")


def _inside(inside: str) -> tuple[Fault, str | None]:
    """What is wrong between the braces, and what was meant."""
    if not inside.strip():
        return Fault.EMPTY, None
    key, comma, default = inside.partition(",")
    if comma:
        name, value = key.strip(), default.strip()
        plain = value.strip("'\"")
        meant = f"{name}, '{plain}'" if re.fullmatch(_KEY, name) and "'" not in plain else None
        is_quoted = len(value) > 1 and value[0] == value[-1] == "'"
        return (Fault.SPACE if is_quoted and key != name else Fault.QUOTE), meant
    if any(character.isspace() for character in inside):
        name = "".join(inside.split())
        return Fault.SPACE, name if re.fullmatch(_KEY, name) or name in ("*", "?", "$") else None
    return Fault.OTHER, None
