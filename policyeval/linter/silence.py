"""One cause gives one finding: what a rule knows better, it silences in others.

The relation is declared by the rule that knows best (`Rule.silences`); it is resolved when all rules have run, so their
order does not matter. A remark that is itself silenced still silences: the chain ends at the true cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policyeval.rules.contract import Reach, Remark, Rule
from policyeval.source import Pointer


@dataclass(frozen=True, slots=True)
class Raised:
    """A remark with the rule that made it, and the statement that it is about (its pointer), if it is about one."""

    rule: Rule
    remark: Remark
    statement: Pointer | None
    by_reader: bool = False
    """Whether it was found in reading the document: AWS would refuse it."""


def unsilenced(raised: Sequence[Raised]) -> list[Raised]:
    """The remarks on one policy, in their order, without those of which another has the cause, and each once.

    Cost: linear in the remarks and the depth of their pointers.
    """
    silenced = {key for each in raised for key in _silenced_by(each)}
    read = {(each.rule.name, each.remark.where.pointer) for each in raised if each.by_reader}
    seen: set[tuple[object, ...]] = set()
    kept = []
    for each in raised:
        name, where = each.rule.name, each.remark.where
        identity = (name, where)
        if identity in seen or (not each.by_reader and (name, where.pointer) in read):
            continue
        if silenced and any(key in silenced for key in _own_keys(each)):
            continue
        seen.add(identity)
        kept.append(each)
    return kept


_Key = tuple[str, Reach, Pointer]


def _silenced_by(cause: Raised) -> Iterator[_Key]:
    """The rule, reach and place of everything that a remark silences."""
    for name, reach in cause.rule.silences.items():
        if reach is Reach.POLICY:
            yield name, reach, ""
        elif reach is Reach.PLACE:
            yield name, reach, cause.remark.where.pointer
        elif cause.statement is not None:
            yield name, reach, cause.statement


def _own_keys(each: Raised) -> Iterator[_Key]:
    """The keys by which a remark would be silenced: its policy, its statement, its place and all that hold it."""
    name = each.rule.name
    yield name, Reach.POLICY, ""
    if each.statement is not None:
        yield name, Reach.STATEMENT, each.statement
    place = each.remark.where.pointer
    yield name, Reach.PLACE, place
    while place:
        place = place.rpartition("/")[0]
        yield name, Reach.PLACE, place
