"""Which requests may hang on a dispute, so that the reference is asked about these alone.

Decisions do not need this: it says of which of them `Result.uncertain` may hold something. A statement is looked at
once; what is left for each request are the conditions whose dispute comes up with some values and not with others, and
these the reference itself judges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.matching import (
    LISTING_BUCKETS,
    has_disputed_type,
    is_every_bucket,
    varies_with_principal_arn,
)
from policyeval.evaluation.policies import PolicySet, speaks_of_action
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, PrincipalType, Request, Resource
from policyeval.evaluation.statements import CompiledStatement, asked_by
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry, Statement
from policyeval.syntax.action import compile_action
from policyeval.syntax.arn import split_arn
from policyeval.syntax.operator import Qualifier
from policyeval.syntax.wildcard import compile_pattern, has_wildcard


class Doubts(NamedTuple):
    """What of some statements may bring a dispute up: everything they are asked for, or else some conditions."""

    always: bool
    conditions: tuple[tuple[CompiledStatement, Condition], ...]
    keys: frozenset[str]
    """The lower-cased context keys by which it turns out."""
    of_session: bool = False
    """Whether `aws:PrincipalArn`, of which a role session has two readings, is asked for."""
    arns: tuple[str, ...] = ()
    """Patterns that hold, at the least, the resources about which entries of `Resource` are disputed."""

    def come_up(self, request: Request) -> bool:
        """Whether the reference should be asked about a request, the session's ARN aside."""
        if self.always:
            return True
        if self.arns:
            arn = authorised_request(request).resource.arn
            if any(compile_pattern(pattern)(arn) for pattern in self.arns):
                return True
        if not self.conditions:
            return False
        context, reading = Context.of(request), Reading()
        for compiled, condition in self.conditions:
            judge_condition(
                condition,
                context,
                reading,
                has_variables=compiled.has_variables,
                is_allow=compiled.statement.effect == "Allow",
            )
        return bool(reading.touched)


_VARIABLE = re.compile(r"\$\{[^}]*\}?")
ALWAYS = Doubts(True, (), frozenset())


def doubts_of(statement: CompiledStatement, kind: PolicyKind, principal: Principal) -> Doubts | None:
    """What of a statement that speaks of an action may bring a dispute up for a caller; nothing when nothing can."""
    written = statement.statement
    of_session = "aws:principalarn" in statement.keys and _asks_of_session(statement, principal)
    negates_variable = any("${" in entry.text for entry in written.not_resources or ())
    always = _principals_disputed(written, kind) or negates_variable
    arns = tuple(_disputed_arns(statement))
    conditions = [c for c in written.conditions if _may_be_disputed(c, has_variables=statement.has_variables)]
    if not (always or conditions or of_session or arns):
        return None
    keys = frozenset(key for c in conditions for key in asked_by(c, has_variables=True))
    return Doubts(always, tuple((statement, condition) for condition in conditions), keys, of_session, arns)


def _asks_of_session(statement: CompiledStatement, principal: Principal) -> bool:
    """Whether it makes a difference to a statement what the `aws:PrincipalArn` of a role session is."""
    if principal.type is not PrincipalType.ASSUMED_ROLE:
        return False
    written = statement.statement
    asking = [condition for condition in written.conditions if condition.key.lower() == "aws:principalarn"]
    if any("${" in entry.text for condition in asking for entry in condition.values):
        return True
    if varies_with_principal_arn(written):
        return True
    request = Request(principal, "none:None", Resource("*"))
    taken, other = Context.of(request), Context.of(replace(request, context={"aws:PrincipalArn": principal.arn or ""}))
    return any(
        judge_condition(condition, taken, Reading(), has_variables=False, is_allow=True).matched
        is not judge_condition(condition, other, Reading(), has_variables=False, is_allow=True).matched
        for condition in asking
    )


def together(found: Iterator[Doubts | None]) -> Doubts | None:
    """The doubts of several statements as one; nothing when there are none."""
    several = [doubts for doubts in found if doubts is not None]
    if not several:
        return None
    return Doubts(
        any(doubts.always for doubts in several),
        tuple(pair for doubts in several for pair in doubts.conditions),
        frozenset().union(*(doubts.keys for doubts in several)),
        any(doubts.of_session for doubts in several),
        tuple(pattern for doubts in several for pattern in doubts.arns),
    )


def caller_is_disputed(policies: PolicySet, principal: Principal) -> bool:
    """Whether what a session may do is disputed, whatever the statements say."""
    if principal.type is PrincipalType.FEDERATED_USER:
        return policies.session is None
    return (
        principal.type is PrincipalType.ASSUMED_ROLE and policies.session is not None and policies.resource is not None
    )


def is_spelled_otherwise(statement: Statement, action: str) -> bool:
    """Whether a statement of an SCP names an action, spelled as here, in other capitals alone."""
    entries = statement.actions if statement.actions is not None else statement.not_actions or ()
    return any(compile_action(entry.text)(action.lower()) for entry in entries) and not any(
        compile_pattern(entry.text)(action) for entry in entries
    )


def _principals_disputed(statement: Statement, kind: PolicyKind) -> bool:
    if not kind.elements.principal:
        return False
    entries = (*(statement.principals or ()), *(statement.not_principals or ()))
    if statement.not_principals is not None or any(entry.type == "CanonicalUser" for entry in entries):
        return True
    return kind is PolicyKind.TRUST and statement.effect == "Allow" and any(entry.text == "*" for entry in entries)


def _disputed_arns(statement: CompiledStatement) -> Iterator[str]:
    """For each entry that is read in two ways, a pattern of all that it can match in either."""
    written = statement.statement
    for entry in (*(written.resources or ()), *(written.not_resources or ())):
        if is_every_bucket(entry.text) and speaks_of_action(written, LISTING_BUCKETS):
            yield "?"  # which of all resources only `*` fits
        if _is_disputed_arn(entry, has_variables=statement.has_variables):
            yield "*" if written.not_resources is not None else f"{_VARIABLE.sub('*', entry.text)}*"


def _is_disputed_arn(entry: Entry, *, has_variables: bool) -> bool:
    text = entry.text
    if not text.strip("*"):
        return False
    segments = split_arn(text)
    if len(segments) < 6:
        return has_wildcard(text)
    return has_disputed_type(segments) or ("${" in text and not has_variables)


@lru_cache(maxsize=4096)
def _may_be_disputed(condition: Condition, *, has_variables: bool) -> bool:
    """Whether some value of the request can bring up a dispute about a condition."""
    operator = condition.operator
    if not condition.values or (operator.qualifier is Qualifier.FOR_ANY_VALUE and operator.if_exists):
        return True
    if "tag/" in condition.key.lower() or (operator.is_negated and operator.family != "String"):
        return True
    if not any("${" in entry.text for entry in condition.values):
        return False
    return operator.is_negated or operator.base == "Bool" or not has_variables
