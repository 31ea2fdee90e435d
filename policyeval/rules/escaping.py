"""Contexts for requests: values by which the conditions of an Allow hold, and by which those of a Deny do not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, Request
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Decision
from policyeval.policy.model import Condition, Policy, Statement
from policyeval.syntax.variable import Variable, parse_template, variable_keys

ANY_NAME = "anything"
HOLDER = "holder"
TYING_KEYS = frozenset({"iam:permissionsboundary", "iam:policyarn", "iam:roletemplatearn"})
"""Keys by which an action on others is kept harmless, as AWS advises to delegate: what may be attached, or from which
template a role is made (Service Authorization Reference, AWS Identity and Access Management)."""
MOST_DECISIONS = 96
"""So many requests are decided to get past the Denies of a policy: some four for each of two dozen conditions."""
_FIXED_KEYS = frozenset(
    {
        *TYING_KEYS,
        "iam:passedtoservice",
        "aws:principalaccount",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:resourceaccount",
    }
)
"""Keys that a caller cannot have otherwise: who they are, whose the resource is, and what ties the action itself."""
_CLOCK = frozenset({"aws:currenttime", "aws:epochtime"})
_PAST, _FUTURE = "1999-12-31T00:00:00Z", "2999-12-31T00:00:00Z"
_MISFITS: Mapping[str, tuple[str, ...]] = {
    "Numeric": ("-1", "999999999999"),
    "Date": (_FUTURE, _PAST),
    "Bool": ("true", "false"),
    "IpAddress": ("198.51.100.7", "8.8.8.8"),
    "Arn": ("arn:aws:iam::123456789012:role/other", "arn:aws:s3:::other"),
}
_TEXT_MISFITS = ("another", "true", "false")


def is_about_caller(key: str) -> bool:
    """Whether a key has one value in all requests of a caller in one context, rather than one in each request."""
    lower = key.lower()
    return lower.startswith("aws:") and not lower.startswith(("aws:resource", "aws:request", "aws:tag"))


def satisfying(statement: Statement, has_variables: bool) -> dict[str, ContextValue]:
    """A context in which the conditions of a statement hold, as far as a simple value of each key can."""
    values: dict[str, ContextValue] = {}
    for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
        for key in variable_keys(entry.text) if has_variables else ():
            if key.lower() != "aws:username":
                values[key] = ANY_NAME
    # Those with variables last: a variable has the value that another condition asks for.
    asked = sorted(statement.conditions, key=lambda each: has_variables and any("${" in v.text for v in each.values))
    for condition in asked:
        value = fitting(condition)
        if value is None:
            continue
        if has_variables and "${" in value:
            value = _resolved(value, values)
        listed = condition.operator.qualifier is not None
        values[condition.key] = [value] if listed else value
    return values


def _resolved(text: str, values: dict[str, ContextValue]) -> str:
    """A text without variables; what they stand for joins the values."""
    lower = {key.lower(): value for key, value in values.items()}
    parts = []
    for part in parse_template(text):
        if isinstance(part, str):
            parts.append(part)
        elif not isinstance(part, Variable):
            parts.append(part.character)
        elif part.key.lower() == "aws:username":
            parts.append(HOLDER)
        else:
            known = lower.get(part.key.lower())
            if not isinstance(known, str):
                values[part.key] = known = ANY_NAME
            parts.append(known)
    return "".join(parts)


def fitting(condition: Condition) -> str | None:
    """A value for which a condition holds; nothing when the key should be left out."""
    operator, first = condition.operator, condition.values[0].text if condition.values else ""
    if operator.base == "Null":
        return None if first.lower() == "true" else ANY_NAME
    if operator.is_negated:
        return _MISFITS.get(operator.family, _TEXT_MISFITS)[0]
    if "LessThan" in operator.base:
        return "-1" if operator.family == "Numeric" else _PAST
    if "GreaterThan" in operator.base:
        return "999999999999" if operator.family == "Numeric" else _FUTURE
    return _instance(operator.family, operator.base, first)


def _instance(family: str, base: str, text: str, filler: str = ANY_NAME) -> str:
    """A text that a policy value matches, with a filler for each `*`."""
    if family == "IpAddress":
        return text.partition("/")[0]
    if family == "Arn" or base.endswith("Like"):
        text = text.replace("${*}", "\0").replace("${?}", "\1").replace("*", filler).replace("?", "x")
        text = text.replace("\0", "*").replace("\1", "?")
    return text


def _candidates(key: str, policy: Policy) -> list[ContextValue | None]:
    """Values of a key that the conditions of a policy tell apart, as far as simple ones do; `None` is its absence."""
    found: list[str] = []
    listed = False
    for condition in (each for statement in policy for each in statement.conditions):
        if condition.key.lower() != key:
            continue
        operator = condition.operator
        listed |= operator.qualifier is not None
        if operator.base == "Null":
            found.append(ANY_NAME)
            continue
        found += _MISFITS.get(operator.family, _TEXT_MISFITS)
        for entry in condition.values[:8]:
            for filler in (ANY_NAME, "another") if "*" in entry.text else (ANY_NAME,):
                value = _instance(operator.family, operator.positive, entry.text, filler)
                found.append(_resolved(value, {}) if policy.has_variables else value)
    if key in _CLOCK:
        found = [value for value in found if value == _FUTURE]
    values: list[ContextValue | None] = [None]
    values += [[value] if listed else value for value in dict.fromkeys(found)]
    return values


class Escape:
    """The search for one context in which no Deny keeps any of some requests from being allowed.

    Starting from contexts in which the Allows hold, the condition keys of a Deny that applies get other values, one at
    a time. Cost: `MOST_DECISIONS` decisions, and none for a policy without conditional Denies; the reference says which
    Deny applies, and is given nothing but Denies.
    """

    def __init__(self, policy: Policy, simulator: Simulator) -> None:
        self.policy = policy
        self.simulator = simulator
        denies = tuple(statement for statement in policy if statement.effect == "Deny")
        self.denies = PolicySet(identity=(Attached(replace(policy, statements=denies)),))
        self.candidates: dict[str, list[ContextValue | None]] = {}

    @property
    def is_thinkable(self) -> bool:
        return any(statement.effect == "Deny" and statement.conditions for statement in self.policy)

    def contexts(self, requests: Sequence[Request]) -> list[dict[str, ContextValue]] | None:
        """A context for each of the requests, alike in what is about the caller; nothing if none was found."""
        self.left = MOST_DECISIONS
        self.seen: set[str] = set()
        return self.search(requests, [dict(request.context) for request in requests])

    def search(
        self, requests: Sequence[Request], contexts: list[dict[str, ContextValue]]
    ) -> list[dict[str, ContextValue]] | None:
        shape = repr([sorted(context.items()) for context in contexts])
        if shape in self.seen:
            return None
        self.seen.add(shape)
        for at, request in enumerate(requests):
            if not self.left:
                return None
            self.left -= 1
            asked = asked_in(request, contexts[at])
            decision = self.simulator.decide(asked)
            if decision == Decision.IMPLICIT_DENY.value:
                return None
            if decision == Decision.EXPLICIT_DENY.value:
                deciding = decide(self.denies, authorised_request(asked)).deciding
                for key, value in self.changes(deciding[0].statement):
                    found = self.search(requests, changed(contexts, at, key, value))
                    if found is not None:
                        return found
                return None
        return contexts

    def changes(self, deny: Statement) -> Iterator[tuple[str, ContextValue | None]]:
        for condition in deny.conditions:
            key = condition.key.lower()
            if key in _FIXED_KEYS or (condition.operator.base == "Null" and condition.operator.qualifier is not None):
                continue
            if key not in self.candidates:
                self.candidates[key] = _candidates(key, self.policy)
            for value in self.candidates[key]:
                yield key, value


def changed(
    contexts: list[dict[str, ContextValue]], at: int, key: str, value: ContextValue | None
) -> list[dict[str, ContextValue]]:
    """The contexts with another value of a key: in all of them when it is about the caller, else in one."""
    found = []
    for index, context in enumerate(contexts):
        if index == at or is_about_caller(key):
            context = {name: each for name, each in context.items() if name.lower() != key}
            if value is not None:
                context[key] = value
        found.append(context)
    return found


def asked_in(request: Request, context: Mapping[str, ContextValue]) -> Request:
    """A request in another context; a `aws:PrincipalArn` in it is the caller's own."""
    named = next((value for key, value in context.items() if key.lower() == "aws:principalarn"), None)
    principal = request.principal
    if isinstance(named, str) and (other := _principal(named)) is not None:
        principal = other
    return Request(principal, request.action, request.resource, context)


def _principal(arn: str) -> Principal | None:
    """The user or role of an ARN, if it names one with its account."""
    found = re.fullmatch(r"arn:[^:]+:iam::\d{12}:(?:user|role)/[^:]*[^:/]", arn)
    return Principal.from_arn(arn) if found else None
