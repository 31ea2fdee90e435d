"""Every action of the catalog decided at once: the twin of `decide.py` over sets of actions.

For a fixed caller, resource and context a statement's resource and conditions are judged once, whatever the number of
actions; what is left is the algebra of the statements' action sets. Actions without resource-level permissions are
authorised against `*`, so statements are judged a second time for these.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from policyeval.evaluation.action_sets import ActionSets, action_sets
from policyeval.evaluation.applicability import actions_on
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.decide import decide
from policyeval.evaluation.keys import GivenContext
from policyeval.evaluation.matching import LISTING_BUCKETS
from policyeval.evaluation.plan import is_bucket_arn, is_kms_key_arn, is_role_arn
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import PrincipalType, Request, Resource
from policyeval.evaluation.scope import ALWAYS_ALLOWED, BUCKET_POLICY_ACTIONS
from policyeval.evaluation.trace import Decision, Layer, PrincipalClass
from policyeval.evaluation.view import SpokenStatement, View
from policyeval.policy.kind import TRUST_ACTIONS


class Permissions:
    """The decision about every action of the catalog, for one caller, resource and context.

    The five sets are disjoint and together the whole catalog. `not_applicable` are the actions that do not work on a
    resource of the given type (`s3:PutObject` on a bucket), and `without_resource` those that work on no particular
    resource at all when one was asked about (`s3:ListAllMyBuckets`): AWS asks about neither. Sets of names are made
    when they are first asked for; `allowed_bits` and its like are the same as `ActionSets` has them.
    """

    def __init__(self, sets: ActionSets, allowed: int, explicit: int, on_type: int | None) -> None:
        """`on_type` are the actions that work on the type of the resource; nothing for `*`, no particular one."""
        self.sets = sets
        applicable = sets.everything if on_type is None else on_type
        self.without_resource_bits = 0 if on_type is None else sets.table.wildcard_only & ~on_type
        self.fits_no_type = on_type == 0
        """Whether the resource is of no type that the catalog has, so that nothing can be said about it."""
        self.allowed_bits = allowed & applicable
        self.explicit_bits = explicit & applicable
        self.implicit_bits = applicable & ~(allowed | explicit)
        self.not_applicable_bits = sets.everything & ~applicable & ~self.without_resource_bits
        self.decided = (allowed, explicit)
        """The allowed and the explicitly denied actions, whether they apply to the resource or not."""

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The actions that the caller may do, as AWS spells them."""
        return frozenset(self.sets.names(self.allowed_bits))

    @cached_property
    def explicitly_denied(self) -> frozenset[str]:
        return frozenset(self.sets.names(self.explicit_bits))

    @cached_property
    def implicitly_denied(self) -> frozenset[str]:
        return frozenset(self.sets.names(self.implicit_bits))

    @cached_property
    def not_applicable(self) -> frozenset[str]:
        return frozenset(self.sets.names(self.not_applicable_bits))

    @cached_property
    def without_resource(self) -> frozenset[str]:
        return frozenset(self.sets.names(self.without_resource_bits))

    @property
    def applicable_bits(self) -> int:
        """The actions that are decided: allowed, denied explicitly or implicitly."""
        return self.allowed_bits | self.explicit_bits | self.implicit_bits

    def decision(self, action: str) -> str | None:
        """What a request for an action would get, applicable or not; nothing for one that the catalog does not have."""
        at = self.sets.table.index(action)
        if at is None:
            return None
        allowed, explicit = self.decided
        if allowed >> at & 1:
            return Decision.ALLOWED.value
        return Decision.EXPLICIT_DENY.value if explicit >> at & 1 else Decision.IMPLICIT_DENY.value

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every applicable action with its decision, in order."""
        allowed, explicit = (set(self.sets.names(bits)) for bits in self.decided)
        for name in self.sets.names(self.applicable_bits):
            if name in allowed:
                yield name, Decision.ALLOWED.value
            else:
                yield name, Decision.EXPLICIT_DENY.value if name in explicit else Decision.IMPLICIT_DENY.value


class _Masks(NamedTuple):
    """The sets of actions that AWS treats apart."""

    always_allowed: int
    trust: int
    barred: int
    rescue: int
    rcp: int


@lru_cache(maxsize=1)
def _masks() -> _Masks:
    from policyeval.catalog.catalog import catalog

    sets = action_sets()
    return _Masks(
        always_allowed=sets.of_names(ALWAYS_ALLOWED),
        trust=sets.of_names(TRUST_ACTIONS),
        barred=sets.of_names({"sts:assumerole"}),
        rescue=sets.of_names(BUCKET_POLICY_ACTIONS),
        rcp=sets.of_services(catalog().rcp_services),
    )


def sets_that_rules_name() -> Iterator[int]:
    """The sets of actions that AWS treats apart by their names, and those that are authorised against `*`."""
    yield from _masks()
    yield action_sets().of_names({LISTING_BUCKETS})
    yield action_sets().table.wildcard_only


def decide_actions(view: View, resource: Resource, context: GivenContext) -> Permissions:
    """The permissions of a view's caller on a resource."""
    sets = action_sets()
    if resource.arn == "*":
        allowed, explicit = _Algebra(view, "*", resource, context).decide()
        return Permissions(sets, allowed, explicit, None)
    on_star = sets.table.wildcard_only
    allowed, explicit = _Algebra(view, resource.arn, resource, context).decide()
    star_allowed, star_explicit = _Algebra(view, "*", resource, context).decide()
    return Permissions(
        sets,
        allowed & ~on_star | star_allowed & on_star,
        explicit & ~on_star | star_explicit & on_star,
        actions_on(resource.arn),
    )


