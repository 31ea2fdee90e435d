"""All the policies that bear on one caller, as one side of a comparison.

Source: the numbered steps of `evaluation.decide`; IAM User Guide, reference_policies_evaluation-logic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context, impossible_keys
from policyeval.evaluation.decide import Verdict, decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, PrincipalType, Request, Resource
from policyeval.evaluation.scope import absence
from policyeval.evaluation.trace import Layer
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.proof.caller import speaks_of
from policyeval.proof.domain import ABSENT, Domain
from policyeval.proof.search import Limits, Problem
from policyeval.proof.side import Layer as Terms
from policyeval.proof.side import Side, everything_policy, trimmed
from policyeval.proof.term import BEFORE, Known, Term
from policyeval.syntax.variable import variable_keys, with_keys_renamed

FIXED_KEYS = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:username",
    "aws:resourceaccount",
)
"""Keys that follow from the caller and the resource's owner, so that a request cannot choose them."""


@dataclass(frozen=True)
class Stack:
    """A caller, and all the policies that bear on their requests on resources of their own account.

    The policy of a resource is none of them: what it grants is no part of a question.
    """

    principal: Principal
    policies: PolicySet
    keys: Mapping[str, str] = field(default_factory=dict)
    """Context keys that the account gives every such request, such as its organization."""

    @property
    def account(self) -> str | None:
        return self.principal.account

    def resource(self, arn: str) -> Resource:
        """A resource of the caller's account."""
        return Resource(arn, self.account, self.principal.management_account)

    def known_keys(self, in_play: Iterable[str]) -> Known:
        """The keys whose value follows from who asks, in lower case; `None` for those that such a caller never has,
        among them the tags `in_play` that a user does not have. A session's tags are no such keys: whoever assumes a
        role may pass others (IAM User Guide, id_session-tags)."""
        request = Request(self.principal, "s3:GetObject", self.resource("*"), self.keys)
        fixed = {*FIXED_KEYS, *map(str.lower, self.keys)}
        known: dict[str, str | None] = {key: None for key in impossible_keys(self.principal) if key in FIXED_KEYS}
        has_fixed_tags = self.principal.type is PrincipalType.USER and self.principal.tags is not None
        if has_fixed_tags:
            known |= dict.fromkeys(filter(is_tag_of_caller, in_play))
        for key, value in Context.of(request).items():
            if key in fixed or (has_fixed_tags and is_tag_of_caller(key)):
                known[key] = value.texts[0]
        return known

    def tags(self) -> Mapping[str, str]:
        """The caller's own tags, by key in lower case."""
        return {f"aws:principaltag/{tag.lower()}": value for tag, value in (self.principal.tags or {}).items()}

    def keys_in_play(self) -> set[str]:
        """The keys, in lower case, that a condition or a variable of the policies names."""
        found: set[str] = set()
        for layer in Layer:
            for _, attached in self.policies.layer(layer):
                for statement in attached.policy:
                    found.update(condition.key.lower() for condition in statement.conditions)
                    found.update(key.lower() for entry in _entries(statement) for key in variable_keys(entry.text))
        return found


def is_tag_of_caller(key: str) -> bool:
    return key.startswith("aws:principaltag/")


def _entries(statement: Statement) -> Iterator[Entry]:
    yield from statement.resources or ()
    yield from statement.not_resources or ()
    for condition in statement.conditions:
        yield from condition.values


def limits_of(known: Known) -> Limits:
    """The values of known keys, as limits to a search."""
    return {key: partial(_only, key, value) for key, value in known.items()}


def _only(key: str, value: str | None, domain: Domain) -> int:
    """The values of a domain that no atom can tell from the known one."""
    return domain.like(key, ABSENT if value is None else value)


def stack_problem(new: Stack, budget: int, old: Stack | None = None) -> tuple[Problem, frozenset[str]]:
    """A problem about one caller and resources of their account, before and after a change of the account; and the
    keys that follow from the caller and were others before. Where a role's own tags were others, what a session had and
    has is taken to be independent, which only adds requests."""
    in_play = new.keys_in_play() | (old.keys_in_play() if old is not None else set())
    known = new.known_keys(in_play)
    if old is None:
        return Problem((), budget, known, limits_of(known)), frozenset()
    former = old.known_keys(in_play)
    changed = {key for key, _ in {*known.items()} ^ {*former.items()}}
    own, others = new.tags(), old.tags()
    changed |= {key for key in own.keys() | others.keys() if own.get(key) != others.get(key)}
    known = {**known, **{f"{BEFORE}{key}": former[key] for key in changed & former.keys()}}
    return Problem((), budget, known, limits_of(known)), frozenset(changed)


