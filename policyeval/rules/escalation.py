"""Which paths of privilege escalation a policy leaves open, decided by the evaluator.

A path is open when there are requests of one caller, in one context, that are allowed for an action of each of its
groups. Candidates are made of the statements that allow an action: a resource that they cover, and a context in which
their conditions hold and those of the Denies do not; `decide` has the last word, so a Deny counts exactly where no
caller can get past it.

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
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import CURRENT_VERSION, Entry, Policy, PrincipalEntry, Statement
from policyeval.rules.breadth import is_star, star_in
from policyeval.rules.contract import RuleContext
from policyeval.rules.escalation_remarks import escalation_actions_in
from policyeval.rules.escaping import ANY_NAME, HOLDER, TYING_KEYS, Escape, asked_in, is_about_caller, satisfying
from policyeval.syntax.arn import is_account_id, split_arn
from policyeval.syntax.wildcard import Matcher, compile_pattern

ANY_ACCOUNT = "123456789012"
PASS_ROLE = "iam:PassRole"
ASSUME_ROLE = "sts:AssumeRole"
PASSED_TO = "iam:PassedToService"
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
        self.known: dict[tuple[object, ...], dict[str, ContextValue] | None] = {}
        """The context in which a statement's request for an action, on a resource and for a service, is allowed."""
        self.read: dict[int, tuple[tuple[Matcher, ...] | None, dict[str, ContextValue]]] = {}
        self.spoken: dict[str, list[tuple[Statement, Entry]]] = {}
        for statement in policy:
            if statement.effect == "Allow":
                for action, entry in entries_of_escalation(statement).items():
                    self.spoken.setdefault(action, []).append((statement, entry))

    @cached_property
    def simulator(self) -> Simulator:
        trust = trusting(self.account) if ASSUME_ROLE.lower() in self.spoken else None
        return Simulator(identity=[self.policy], resource=trust)

    @cached_property
    def escape(self) -> Escape | None:
        """The way past Denies, where the policy has any that there may be a way past."""
        found = Escape(self.policy, self.simulator)
        return found if found.is_thinkable else None

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
                if path.harmless_on_self and resource.endswith(f":user/{HOLDER}"):
                    continue
                if not may_cover(patterns, resource):
                    continue
                for given in contexts:
                    grant = Grant(action, statement, entry, resource, given)
                    if self.context_alone(grant) is not None:
                        yield grant
                        break

    def readings(self, statement: Statement) -> tuple[tuple[Matcher, ...] | None, dict[str, ContextValue]]:
        """`literal_patterns` and `satisfying` of a statement."""
        found = self.read.get(statement.index)
        if found is None:
            found = self.read[statement.index] = (
                literal_patterns(statement),
                satisfying(statement, self.policy.has_variables),
            )
        return found

    def resources(self, action: str, statement: Statement, *, wide: bool) -> list[str]:
        """Resources to ask about: any of the action's types, and, unless `wide`, what the statement names."""
        found = self.context.catalog.action(action)
        if found is None or found.is_wildcard_only:
            return ["*"]
        service = self.context.catalog.service(found.service)
        kinds = [service.resource_type(each.name) for each in found.resource_types] if service is not None else []
        partitions = partitions_of(statement)
        asked = [
            self.filled(form, partition)
            for kind in kinds
            if kind is not None
            for form in kind.arn_formats
            for partition in partitions
        ]
        if not wide:
            for entry in statement.resources or ():
                if not is_star(entry.text) and entry.text.startswith("arn:"):
                    arn = self.concrete(entry.text)
                    if any(kind is not None and kind.fits(arn) for kind in kinds):
                        asked.append(arn)
        return list(dict.fromkeys(asked))

    def filled(self, form: str, partition: str) -> str:
        values = {"Partition": partition, "Region": "eu-west-1", "Account": self.account}
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], ANY_NAME), form).replace("*", ANY_NAME)

    def concrete(self, pattern: str) -> str:
        """An ARN that fits a pattern, with the caller's own name for a variable."""
        text = re.sub(r"\$\{aws:username[^{}]*\}", HOLDER, pattern, flags=re.IGNORECASE)
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
        alone = [self.context_alone(grant) for grant in grants]
        added = [
            not shared.keys() <= {key.lower() for key in grant.context} or found != grant.context
            for grant, found in zip(grants, alone, strict=True)
        ]
        if not any(added):
            return True
        requests = [self.request(grant, shared) for grant in grants]
        if all(map(self.is_allowed, requests)):
            return True
        return self.escape is not None and self.escape.contexts(requests) is not None

    def context_alone(self, grant: Grant) -> dict[str, ContextValue] | None:
        """A context in which one request is allowed, found once: many paths begin with handing a role on."""
        key = (grant.statement.index, grant.action, grant.resource, grant.context.get(PASSED_TO))
        if key not in self.known:
            request = self.request(grant, {})
            found = [dict(grant.context)] if self.is_allowed(request) else None
            if found is None and self.escape is not None:
                found = self.escape.contexts([request])
            self.known[key] = found[0] if found is not None else None
        return self.known[key]

    def request(self, grant: Grant, shared: Mapping[str, ContextValue]) -> Request:
        """As if the resource were of the holder's account, whichever the ARN names: a policy may be for several."""
        own = {key.lower() for key in grant.context}
        given = {**grant.context, **{key: value for key, value in shared.items() if key not in own}}
        parts = split_arn(grant.resource)
        partition = parts[1] if len(parts) == _SEGMENTS else "aws"
        caller = Principal.from_arn(f"arn:{partition}:iam::{self.account}:user/{HOLDER}")
        return Request(caller, grant.action, Resource(grant.resource, self.account), given)

    def is_allowed(self, request: Request) -> bool:
        return self.simulator.decide(asked_in(request, request.context)) == Decision.ALLOWED.value


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
    named = (re.sub(r"\$\{aws:username[^{}]*\}", HOLDER, text, flags=re.IGNORECASE) for text in texts)
    return tuple(compile_pattern(re.sub(r"\$\{[^{}]*\}", "*", text).lower()) for text in named)


def may_cover(patterns: tuple[Matcher, ...] | None, resource: str) -> bool:
    if patterns is None or resource == "*":
        return True
    lower = resource.lower()
    return any(fits(lower) for fits in patterns)


def trusting(account: str) -> Policy:
    """The trust policy of a role that leaves to its account who may assume it. To other actions it says nothing."""
    principal = PrincipalEntry("AWS", account, "/Statement/0/Principal/AWS")
    action = Entry(ASSUME_ROLE, "/Statement/0/Action")
    statement = Statement(0, "/Statement/0", "Allow", principals=(principal,), actions=(action,))
    return Policy(PolicyKind.TRUST, (statement,), CURRENT_VERSION, name="a role's trust policy")


def partitions_of(statement: Statement) -> list[str]:
    """The partitions that the resources of a statement name; the usual one where they name none."""
    found = [split_arn(entry.text)[1:2] for entry in statement.resources or ()]
    named = dict.fromkeys(part for parts in found for part in parts if part.startswith("aws") and "*" not in part)
    return list(named) or ["aws"]


def _account_in(policy: Policy) -> str:
    for statement in policy:
        for entry in statement.resources or ():
            segments = split_arn(entry.text)
            if len(segments) == _SEGMENTS and is_account_id(segments[4]):
                return segments[4]
    return ANY_ACCOUNT