def with_actions_on_star(found: Permissions, on_star: Permissions) -> Permissions:
    """The permissions on a resource, with the actions that are authorised against `*` taken from those on `*`."""
    sets = found.sets
    starred = sets.table.wildcard_only
    allowed, explicit = (
        own & ~starred | other & starred for own, other in zip(found.decided, on_star.decided, strict=True)
    )
    return Permissions(sets, allowed, explicit, found.applicable_bits)


def decide_actions_one_by_one(policies: PolicySet, request: Request) -> Permissions:
    """The same by the reference, an action at a time: a second or more."""
    sets = action_sets()
    allowed = explicit = 0
    for index, name in enumerate(sets.table.names):
        asked = Request(request.principal, name, request.resource, request.context, request.time)
        decision = decide(policies, authorised_request(asked)).decision
        if decision is Decision.ALLOWED:
            allowed |= 1 << index
        elif decision is Decision.EXPLICIT_DENY:
            explicit |= 1 << index
    arn = request.resource.arn
    return Permissions(sets, allowed, explicit, None if arn == "*" else actions_on(arn))


class _Algebra:
    """The steps of `decide.py`, for one ARN or `*`, over sets of actions."""

    def __init__(self, view: View, arn: str, resource: Resource, context: GivenContext) -> None:
        self._view = view
        self._arn = arn
        self._resource = resource
        self._everything = action_sets().everything
        self._masks = _masks()
        self._denied = 0
        self._allowed_by: dict[tuple[Layer, int | PrincipalClass | None], int] = {}
        for statement, test in view.tested_statements():
            if test(arn, context) and self._has_say(statement.layer):
                self._add(statement)

    def _add(self, statement: SpokenStatement) -> None:
        """Add the actions of a statement that matches, to what is denied or to what its part of a layer allows."""
        layer, actions = statement.layer, statement.compiled.action_set
        if layer in (Layer.RCP, Layer.RESOURCE):
            actions &= self._speaking(layer)
        if statement.effect == "Deny":
            self._denied |= actions
            return
        part = (layer, statement.principal_class if layer is Layer.RESOURCE else statement.level)
        known = self._allowed_by.get(part)
        self._allowed_by[part] = actions if known is None else known | actions

    def _has_say(self, layer: Layer) -> bool:
        return layer is not Layer.RCP or not self._resource.management_account

    def _speaking(self, layer: Layer) -> int:
        """The actions about which a layer is consulted."""
        if layer is Layer.RCP:
            return self._masks.rcp
        if layer is Layer.RESOURCE:
            principal, owner = self._view.principal, self._resource.account
            if is_role_arn(self._arn):
                return self._masks.trust & ~(self._masks.barred if principal.type is PrincipalType.ACCOUNT else 0)
            if principal.type is PrincipalType.ACCOUNT and is_bucket_arn(self._arn):
                return self._everything & (~self._masks.rescue if owner in (None, principal.account) else -1)
        return self._everything

    def _granted_to(self, *classes: PrincipalClass) -> int:
        """What the resource policy allows to the caller by some classes."""
        granted = 0
        for principal_class in classes:
            granted |= self._allowed_by.get((Layer.RESOURCE, principal_class), 0)
        return granted

    def _limit(self, layer: Layer) -> int:
        """What a layer leaves that must allow if it is there at all."""
        return self._allowed_by.get((layer, None), 0) if self._view.is_present(layer) else self._everything

    def decide(self) -> tuple[int, int]:
        """The allowed and the explicitly denied actions."""
        principal = self._view.principal
        # 0
        always = self._masks.always_allowed if principal.is_signed else 0
        if self._arn != "*" and not self._arn.startswith(self._view.partition):
            return always, 0
        # 1
        denied = self._denied & ~always
        return (self._allowed() & ~denied) | always, denied

    def _allowed(self) -> int:
        principal = self._view.principal
        # 3 and 4
        left = self._limit(Layer.VPC_ENDPOINT) & self._limit(Layer.SETTINGS)
        if self._view.is_present(Layer.SCP):
            for level in range(self._view.scp_levels):
                left &= self._allowed_by.get((Layer.SCP, level), 0)
        # 5
        direct = self._granted_to(PrincipalClass.WILD, PrincipalClass.DIRECT)
        if not principal.is_signed:
            return left & direct
        # 6
        within = self._limit(Layer.BOUNDARY)
        if self._view.is_present(Layer.SESSION):
            within &= self._allowed_by.get((Layer.SESSION, None), 0)
        elif principal.type is PrincipalType.FEDERATED_USER:
            within = 0
        is_root = principal.type is PrincipalType.ACCOUNT
        own = self._everything if is_root else within & self._allowed_by.get((Layer.IDENTITY, None), 0)
        # 7
        by_role = self._granted_to(PrincipalClass.ROLE)
        by_account = self._granted_to(PrincipalClass.ACCOUNT)
        if self._resource.account in (None, principal.account):
            bound = self._needing_resource_policy()
            return left & (direct | by_role & within | own & (by_account | ~bound))
        # 8
        return left & own & (direct | by_role | by_account)

    def _needing_resource_policy(self) -> int:
        if is_kms_key_arn(self._arn):
            return self._everything
        return self._masks.trust if is_role_arn(self._arn) else 0