def as_before(statement: Statement, policy: Policy, changed: frozenset[str], known: Known) -> Statement | None:
    """The statement as it speaks of the caller before the change: keys that `changed` are called by other names.

    Conditions on them are settled where nothing else is compared; nothing is left of a statement that then never holds.
    """

    def name(key: str) -> str:
        return f"{BEFORE}{key}" if key.lower() in changed else key

    def holds(condition: Condition) -> bool:
        value = known.get(f"{BEFORE}{condition.key.lower()}")
        context = Context({} if value is None else {condition.key: value})
        return judge_condition(condition, context, Reading(), has_variables=False, is_allow=True).matched

    def renamed(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        if not policy.has_variables:
            return entries
        return tuple(entry._replace(text=with_keys_renamed(entry.text, name)) for entry in entries)

    settled = [
        one
        for one in statement.conditions
        if f"{BEFORE}{one.key.lower()}" in known
        and not (policy.has_variables and any("${" in v.text for v in one.values))
    ]
    if not all(map(holds, settled)):
        return None
    conditions = [one for one in statement.conditions if one not in settled]
    return replace(
        statement,
        resources=None if statement.resources is None else renamed(statement.resources),
        not_resources=None if statement.not_resources is None else renamed(statement.not_resources),
        conditions=tuple(replace(one, key=name(one.key), values=renamed(one.values)) for one in conditions),
    )


def stack_side(stack: Stack, problem: Problem, changed: frozenset[str] = frozenset()) -> Side:
    """Everything that applies to a caller's requests on resources of their own account.

    A resource's own policy is taken to leave the decision to the account, as the default policy of a KMS key does. Keys
    that `changed` have other values than on the other side (`as_before`).
    """
    return _Layers(stack, problem, changed).side()


class _Layers:
    def __init__(self, stack: Stack, problem: Problem, changed: frozenset[str]) -> None:
        delegation = Attached(everything_policy(stack.account or "*", PolicyKind.RESOURCE))
        self.stack = stack
        self.changed = changed
        self.policies = replace(stack.policies, resource=delegation)
        self.principal = stack.principal
        self.problem = problem
        request = Request(self.principal, "s3:GetObject", stack.resource("*"))
        self.absent = {layer for layer in Layer if absence(layer, request, self.policies) is not None}

    def terms(self, layer: Layer, effect: str, level: int | None = None) -> Terms:
        if layer in self.absent:
            return ()
        return tuple(
            term
            for at, attached in self.policies.layer(layer)
            if level is None or at == level
            for statement in attached.policy
            if statement.effect == effect and (term := self.term(attached.policy, statement)) is not None
        )

    def term(self, policy: Policy, statement: Statement) -> Term | None:
        has_boundary = self.policies.boundary is not None and Layer.BOUNDARY not in self.absent
        callers = 1 if speaks_of(policy, statement, self.principal, has_boundary=has_boundary) else 0
        known = self.problem.letters.known
        spoken = as_before(statement, policy, self.changed, known) if self.changed else statement
        return None if spoken is None else Term(trimmed(spoken, policy), policy, self.problem.letters, callers)

    def common(self) -> Iterator[Terms]:
        """The layers that every request must pass: each level of SCPs, the VPC endpoint, settings."""
        if Layer.SCP not in self.absent and self.policies.scp is not None:
            for level in range(len(self.policies.scp)):
                yield self.terms(Layer.SCP, "Allow", level)
        if self.policies.vpc_endpoint is not None:
            yield self.terms(Layer.VPC_ENDPOINT, "Allow")
        if self.policies.settings is not None and Layer.SETTINGS not in self.absent:
            yield self.terms(Layer.SETTINGS, "Allow")

    def limiting(self) -> Iterator[Terms]:
        """The layers that limit what the caller's own account grants."""
        if self.policies.boundary is not None and Layer.BOUNDARY not in self.absent:
            yield self.terms(Layer.BOUNDARY, "Allow")
        if self.policies.session is not None and Layer.SESSION not in self.absent:
            yield self.terms(Layer.SESSION, "Allow")
        elif self.principal.type is PrincipalType.FEDERATED_USER:
            yield ()

    def side(self) -> Side:
        denies = tuple(term for layer in Layer for term in self.terms(layer, "Deny"))
        common = tuple(self.common())
        own = (self.terms(Layer.IDENTITY, "Allow"), *self.limiting())
        if self.principal.type is PrincipalType.ACCOUNT:
            own = ((Term(_EVERYTHING.statements[0], _EVERYTHING, self.problem.letters, 1),),)
        policies = [attached.policy for layer in Layer for _, attached in self.policies.layer(layer)]
        return Side(denies, ((*own, *common),), self.judge, tuple(policies))

    def judge(self, request: Request) -> Verdict:
        context = {**request.context, **self.stack.keys}
        resource = self.stack.resource(request.resource.arn)
        return decide(self.policies, replace(request, principal=self.principal, resource=resource, context=context))


_EVERYTHING = everything_policy("*", PolicyKind.IDENTITY)
