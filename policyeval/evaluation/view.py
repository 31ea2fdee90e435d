"""Everything of a policy set that one caller can meet, with the values that the caller fixes put in.

A view belongs to one caller and one set of given keys. Its plans are made when an action is first asked for; actions
that the same statements speak of share their tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from policyeval.evaluation.arn_patterns import Test
from policyeval.evaluation.authorisation import is_authorised_on_star
from policyeval.evaluation.context import Context, derive_from_principal
from policyeval.evaluation.doubts import ALWAYS, Doubts, caller_is_disputed, doubts_of, is_spelled_otherwise, together
from policyeval.evaluation.keys import FromRequest, KeySources, Texts
from policyeval.evaluation.plan import CallerSide, Grants, Plan, hold
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.principals import judge_principal
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, PrincipalType, Request, Resource
from policyeval.evaluation.scope import (
    ALWAYS_ALLOWED,
    BUCKET_POLICY_ACTIONS,
    absence,
    is_barred_from_assuming,
    is_rcp_action,
)
from policyeval.evaluation.statements import (
    BoundStatement,
    CompiledPolicy,
    CompiledStatement,
    any_statement,
    compile_policy,
)
from policyeval.evaluation.trace import Layer, PrincipalClass
from policyeval.policy.kind import TRUST_ACTIONS, PolicyKind

_PLAN_LIMIT = 16384
_OF_THE_RESOURCE = (Layer.RCP, Layer.RESOURCE)
"""The layers that AWS consults or not by the request's resource and action too, and not by its caller alone."""


class PlacedPolicy(NamedTuple):
    """A compiled policy and where it takes part."""

    layer: Layer
    level: int | None
    policy: CompiledPolicy


class CompiledSet:
    """A policy set, compiled. `keys` are the lower-cased context keys that its statements ask for."""

    __slots__ = ("_doubts", "_spelled_otherwise", "keys", "placed", "policies")

    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies
        self.placed = tuple(
            PlacedPolicy(layer, level, compile_policy(attached.policy))
            for layer in Layer
            for level, attached in policies.layer(layer)
        )
        self.keys = frozenset(key for placed in self.placed for key in placed.policy.keys)
        self._doubts: dict[tuple[int, int], Doubts | None] = {}
        self._spelled_otherwise: dict[str, bool] = {}

    def doubts(self, number: int, position: int, principal: Principal) -> Doubts | None:
        """What of a statement may bring a dispute up for a caller."""
        placed = self.placed[number]
        statement = placed.policy.statements[position]
        if "aws:principalarn" in statement.keys:
            return doubts_of(statement, placed.policy.kind, principal)
        key = (number, position)
        if key not in self._doubts:
            self._doubts[key] = doubts_of(statement, placed.policy.kind, principal)
        return self._doubts[key]

    def is_spelled_otherwise(self, action: str) -> bool:
        """Whether an SCP names an action, spelled as here, in other capitals alone."""
        found = self._spelled_otherwise.get(action)
        if found is None:
            if len(self._spelled_otherwise) >= _PLAN_LIMIT:
                self._spelled_otherwise.clear()
            found = self._spelled_otherwise[action] = any(
                is_spelled_otherwise(each.statement, action)
                for placed in self.placed
                if placed.layer is Layer.SCP
                for each in placed.policy.statements
            )
        return found


class SpokenStatement(NamedTuple):
    """A bound statement that can match, with the layer's part in it: the class of the caller in a resource policy."""

    layer: Layer
    level: int | None
    compiled: CompiledStatement
    bound: BoundStatement
    principal_class: PrincipalClass | None

    @property
    def effect(self) -> str:
        return self.compiled.statement.effect


