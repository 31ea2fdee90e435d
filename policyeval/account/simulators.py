"""An account asked many times: each caller's policies are compiled once, and callers share what they have in common.

The twin of `Account.request` and `Account.policy_set`, which a test holds it to: the same policies, found without
looking through the account again for every request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from policyeval.account.account import Account
from policyeval.evaluation.authorisation import is_authorised_on_star
from policyeval.evaluation.doubts import Doubts
from policyeval.evaluation.index import HeadIndex
from policyeval.evaluation.permissions import Permissions, with_actions_on_star
from policyeval.evaluation.plan import Plan
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.trace import Uncertainty
from policyeval.policy.kind import TRUST_ACTIONS
from policyeval.syntax.arn import is_account_id, parse_arn

if TYPE_CHECKING:
    from policyeval.evaluation.reservations import Reservations

_CALLER_LIMIT = 65536
_PLACE_LIMIT = 16384
_PLAN_LIMIT = 65536
_VALUES_LIMIT = 1024
_NOBODY = Principal(PrincipalType.ANONYMOUS)


class _Place:
    """Resources with one owner and one resource policy, all roles or none; `resource` is one. Equal only to itself."""

    __slots__ = ("resource",)

    def __init__(self, resource: Resource) -> None:
        self.resource = resource


class _KnownDoubts:
    """Doubts about requests that one plan decides, and which values of the keys concerned bring them up."""

    __slots__ = ("doubts", "keys", "known")

    def __init__(self, doubts: Doubts, given: Iterable[str]) -> None:
        self.doubts = doubts
        self.keys = tuple(key for key in given if key.lower() in doubts.keys)
        self.known: dict[tuple[ContextValue, ...], bool] = {}


class _KnownPlan(NamedTuple):
    """A plan, what the account adds to the context of each request that it decides, and what is disputed there."""

    plan: Plan
    keys: Mapping[str, ContextValue]
    doubts: _KnownDoubts | None


class AccountSimulator:
    """Decides requests by anyone that an account knows.

    `given` are policies beside the account's: identity policies are added, any other layer takes the place of the
    account's. Cost: that of the tests of resource and conditions, and half as much again, when the same caller asked
    for the action before, in the same place with the same context keys; a caller's first request compiles what is
    theirs.
    """

    def __init__(self, account: Account, given: PolicySet | None = None, *, use_index: bool = True) -> None:
        self.account = account
        self._given = given
        self._use_index = use_index
        self._callers: dict[str, Principal] = {}
        self._simulators: dict[tuple[int, int, bool], Simulator] = {}
        self._organization_keys: dict[tuple[int, bool], Mapping[str, ContextValue]] = {}
        self._places: dict[tuple[str, bool], _Place] = {}
        self._interned: dict[tuple[int, str | None, bool], _Place] = {}
        self._plans: dict[tuple[str, str, _Place, tuple[str, ...]], _KnownPlan] = {}
        self._holding: HeadIndex[Attached] = HeadIndex(
            (f"{arn}{separator}", attached) for arn, attached in account.resources.items() for separator in "/:"
        )

    # ---- asking

    def decide(
        self,
        principal: str | Mapping[str, object],
        action: str,
        resource: str | Resource | Mapping[str, object] = "*",
        context: Mapping[str, ContextValue] | None = None,
        time: datetime | None = None,
        told: list[Uncertainty] | None = None,
    ) -> str:
        """`allowed`, `implicitDeny` or `explicitDeny`; raises `RequestError` as `Account.simulate` does.

        The disputes on which the decision hangs are added to `told`.
        """
        if isinstance(principal, str) and isinstance(resource, str) and time is None:
            place = self._place(resource, action)
            if place is not None:
                return self._decide_in(place, principal, action, resource, context, told)
        request = self._request(principal, action, resource, context, time)
        return self._simulator(request).decide(request, told)

    def _decide_in(
        self,
        place: _Place,
        principal: str,
        action: str,
        arn: str,
        context: Mapping[str, ContextValue] | None,
        told: list[Uncertainty] | None,
    ) -> str:
        key = (principal, action, place, () if context is None else tuple(context))
        known = self._plans.get(key)
        if known is None or not _holds_texts(context):
            return self._decide_first(key, self._request(principal, action, arn, context, None), told)
        plan, keys, doubts = known
        if doubts is not None and told is not None:
            self._tell(doubts, key, arn, context, told)
        if keys:
            context = keys if context is None else {**keys, **context}
        return plan.decide(arn, place.resource, {} if context is None else context)  # type: ignore[arg-type]  # texts

    def _tell(
        self,
        known: _KnownDoubts,
        key: tuple[str, str, _Place, tuple[str, ...]],
        arn: str,
        context: Mapping[str, ContextValue] | None,
        told: list[Uncertainty],
    ) -> None:
        """Ask the reference, unless nothing disputed comes up with these values."""
        doubts = known.doubts
        hangs_on_values_alone = not doubts.arns and not doubts.of_session
        values = () if context is None else tuple([context[name] for name in known.keys])
        if hangs_on_values_alone and known.known.get(values) is False:
            return
        request = self._request(key[0], key[1], arn, context, None)
        if hangs_on_values_alone and values not in known.known:
            if len(known.known) >= _VALUES_LIMIT:
                known.known.clear()
            known.known[values] = doubts.come_up(request)
            if not known.known[values]:
                return
        told += self._simulator(request).uncertain(request)

    def _decide_first(
        self, key: tuple[str, str, _Place, tuple[str, ...]], request: Request, told: list[Uncertainty] | None
    ) -> str:
        """Decide a request in full, and keep the plan for others like it."""
        simulator = self._simulator(request)
        plan = simulator.plan(request)
        if plan is not None:
            if len(self._plans) >= _PLAN_LIMIT:
                self._plans.clear()
            doubts = simulator.doubts(request)
            self._plans[key] = _KnownPlan(
                plan,
                self._known_keys(request.principal, request.resource),
                None if doubts is None else _KnownDoubts(doubts, key[3]),
            )
        return simulator.decide(request, told)

    def _request(
        self,
        principal: str | Mapping[str, object],
        action: str,
        resource: str | Resource | Mapping[str, object],
        context: Mapping[str, ContextValue] | None,
        time: datetime | None,
    ) -> Request:
        caller, asked = self.caller(principal), self._resource(resource)
        return Request(caller, action, asked, self._context(caller, asked, context), time)

    def permissions(
        self,
        principal: str | Mapping[str, object],
        resource: str | Resource | Mapping[str, object] = "*",
        context: Mapping[str, ContextValue] | None = None,
        time: datetime | None = None,
    ) -> Permissions:
        """What a caller may do on a resource: the decision about every action of the catalog."""
        caller, asked = self.caller(principal), self._resource(resource)
        whole = self._context(caller, asked, context)
        # Of all actions one that a role's trust policy speaks of too; the evaluator leaves it aside for the others.
        own = self._simulator(Request(caller, "sts:AssumeRole", asked, whole))
        found = own.permissions(caller, asked, whole, time)
        if asked.arn == "*":
            return found
        # No resource policy has a say about actions that are authorised against `*`.
        on_star = self._simulator(Request(caller, "sts:AssumeRole", replace(asked, arn="*"), whole))
        return with_actions_on_star(found, on_star.permissions(caller, replace(asked, arn="*"), whole, time))

    def reservations(
        self,
        found: Permissions,
        principal: str | Mapping[str, object],
        resource: str | Resource | Mapping[str, object] = "*",
        context: Mapping[str, ContextValue] | None = None,
        time: datetime | None = None,
    ) -> Reservations:
        """Under what reservation `permissions` of the same caller, resource, context and time were found."""
        asked = self._request(principal, "sts:AssumeRole", resource, context, time)
        return self._simulator(asked).reservations(asked, found)

    # ---- who and what

    def caller(self, value: str | Mapping[str, object]) -> Principal:
        """As `Account.principal`, and the same object for the same words; given identity policies describe anyone."""
        key = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
        found = self._callers.get(key)
        if found is None:
            if len(self._callers) >= _CALLER_LIMIT:
                self._callers.clear()
                self._simulators.clear()
                self._organization_keys.clear()
            described = self._given is not None and bool(self._given.identity)
            found = self._callers[key] = self.account.principal(value, described=described)
        return found

    def _resource(self, value: str | Resource | Mapping[str, object]) -> Resource:
        """As `Account.request` completes it: owned by the account unless it says otherwise."""
        account = self.account
        if isinstance(value, str) and value != "*":
            arn = parse_arn(value)
            if arn.partition == account.partition:
                owner = arn.account if is_account_id(arn.account) else account.id
                return Resource(value, owner, account.organization.management_account and owner == account.id)
        return account.request(_NOBODY, "none:None", value).resource

    def _place(self, arn: str, action: str) -> _Place | None:
        """Where a resource lies for an action; nothing for what is no ARN of the account's partition.

        Resources that differ after their last slash alone lie in one place, unless one has a policy of its own: what
        holds a resource ends before a slash or a colon. A role by itself lies in one for the actions of assuming it,
        of which alone its trust policy speaks, and in another for all others.
        """
        is_role = ":role/" in arn
        assumed = is_role and action.lower() in TRUST_ACTIONS
        head, slash, tail = arn.rpartition("/")
        if is_role or not slash or ":" in tail or head[-1:] == ":" or arn in self.account.resources:
            head = arn
        place = self._places.get((head, assumed))
        if place is None:
            if arn != "*" and parse_arn(arn).partition != self.account.partition:
                return None
            resource = self._resource(arn)
            attached = self._resource_policy(Request(_NOBODY, action, resource)) if is_role else self._held_policy(arn)
            if len(self._interned) >= _PLACE_LIMIT:  # owners are as many as requests name
                self._interned.clear()
            place = self._interned.setdefault((id(attached), resource.account, is_role), _Place(resource))
            if len(self._places) >= _PLACE_LIMIT:
                self._places.clear()
            self._places[head, assumed] = place
        return place

    def _context(
        self, caller: Principal, resource: Resource, context: Mapping[str, ContextValue] | None
    ) -> Mapping[str, ContextValue]:
        known = self._known_keys(caller, resource)
        if not known:
            return {} if context is None else context
        return known if context is None else {**known, **context}

    def _known_keys(self, caller: Principal, resource: Resource) -> Mapping[str, ContextValue]:
        """The context keys that the account gives a caller, which the request's own override."""
        key = (id(caller), resource.account == self.account.id)
        known = self._organization_keys.get(key)
        if known is None:
            known = self._organization_keys[key] = self.account.organization_keys(caller, resource)
        return known

    def _simulator(self, request: Request) -> Simulator:
        """The simulator of all requests with the same caller, the same resource policy and the same kind of owner."""
        attached = self._resource_policy(request)
        key = (id(request.principal), id(attached), request.resource.account == self.account.id)
        found = self._simulators.get(key)
        if found is None:
            policies = replace(self.account.policy_set(request), resource=attached)
            if self._given is not None:
                policies = policies.beside(self._given)
            found = self._simulators[key] = Simulator.of(policies, use_index=self._use_index)
        return found

    def _resource_policy(self, request: Request) -> Attached | None:
        arn = request.resource.arn
        if arn == "*" or is_authorised_on_star(request.action.lower()):
            return None
        if ":role/" in arn:
            return self.account.resource_policy(request)
        return self._held_policy(arn)

    def _held_policy(self, arn: str) -> Attached | None:
        """As `Account.resource_policy` of what is no role: the resource's own, or that of what holds it."""
        found = self.account.resources.get(arn)
        if found is not None:
            return found
        return next(self._holding.find(arn), None)  # the longest comes first


def _holds_texts(context: Mapping[str, ContextValue] | None) -> bool:
    if context is not None:
        for value in context.values():
            if value.__class__ is not str:
                return False
    return True
