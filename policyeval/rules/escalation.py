"""Which paths of privilege escalation a policy leaves open, decided by the evaluator.

A path is open when there are requests of one caller, in one context, that are allowed for an action of each of its
groups. Candidates are made of the statements that allow an action: a resource that they cover, and a context in which
their conditions hold; `decide` has the last word, so Denies count exactly where they apply.

What is no escalation: credentials of one's own user; actions tied to a permissions boundary or to named policies; a
role handed on, or an existing target used, that the policy names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import islice, product
from typing import NamedTuple

from policyeval.catalog.escalation import EscalationPath, Scope, escalation_paths
from policyeval.evaluation.request import ContextValue, Principal, Request, Resource
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Decision
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.rules.breadth import is_star, star_in
from policyeval.rules.contract import RuleContext
from policyeval.rules.escalation_remarks import escalation_actions_in
from policyeval.syntax.arn import is_account_id, split_arn
from policyeval.syntax.variable import variable_keys
from policyeval.syntax.wildcard import Matcher, compile_pattern

ANY_ACCOUNT = "123456789012"
ANY_NAME = "anything"
SELF = "holder"
PASS_ROLE = "iam:PassRole"
PASSED_TO = "iam:PassedToService"
TYING_KEYS = frozenset({"iam:permissionsboundary", "iam:policyarn"})
"""Keys by which an action on others is kept harmless, as AWS advises to delegate."""
MOST_CONTEXTS = 64
"""So many combinations of statements are tried for one path."""
_PLACEHOLDER = re.compile(r"\$?\{([^{}]*)\}")
_SEGMENTS = 6


class Grant(NamedTuple):
    """One action that is allowed by a statement, with a request for it."""

    action: str
    statement: Statement
    entry: Entry
    resource: str
    context: Mapping[str, ContextValue]


class OpenPath(NamedTuple):
    path: EscalationPath
    grants: tuple[Grant, ...]


def open_paths(policy: Policy, context: RuleContext, scope: Scope) -> Iterator[OpenPath]:
    """The paths of a scope that the policy leaves open, without those that are the beginning of another one."""
    found = context.remembered(_all_open_paths)
    for opened in found:
        groups = set(opened.path.groups)
        longer = any(groups < set(other.path.groups) for other in found)
        if opened.path.scope == scope and not longer:
            yield opened


def _all_open_paths(context: RuleContext) -> tuple[OpenPath, ...]:
    """The open paths of every scope."""
    inquiry = _Inquiry(context.policy, context)
    return tuple(
        opened
        for path, groups in _live_paths()
        if not any(map(inquiry.spoken.keys().isdisjoint, groups)) and (opened := inquiry.try_path(path)) is not None
    )


@lru_cache(maxsize=1)
def _live_paths() -> tuple[tuple[EscalationPath, tuple[frozenset[str], ...]], ...]:
    """The paths that can be open, each with the actions of its groups in lower case."""
    return tuple(
        (path, tuple(frozenset(map(str.lower, group)) for group in path.groups))
        for path in escalation_paths()
        if not path.retired and path.name != "create-service-linked-role"  # that has a rule of its own
    )


class _Inquiry:
    """The questions put to one policy."""

    def __init__(self, policy: Policy, context: RuleContext) -> None:
        self.policy = policy
        self.context = context
        self.account = context.options.account_id or _account_in(policy)
        self.caller = Principal.from_arn(f"arn:aws:iam::{self.account}:user/{SELF}")
        self.known: dict[tuple[object, ...], bool] = {}
        """Whether a statement's request for an action, on a resource and for a service, is allowed."""
        self.read: dict[int, tuple[tuple[Matcher, ...] | None, dict[str, ContextValue]]] = {}
        self.spoken: dict[str, list[tuple[Statement, Entry]]] = {}
        for statement in policy:
            if statement.effect == "Allow":
                for action, entry in entries_of_escalation(statement).items():
                    self.spoken.setdefault(action, []).append((statement, entry))

    @cached_property
    def simulator(self) -> Simulator:
        return Simulator(identity=[self.policy])

    def try_path(self, path: EscalationPath) -> OpenPath | None:
        options = [[grant for action in group for grant in self.grants(action, path)] for group in path.groups]
        if not all(options):
            return None
        for grants in islice(product(*options), MOST_CONTEXTS):
            if self.are_allowed_together(grants):
                return OpenPath(path, grants)
        return None

    def speaking(self, action: str) -> list[tuple[Statement, Entry]]:
        """The Allows that speak of an action, and the entry by which they do."""
        return self.spoken.get(action.lower(), [])

    def grants(self, action: str, path: EscalationPath) -> Iterator[Grant]:
        """The requests for an action that single statements allow."""
        existing = path.scope == "existing-resource"
        for statement, entry in self.speaking(action):
            if any(condition.key.lower() in TYING_KEYS for condition in statement.conditions):
                continue
            if existing and star_in(statement.resources) is None:
                continue
            if existing and (not entry.text or ":" not in entry.text or entry.text == "*:*"):
                continue  # whoever allows `*` knows that it holds everything
            patterns, context = self.readings(statement)
            contexts = [context]
            if action == PASS_ROLE:
                contexts = [{**contexts[0], PASSED_TO: service} for service in path.pass_to] or contexts
            wide = existing or action == PASS_ROLE
            for resource in self.resources(action, statement, wide=wide):
                if path.harmless_on_self and resource.endswith(f":user/{SELF}"):
                    continue
                if not may_cover(patterns, resource):
                    continue
                for given in contexts:
                    grant = Grant(action, statement, entry, resource, given)
                    if self.is_allowed_alone(grant):
                        yield grant
                        break

    def readings(self, statement: Statement) -> tuple[tuple[Matcher, ...] | None, dict[str, ContextValue]]:
        """`literal_patterns` and `satisfying` of a statement."""
        found = self.read.get(statement.index)
        if found is None:
            found = self.read[statement.index] = literal_patterns(statement), satisfying(statement)
        return found

    def resources(self, action: str, statement: Statement, *, wide: bool) -> list[str]:
        """Resources to ask about: any of the action's types, and, unless `wide`, what the statement names."""
        found = self.context.catalog.action(action)
        if found is None or found.is_wildcard_only:
            return ["*"]
        service = self.context.catalog.service(found.service)
        kinds = [service.resource_type(each.name) for each in found.resource_types] if service is not None else []
        asked = [self.filled(form) for kind in kinds if kind is not None for form in kind.arn_formats]
        if not wide:
            for entry in statement.resources or ():
                if not is_star(entry.text) and entry.text.startswith("arn:"):
                    arn = self.concrete(entry.text)
                    if any(kind is not None and kind.fits(arn) for kind in kinds):
                        asked.append(arn)
        return list(dict.fromkeys(asked))

    def filled(self, form: str) -> str:
        values = {"Partition": "aws", "Region": "eu-west-1", "Account": self.account}
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], ANY_NAME), form).replace("*", ANY_NAME)

    def concrete(self, pattern: str) -> str:
        """An ARN that fits a pattern, with the caller's own name for a variable."""
        text = re.sub(r"\$\{aws:username[^{}]*\}", SELF, pattern, flags=re.IGNORECASE)
        text = re.sub(r"\$\{[^{}]*\}", ANY_NAME, text)
        segments = (split_arn(text) + ["*"] * _SEGMENTS)[:_SEGMENTS]
        defaults = ("arn", "aws", ANY_NAME, "eu-west-1", self.account, ANY_NAME)
        head = [given if "*" in part else part for part, given in zip(segments[:-1], defaults, strict=False)]
        return ":".join((*head, segments[-1].replace("*", ANY_NAME).replace("?", "x")))

    def are_allowed_together(self, grants: tuple[Grant, ...]) -> bool:
        """Whether one caller in one context can make all the requests."""
        shared: dict[str, ContextValue] = {}
        for grant in grants:
            for key, value in grant.context.items():
                if is_about_caller(key) and shared.setdefault(key.lower(), value) != value:
                    return False
        # What nothing is added to was decided when the grant was made.
        return all(
            shared.keys() <= {key.lower() for key in grant.context} or self.is_allowed(grant, shared)
            for grant in grants
        )

    def is_allowed_alone(self, grant: Grant) -> bool:
        """`is_allowed` with nothing shared, asked once: many paths begin with handing a role on."""
        key = (grant.statement.index, grant.action, grant.resource, grant.context.get(PASSED_TO))
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = self.is_allowed(grant, {})
        return known

    def is_allowed(self, grant: Grant, shared: Mapping[str, ContextValue]) -> bool:
        own = {key.lower() for key in grant.context}
        given = {**grant.context, **{key: value for key, value in shared.items() if key not in own}}
        parts = split_arn(grant.resource)
        account = self.account if grant.resource == "*" or not parts[4:5] or not is_account_id(parts[4]) else None
        request = Request(self.caller, grant.action, Resource(grant.resource, account), given)
        return self.simulator.decide(request) == Decision.ALLOWED.value