class View(dict[str, Plan]):
    """The plans of one caller, by action as it is spelled in requests."""

    def __init__(self, compiled: CompiledSet, principal: Principal, given: Mapping[str, FromRequest | None]) -> None:
        super().__init__()
        self.principal = principal
        self._compiled = compiled
        fixed: dict[str, Texts] = {
            key: value.texts if value.multivalued else value.texts[0]
            for key, value in Context(derive_from_principal(principal)).items()
        }
        self._keys = KeySources(fixed, given)
        probe = Request(principal, "none:None", Resource("*"))
        absent = {layer: absence(layer, probe, compiled.policies) for layer in Layer if layer not in _OF_THE_RESOURCE}
        self._is_absent = frozenset(layer for layer, reason in absent.items() if reason is not None)
        self._rcps_bind = not principal.service_linked
        self._present = self._find_present()
        self._tested: tuple[tuple[SpokenStatement, Test], ...] | None = None
        own = principal.arn
        self.partition = "" if own is None else f"arn:{own.split(':', 2)[1]}:"
        """What the ARN of every resource in reach begins with: nothing crosses partitions."""
        self._bound: dict[tuple[int, int], SpokenStatement | None] = {}
        self._tests: dict[tuple[int, ...], Test | None] = {}
        self._doubts: dict[str, Doubts | None] = {}
        self._callers_doubts = ALWAYS if caller_is_disputed(compiled.policies, principal) else None

    def __missing__(self, action: str) -> Plan:
        if len(self) >= _PLAN_LIMIT:
            self.clear()
        plan = self[action] = self._plan(action.lower())
        return plan

    # ---- statements

    def consults(self, layer: Layer) -> bool:
        """Whether AWS consults a layer for this caller, on some resource."""
        return layer not in self._is_absent and (layer is not Layer.RCP or self._rcps_bind)

    def is_present(self, layer: Layer) -> bool:
        """Whether a layer limits this caller at all."""
        return layer in self._present

    def _find_present(self) -> frozenset[Layer]:
        policies = self._compiled.policies
        held: dict[Layer, object] = {
            Layer.SCP: policies.scp,
            Layer.SESSION: policies.session,
            Layer.BOUNDARY: policies.boundary,
            Layer.VPC_ENDPOINT: policies.vpc_endpoint,
            Layer.SETTINGS: policies.settings,
        }
        return frozenset(layer for layer, held_by in held.items() if held_by is not None and self.consults(layer))

    def tested_statements(self) -> tuple[tuple[SpokenStatement, Test], ...]:
        """Every statement that can match a request of this caller, with the test of its resource and conditions."""
        if self._tested is None:
            self._tested = tuple(self._test_statements())
        return self._tested

    def _test_statements(self) -> Iterator[tuple[SpokenStatement, Test]]:
        for number, placed in enumerate(self._compiled.placed):
            if self.consults(placed.layer):
                for position in range(len(placed.policy.statements)):
                    spoken = self._statement(number, position)
                    test = self.test((spoken,)) if spoken is not None else None
                    if spoken is not None and test is not None:
                        yield spoken, test

    def doubts(self, action: str) -> Doubts | None:
        """What may bring a dispute up when the caller asks for an action, spelled as in the request."""
        if action not in self._doubts:
            if len(self._doubts) >= _PLAN_LIMIT:
                self._doubts.clear()
            self._doubts[action] = together(self._find_doubts(action))
        return self._doubts[action]

    def _find_doubts(self, action: str) -> Iterator[Doubts | None]:
        yield self._callers_doubts
        lower = action.lower()
        for number, placed in enumerate(self._compiled.placed):
            if self.consults(placed.layer):
                for position in placed.policy.find(lower):
                    yield self._compiled.doubts(number, position, self.principal)
        if self.consults(Layer.SCP) and self._compiled.is_spelled_otherwise(action):
            yield ALWAYS

    @property
    def scp_levels(self) -> int:
        return len(self._compiled.policies.scp or ())

    def _statements_of(self, action: str) -> Iterator[SpokenStatement]:
        for number, placed in enumerate(self._compiled.placed):
            if not self.consults(placed.layer) or (placed.layer is Layer.RCP and not is_rcp_action(action)):
                continue
            for position in placed.policy.find(action):
                spoken = self._statement(number, position)
                if spoken is not None:
                    yield spoken

    def _statement(self, number: int, position: int) -> SpokenStatement | None:
        key = (number, position)
        if key not in self._bound:
            placed = self._compiled.placed[number]
            self._bound[key] = self._bind(placed, placed.policy.statements[position])
        return self._bound[key]

    def _bind(self, placed: PlacedPolicy, compiled: CompiledStatement) -> SpokenStatement | None:
        principal_class: PrincipalClass | None = None
        if placed.policy.kind.elements.principal:
            clause, principal_class = judge_principal(
                compiled.statement,
                self.principal,
                Reading(),
                has_boundary=self.is_present(Layer.BOUNDARY),
                is_trust=placed.policy.kind is PolicyKind.TRUST,
            )
            if not clause.matched:
                return None
        bound = compiled.bind(self._keys)
        return None if bound is None else SpokenStatement(placed.layer, placed.level, compiled, bound, principal_class)

    def test(self, statements: Iterable[SpokenStatement]) -> Test | None:
        """Whether any of some statements matches; nothing when none can. The same statements give the same test."""
        chosen = tuple(statements)
        key = tuple(id(spoken.bound) for spoken in chosen)
        if key not in self._tests:
            self._tests[key] = any_statement([spoken.bound for spoken in chosen])
        return self._tests[key]

    # ---- plans

    def _plan(self, action: str) -> Plan:
        principal = self.principal
        spoken = list(self._statements_of(action))
        denying = [statement for statement in spoken if statement.effect == "Deny"]
        allowing = [statement for statement in spoken if statement.effect == "Allow"]
        return Plan(
            always_allowed=action in ALWAYS_ALLOWED and principal.is_signed,
            on_star=is_authorised_on_star(action),
            is_trust_action=action in TRUST_ACTIONS,
            is_barred=is_barred_from_assuming(principal, action),
            is_rescue=action in BUCKET_POLICY_ACTIONS and principal.type is PrincipalType.ACCOUNT,
            is_signed=principal.is_signed,
            account=principal.account,
            partition=self.partition,
            denies=self.test(statement for statement in denying if statement.layer not in _OF_THE_RESOURCE),
            rcp_denies=self.test(statement for statement in denying if statement.layer is Layer.RCP),
            resource_denies=self.test(statement for statement in denying if statement.layer is Layer.RESOURCE),
            caller=self._caller_side(allowing),
            grants=self._grants(allowing),
        )

    def _caller_side(self, allowing: list[SpokenStatement]) -> CallerSide:
        def allows(layer: Layer) -> Test | None:
            return self.test(statement for statement in allowing if statement.layer is layer)

        limits = [allows(layer) for layer in (Layer.VPC_ENDPOINT, Layer.SETTINGS) if self.is_present(layer)]
        if self.is_present(Layer.SCP):
            scps = [statement for statement in allowing if statement.layer is Layer.SCP]
            limits += (
                self.test(statement for statement in scps if statement.level == level)
                for level in range(self.scp_levels)
            )
        is_root = self.principal.type is PrincipalType.ACCOUNT
        without_session = None if self.principal.type is PrincipalType.FEDERATED_USER else hold
        return CallerSide(
            limits=tuple(limits),
            identity=hold if is_root else allows(Layer.IDENTITY),
            boundary=allows(Layer.BOUNDARY) if self.is_present(Layer.BOUNDARY) else hold,
            session=allows(Layer.SESSION) if self.is_present(Layer.SESSION) else without_session,
        )

    def _grants(self, allowing: list[SpokenStatement]) -> Grants:
        def granted(*classes: PrincipalClass) -> Test | None:
            return self.test(
                statement
                for statement in allowing
                if statement.layer is Layer.RESOURCE and statement.principal_class in classes
            )

        return Grants(
            direct=granted(PrincipalClass.WILD, PrincipalClass.DIRECT),
            role=granted(PrincipalClass.ROLE),
            account=granted(PrincipalClass.ACCOUNT),
        )
