"""Short ways to write policies and to ask about them."""

from __future__ import annotations

from typing import Any

from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Principal, Request
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.proof.outcome import Outcome, Verdict
from policyeval.proof.question import no_new_access
from tests.proof.sampling import allows

Statement = dict[str, Any]
IDENTITY = PolicyKind.IDENTITY


def allow(action: Any = "s3:*", resource: Any = "*", **more: Any) -> Statement:
    """An Allow; `when={"StringEquals": {…}}` is its condition, other keywords are elements."""
    return statement("Allow", action, resource, **more)


def deny(action: Any = "s3:*", resource: Any = "*", **more: Any) -> Statement:
    return statement("Deny", action, resource, **more)


def statement(effect: str, action: Any, resource: Any, **more: Any) -> Statement:
    made: Statement = {"Effect": effect, "Action": action, "Resource": resource}
    when = more.pop("when", None)
    if when is not None:
        made["Condition"] = when
    made.update(more)
    return {name: value for name, value in made.items() if value is not None}


def policy(*statements: Statement, kind: PolicyKind = IDENTITY, version: str = "2012-10-17") -> Policy:
    if not statements:
        return Policy(kind, (), version)
    return Policy.parse({"Version": version, "Statement": list(statements)}, kind)


def ask(new: list[Statement], old: list[Statement], kind: PolicyKind = IDENTITY) -> Outcome:
    """Whether the new statements grant nothing new; a counterexample is tried here as well."""
    new_policy, old_policy = policy(*new, kind=kind), policy(*old, kind=kind)
    outcome = no_new_access(new_policy, old_policy)
    for access in outcome.accesses:
        request = access.counterexample.request
        assert allows(new_policy, request)
        assert not allows(old_policy, request)
    return outcome


def proved(new: list[Statement], old: list[Statement], kind: PolicyKind = IDENTITY) -> bool:
    return ask(new, old, kind).verdict is Verdict.PROVED


def refuted(new: list[Statement], old: list[Statement], kind: PolicyKind = IDENTITY) -> bool:
    return ask(new, old, kind).verdict is Verdict.REFUTED


def counterexample(new: list[Statement], old: list[Statement], kind: PolicyKind = IDENTITY) -> Request:
    return ask(new, old, kind).accesses[0].counterexample.request


def decision(one: Policy, caller: str, action: str, arn: str) -> str:
    request = Request(Principal.from_arn(caller), action, arn)
    return decide(PolicySet(identity=(Attached(one),)), request).decision.value
