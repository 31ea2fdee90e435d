"""All the policies that bear on one caller, as one side of a comparison.

Source: the numbered steps of `evaluation.decide`; IAM User Guide, reference_policies_evaluation-logic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from policyeval.evaluation.context import derive, impossible_keys
from policyeval.evaluation.decide import Verdict, decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.principals import judge_principal
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, PrincipalType, Request, Resource
from policyeval.evaluation.scope import absence, needs_resource_policy
from policyeval.evaluation.trace import Layer, PrincipalClass
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, Statement
from policyeval.proof.domain import ABSENT, Domain
from policyeval.proof.search import Limits, Problem
from policyeval.proof.side import Layer as Terms
from policyeval.proof.side import Side, everything_policy, trimmed
from policyeval.proof.term import Known, Term

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


def known_keys(principal: Principal, resource: Resource) -> Known:
    """The keys whose value follows from who asks, in lower case; `None` for those that such a caller never has."""
    derived = {key.lower(): value for key, value in derive(Request(principal, "s3:GetObject", resource)).items()}
    known: dict[str, str | None] = {key: None for key in impossible_keys(principal) if key in FIXED_KEYS}
    held = {key: value for key, value in derived.items() if isinstance(value, str)}
    known |= {key: held[key] for key in held if key in FIXED_KEYS or key.startswith("aws:principaltag/")}
    return known


def limits_of(known: Known) -> Limits:
    """The values of known keys, as limits to a search."""
    return {key: partial(_only, key, value) for key, value in known.items()}


def _only(key: str, value: str | None, domain: Domain) -> int:
    """The values of a domain that no atom can tell from the known one."""
    return domain.like(key, ABSENT if value is None else value)


def stack_problem(principal: Principal, owner: str | None, budget: int) -> Problem:
    """A problem about one caller and resources of one account."""
    known = known_keys(principal, Resource("*", owner))
    return Problem((), budget, known, limits_of(known))


def stack_side(policies: PolicySet, principal: Principal, resource: Resource, problem: Problem) -> Side:
    """Everything that applies to a caller's requests on resources of one account.

    `resource` is what the resource policy is attached to, or any resource of the account when there is none; such a
    resource's own policy is then taken to leave the decision to the account, as the default policy of a KMS key does.
    """
    return _Stack(policies, principal, resource, problem).side()


class _Stack:
    def __init__(self, policies: PolicySet, principal: Principal, resource: Resource, problem: Problem) -> None:
        delegation = Attached(everything_policy(principal.account or "*", PolicyKind.RESOURCE))
        self.policies = policies if policies.resource is not None else replace(policies, resource=delegation)
        self.own_resource = policies.resource
        self.principal = principal
        self.problem = problem
        request = Request(principal, "s3:GetObject", resource)
        self.needs_resource_policy = needs_resource_policy(Request(principal, "sts:AssumeRole", resource))
        self.absent = {layer for layer in Layer if absence(layer, request, self.policies) is not None}
        self.absent -= {Layer.RCP} if not _is_exempt(principal, resource) else set()
        self.absent -= {Layer.RESOURCE}

    def terms(self, layer: Layer, effect: str, level: int | None = None) -> Terms:
        if layer in self.absent:
            return ()
        return tuple(
            self.term(attached.policy, statement)
            for at, attached in self.policies.layer(layer)
            if level is None or at == level
            for statement in attached.policy
            if statement.effect == effect
        )

    def term(self, policy: Policy, statement: Statement) -> Term:
        callers = 1 if self.principal_class(policy, statement) is not None else 0
        return Term(trimmed(statement, policy), policy, self.problem.letters, callers)

    def principal_class(self, policy: Policy, statement: Statement) -> PrincipalClass | None:
        """How a statement speaks of the caller; `WILD` for kinds of policy that name no principals."""
        if not policy.kind.elements.principal:
            return PrincipalClass.WILD
        has_boundary = self.policies.boundary is not None and Layer.BOUNDARY not in self.absent
        is_trust = policy.kind is PolicyKind.TRUST
        return judge_principal(statement, self.principal, Reading(), has_boundary=has_boundary, is_trust=is_trust)[1]

    def granting(self, *classes: PrincipalClass) -> Terms:
        """The Allows of the resource policy that speak of the caller by one of the classes."""
        return tuple(
            term
            for term in self.terms(Layer.RESOURCE, "Allow")
            if self.principal_class(term.policy, term.statement) in classes
        )

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
        paths: list[tuple[Terms, ...]] = []
        if self.own_resource is not None:
            paths.append((self.granting(PrincipalClass.WILD, PrincipalClass.DIRECT), *common))
            paths.append((self.granting(PrincipalClass.ROLE), *self.limiting(), *common))
            if self.needs_resource_policy:
                own = (*own, self.granting(PrincipalClass.ACCOUNT))
        paths.append((*own, *common))
        policies = [attached.policy for layer in Layer for _, attached in self.policies.layer(layer)]
        return Side(denies, tuple(paths), self.judge, tuple(policies))

    def judge(self, request: Request) -> Verdict:
        return decide(self.policies, request)


_EVERYTHING = everything_policy("*", PolicyKind.IDENTITY)


def _is_exempt(principal: Principal, resource: Resource) -> bool:
    """Whether RCPs bind no request of the caller on the account's resources."""
    return principal.service_linked or resource.management_account
