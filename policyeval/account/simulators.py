"""An account asked many times: each caller's policies are compiled once, and callers share what they have in common.

The twin of `Account.request` and `Account.policy_set`, which a test holds it to: the same policies, found without
looking through the account again for every request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from policyeval.account.account import Account
from policyeval.evaluation.authorisation import is_authorised_on_star
from policyeval.evaluation.index import HeadIndex
from policyeval.evaluation.permissions import Permissions, with_actions_on_star
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource
from policyeval.evaluation.simulator import Simulator
from policyeval.syntax.arn import is_account_id, parse_arn

_CALLER_LIMIT = 65536
_NOBODY = Principal(PrincipalType.ANONYMOUS)


class AccountSimulator:
    """Decides requests by anyone that an account knows.

    `given` are policies beside the account's: identity policies are added, any other layer takes the place of the
    account's. Cost: about 5 µs for a request; a caller's first one compiles what is theirs alone.
    """

    def __init__(self, account: Account, given: PolicySet | None = None, *, use_index: bool = True) -> None:
        self.account = account
        self._given = given
        self._use_index = use_index
        self._callers: dict[str, Principal] = {}
        self._simulators: dict[tuple[int, int, bool], Simulator] = {}
        self._organization_keys: dict[tuple[int, bool], Mapping[str, ContextValue]] = {}
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
    ) -> str:
        """`allowed`, `implicitDeny` or `explicitDeny`; raises `RequestError` as `Account.simulate` does."""
        caller, asked = self.caller(principal), self._resource(resource)
        request = Request(caller, action, asked, self._context(caller, asked, context), time)
        return self._simulator(request).decide(request)

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

    # ---- who and what

    def caller(self, value: str | Mapping[str, object]) -> Principal:
        """As `Account.principal`, and the same object for the same words."""
        key = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
        found = self._callers.get(key)
        if found is None:
            if len(self._callers) >= _CALLER_LIMIT:
                self._callers.clear()
                self._simulators.clear()
                self._organization_keys.clear()
            found = self._callers[key] = self.account.principal(value)
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

    def _context(
        self, caller: Principal, resource: Resource, context: Mapping[str, ContextValue] | None
    ) -> Mapping[str, ContextValue]:
        key = (id(caller), resource.account == self.account.id)
        known = self._organization_keys.get(key)
        if known is None:
            known = self._organization_keys[key] = self.account.organization_keys(caller, resource)
        if not known:
            return {} if context is None else context
        return known if context is None else {**known, **context}

    def _simulator(self, request: Request) -> Simulator:
        """The simulator of all requests with the same caller, the same resource policy and the same kind of owner."""
        attached = self._resource_policy(request)
        key = (id(request.principal), id(attached), request.resource.account == self.account.id)
        found = self._simulators.get(key)
        if found is None:
            policies = replace(self.account.policy_set(request), resource=attached)
            found = self._simulators[key] = Simulator.of(_overlay(policies, self._given), use_index=self._use_index)
        return found

    def _resource_policy(self, request: Request) -> Attached | None:
        arn = request.resource.arn
        if arn == "*" or is_authorised_on_star(request.action.lower()):
            return None
        if ":role/" in arn:
            return self.account.resource_policy(request)
        found = self.account.resources.get(arn)
        if found is not None:
            return found
        return next(self._holding.find(arn), None)  # the longest comes first


def _overlay(base: PolicySet, given: PolicySet | None) -> PolicySet:
    if given is None:
        return base
    return PolicySet(
        identity=(*base.identity, *given.identity),
        resource=given.resource or base.resource,
        boundary=given.boundary or base.boundary,
        session=given.session if given.session is not None else base.session,
        scp=given.scp if given.scp is not None else base.scp,
        rcp=given.rcp if given.rcp is not None else base.rcp,
        vpc_endpoint=given.vpc_endpoint or base.vpc_endpoint,
        settings=base.settings,
    )