def entries_of_escalation(statement: Statement) -> dict[str, Entry]:
    """The actions of paths that a statement speaks of, in lower case, each with the first entry that names it."""
    if statement.actions is None:
        excluded = {name for each in statement.not_actions or () for name in escalation_actions_in(each.text)}
        place = Entry("", statement.element("NotAction"))
        return {name: place for name in escalation_actions_in("*") if name not in excluded}
    found: dict[str, Entry] = {}
    for entry in statement.actions:
        for name in escalation_actions_in(entry.text):
            found.setdefault(name, entry)
    return found


def literal_patterns(statement: Statement) -> tuple[Matcher, ...] | None:
    """Matchers that let through, at the least, each lower-cased resource that the statement's entries match.

    They spare most decisions. Nothing for a statement of which it cannot be told.
    """
    if statement.resources is None:
        return None
    texts = [entry.text for entry in statement.resources]
    if not all(is_star(text) or len(split_arn(text)) == _SEGMENTS for text in texts):
        return None
    named = (re.sub(r"\$\{aws:username[^{}]*\}", SELF, text, flags=re.IGNORECASE) for text in texts)
    return tuple(compile_pattern(re.sub(r"\$\{[^{}]*\}", "*", text).lower()) for text in named)


def may_cover(patterns: tuple[Matcher, ...] | None, resource: str) -> bool:
    if patterns is None or resource == "*":
        return True
    lower = resource.lower()
    return any(fits(lower) for fits in patterns)


