"""One side of a comparison: what must hold for a request to be allowed, as a formula over statements.

    allowed = no Deny matches, and on some path every layer has an Allow that matches

This is AWS's order of evaluation (`evaluation.decide`) with everything fixed that a question fixes. A side can also
decide one request by that very evaluator, which is how every counterexample is replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from policyeval.evaluation.decide import Verdict, decide
from policyeval.evaluation.policies import Attached, PolicySet, about_action
from policyeval.evaluation.request import Principal, PrincipalType, Request
from policyeval.evaluation.scope import ALWAYS_ALLOWED, is_rcp_action
from policyeval.evaluation.trace import Decision
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Entry, Policy, Statement
from policyeval.proof.caller import FRESH_ACCOUNTS, speaks_of
from policyeval.proof.search import Problem
from policyeval.proof.term import Term

Layer = tuple[Term, ...]
"""Allow statements of which one must match."""


@dataclass(frozen=True)
class Side:
    """The statements of one side, and its evaluator."""

    denies: tuple[Term, ...]
    paths: tuple[tuple[Layer, ...], ...]
    decide: Callable[[Request], Verdict]
    policies: tuple[Policy, ...]

    def allows(self, request: Request) -> bool:
        return self.decide(request).decision is Decision.ALLOWED

    @property
    def terms(self) -> tuple[Term, ...]:
        return (*self.denies, *(term for path in self.paths for layer in path for term in layer))


def policy_side(policies: Sequence[Policy], kind: PolicyKind, problem: Problem) -> Side:
    """The policies of one kind by themselves, when every other layer lets the request pass; several are a union."""
    terms = [compiled(statement, policy, problem) for policy in policies for statement in policy]
    problem.note_set_operators(term.statement for term in terms)
    denies = tuple(term for term in terms if term.statement.effect == "Deny")
    allows = tuple(term for term in terms if term.statement.effect == "Allow")
    if kind is PolicyKind.RCP:
        allows = (Term(EVERYTHING.statements[0], EVERYTHING, problem.letters, problem.every_caller),)
    judge = _judge(tuple(policies), kind)
    return Side(denies, ((allows,),), judge, tuple(policies))


def compiled(statement: Statement, policy: Policy, problem: Problem) -> Term:
    """The term of a statement, with the callers of whom it speaks."""
    spoken_of = problem.every_caller
    if problem.callers:
        spoken_of = sum(1 << at for at, one in enumerate(problem.callers) if speaks_of(policy, statement, one))
    return Term(trimmed(statement, policy), policy, problem.letters, spoken_of)


def trimmed(statement: Statement, policy: Policy) -> Statement:
    """The statement itself; an RCP's keeps only the actions that RCPs reach."""
    if policy.kind is not PolicyKind.RCP:
        return statement
    return replace(statement, actions=tuple(e for e in statement.actions or () if is_rcp_action(e.text)))


def needs_no_permission(problem: Problem) -> Term:
    """The requests that every policy leaves alone: callers with credentials may always do these, and be denied never.

    Source: STS API Reference, GetCallerIdentity and GetSessionToken (`evaluation.scope.ALWAYS_ALLOWED`).
    """
    signed = problem.every_caller
    if problem.callers:
        signed = sum(1 << at for at, caller in enumerate(problem.callers) if caller.is_signed)
    actions = tuple(Entry(action, "") for action in sorted(ALWAYS_ALLOWED))
    statement = replace(EVERYTHING.statements[0], actions=actions)
    return Term(statement, EVERYTHING, problem.letters, signed)


@lru_cache(maxsize=64)
def everything_policy(principal: str, kind: PolicyKind) -> Policy:
    """A policy that allows everything, to one principal where its kind names principals."""
    statement: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if kind.elements.principal:
        statement["Principal"] = {"AWS": principal}
    return Policy.parse({"Version": "2012-10-17", "Statement": [statement]}, kind, "everything")


EVERYTHING = everything_policy("*", PolicyKind.IDENTITY)


def _judge(policies: tuple[Policy, ...], kind: PolicyKind) -> Callable[[Request], Verdict]:
    """The evaluator with every other layer open.

    A resource or trust policy is asked about another account's caller, whose own policies allow everything, so that
    it can leave nothing to them. Every other kind is asked about the caller's own account, where the resource's own
    policy delegates to it (as the default policy of a KMS key does).
    """
    all_identity = (Attached(EVERYTHING),)

    def judge(request: Request) -> Verdict:
        action = request.action.lower()
        attached = tuple(Attached(about_action(policy, action)) for policy in policies)
        account = request.principal.account or "*"
        # A federated user has no rights but those of session policies (semantics section 12, no. 4).
        is_federated = request.principal.type is PrincipalType.FEDERATED_USER
        session = all_identity if is_federated else None
        delegation = Attached(everything_policy(account, PolicyKind.RESOURCE))
        if kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
            layers = PolicySet(identity=all_identity, resource=attached[0], session=session)
        elif kind is PolicyKind.SCP:
            layers = PolicySet(identity=all_identity, resource=delegation, scp=(attached,))
        elif kind is PolicyKind.RCP:
            layers = PolicySet(identity=all_identity, resource=delegation, rcp=(attached,))
        elif kind is PolicyKind.VPC_ENDPOINT:
            open_policy = Attached(everything_policy("*", PolicyKind.RESOURCE))
            layers = PolicySet(identity=all_identity, resource=open_policy, vpc_endpoint=attached[0], session=session)
        elif kind is PolicyKind.BOUNDARY:
            layers = PolicySet(identity=all_identity, resource=delegation, boundary=attached[0])
        else:
            layers = PolicySet(identity=attached, resource=delegation)
        return decide(layers, request)

    return judge


def owner(kind: PolicyKind, principal: Principal) -> str | None:
    """The account that owns the resource in a question about one kind of policy; see `_judge`."""
    if kind not in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        return principal.account
    return next(account for account in FRESH_ACCOUNTS if account != principal.account)