def is_about_caller(key: str) -> bool:
    """Whether a key has one value in all requests of a caller in one context, rather than one in each request."""
    lower = key.lower()
    return lower.startswith("aws:") and not lower.startswith(("aws:resource", "aws:request", "aws:tag"))


def _account_in(policy: Policy) -> str:
    for statement in policy:
        for entry in statement.resources or ():
            segments = split_arn(entry.text)
            if len(segments) == _SEGMENTS and is_account_id(segments[4]):
                return segments[4]
    return ANY_ACCOUNT


def satisfying(statement: Statement) -> dict[str, ContextValue]:
    """A context in which the conditions of a statement hold, as far as a simple value of each key can."""
    values: dict[str, ContextValue] = {}
    for entry in (*(statement.resources or ()), *(statement.not_resources or ())):
        for key in variable_keys(entry.text):
            if key.lower() != "aws:username":
                values[key] = ANY_NAME
    for condition in statement.conditions:
        value = _value(condition)
        if value is not None:
            listed = condition.operator.qualifier is not None
            values[condition.key] = [value] if listed else value
    return values


def _value(condition: Condition) -> str | None:
    """A value for which a condition holds; nothing when the key should be left out."""
    operator, first = condition.operator, condition.values[0].text if condition.values else ""
    if operator.base == "Null":
        return None if first.lower() == "true" else ANY_NAME
    if operator.is_negated:
        return {"IpAddress": "198.51.100.7", "Numeric": "-1", "Date": "1999-12-31T00:00:00Z"}.get(
            operator.family, "arn:aws:iam::123456789012:role/other" if operator.family == "Arn" else "another"
        )
    if "LessThan" in operator.base:
        return "-1" if operator.family == "Numeric" else "1999-12-31T00:00:00Z"
    if "GreaterThan" in operator.base:
        return "999999999999" if operator.family == "Numeric" else "2999-12-31T00:00:00Z"
    if operator.family == "IpAddress":
        return first.partition("/")[0]
    if operator.base in ("StringLike", "ArnLike", "ArnEquals"):
        first = first.replace("*", ANY_NAME).replace("?", "x")
    return re.sub(r"\$\{aws:username\}", SELF, first)
