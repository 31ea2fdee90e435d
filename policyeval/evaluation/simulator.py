"""`Simulator`: policies compiled once, asked many times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from policyeval.errors import RequestError
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.context import KEYS_OF_EACH_REQUEST, Context, derive_from_request, read_value
from policyeval.evaluation.decide import decide
from policyeval.evaluation.doubts import Doubts
from policyeval.evaluation.explain import explain, uncertain
from policyeval.evaluation.keys import FromRequest, GivenContext, Texts, holds_list
from policyeval.evaluation.plan import Plan
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, Request, Resource
from policyeval.evaluation.trace import Result, Uncertainty
from policyeval.evaluation.view import CompiledSet, View
from policyeval.policy.model import Policy

if TYPE_CHECKING:
    from policyeval.evaluation.permissions import Permissions
    from policyeval.evaluation.reservations import Reservations

Given = Policy | Attached
Shape = tuple[object, ...]
"""The keys of a context in their order, each by itself when it holds a text, and marked otherwise."""
_VIEW_LIMIT = 8192
_SHAPE_LIMIT = 65536
_ABOUT_LIMIT = 1024


class Simulator:
    """Decides requests against a fixed set of policies.

    The layers are named as in the case format. `scp` and `rcp` are levels, the organization's root first, each a list
    of policies; `None` for a layer that does not exist. With `use_index=False` every answer comes from the reference,
    which the fast path is held to by tests.

    Cost: some fifteen calls of Python when a request with the same caller, action and context keys came before, flat in
    the number of statements and patterns that do not apply (docs/benchmarks.md).
    """

    def __init__(
        self,
        identity: Iterable[Given] = (),
        resource: Given | None = None,
        permissions_boundary: Given | None = None,
        session: Iterable[Given] | None = None,
        scp: Iterable[Iterable[Given]] | None = None,
        rcp: Iterable[Iterable[Given]] | None = None,
        vpc_endpoint: Given | None = None,
        *,
        use_index: bool = True,
    ) -> None:
        self._prepare(
            PolicySet(
                identity=_attach_all(identity),
                resource=_attach(resource) if resource is not None else None,
                boundary=_attach(permissions_boundary) if permissions_boundary is not None else None,
                session=_attach_all(session) if session is not None else None,
                scp=tuple(_attach_all(level) for level in scp) if scp is not None else None,
                rcp=tuple(_attach_all(level) for level in rcp) if rcp is not None else None,
                vpc_endpoint=_attach(vpc_endpoint) if vpc_endpoint is not None else None,
            ),
            use_index=use_index,
        )

    @classmethod
    def of(cls, policies: PolicySet, *, use_index: bool = True) -> Simulator:
        """A simulator of a policy set, such as an account makes for one of its users."""
        simulator = cls.__new__(cls)
        simulator._prepare(policies, use_index=use_index)
        return simulator

    def _prepare(self, policies: PolicySet, *, use_index: bool) -> None:
        self.policies = policies
        self._compiled = CompiledSet(policies) if use_index else None
        self._asks_each_request = self._compiled is not None and bool(self._compiled.keys & KEYS_OF_EACH_REQUEST)
        # A view by the identity of a principal and the keys of a context; the principals are kept, so that no other
        # object can take over an identity. And the views themselves, by what they depend on.
        self._shapes: dict[tuple[int, Shape], View] = {}
        self._kept: dict[int, Principal] = {}
        self._views: dict[object, View] = {}
        self._narrowed: dict[str, PolicySet] = {}

    # ---- one request

    def simulate(self, request: Request) -> Result:
        """Decide a request and say why; raises `RequestError` for a context value of no known type."""
        return explain(self.policies, authorised_request(request))

    def decide(self, request: Request, told: list[Uncertainty] | None = None) -> str:
        """`allowed`, `implicitDeny` or `explicitDeny`; raises as `simulate`.

        The disputes on which the decision hangs, as `uncertain` has them, are added to `told`.
        """
        if told is not None:
            told += self.uncertain(request)
        if self._compiled is None:
            return decide(self.policies, authorised_request(request)).decision.value
        plan = self.plan(request)
        if plan is None:
            return self._decide_any(request)
        resource = request.resource
        return plan.decide(resource.arn, resource, request.context)  # type: ignore[arg-type]  # texts, as it has a plan

    def plan(self, request: Request) -> Plan | None:
        """What decides all requests of the same caller and action whose context gives texts for the same keys.

        Nothing where a statement asks the clock or the owner, for a context that holds more than texts, and without
        the index.
        """
        if self._asks_each_request or self._compiled is None:
            return None
        context = request.context
        for value in context.values():
            if value.__class__ is not str:
                return None
        principal = request.principal
        view = self._shapes.get((id(principal), tuple(context)))
        if view is None:
            view = self._view(principal, tuple(context), context)  # type: ignore[arg-type]  # all texts: seen above
        return view[request.action]

    def uncertain(self, request: Request) -> tuple[Uncertainty, ...]:
        """The disputes on which a decision hangs, as `simulate` has them; raises as `simulate`.

        Cost: next to nothing unless a statement that speaks of the action holds something disputed.
        """
        if self._compiled is not None:
            doubts = self.doubts(request)
            if doubts is None:
                return ()
            if not doubts.come_up(request) and not (doubts.of_session and self.hangs_on_session(request)):
                return ()
        return uncertain(self._about(request.action.lower()), authorised_request(request))

    def hangs_on_session(self, request: Request) -> bool:
        """Whether a decision is another one when `aws:PrincipalArn` is the ARN of the session instead of its role's."""
        given = {key.lower() for key in request.context}
        if "aws:principalarn" in given or request.principal.arn is None:
            return False
        other = replace(request, context={**request.context, "aws:PrincipalArn": request.principal.arn})
        return self.decide(request) != self.decide(other)

    def _about(self, action: str) -> PolicySet:
        """The policies as far as they speak of an action, which the reference is then quicker to read."""
        found = self._narrowed.get(action)
        if found is None:
            if len(self._narrowed) >= _ABOUT_LIMIT:
                self._narrowed.clear()
            found = self._narrowed[action] = self.policies.about(action)
        return found

    def doubts(self, request: Request) -> Doubts | None:
        """What may bring a dispute up in requests of the same caller and action whose context has the same keys."""
        context, shape = self._read_context(request)
        return self._view(request.principal, shape, context).doubts(request.action)

    def decide_all(self, requests: Iterable[Request]) -> Iterator[str]:
        """The decisions of many requests, in their order, one at a time as they are asked for."""
        return map(self.decide, requests)

    def _decide_any(self, request: Request) -> str:
        """A request whose context holds more than texts, or of which a statement asks the clock or the owner."""
        context, shape = self._read_context(request)
        view = self._shapes.get((id(request.principal), shape))
        if view is None:
            view = self._view(request.principal, shape, context)
        return view[request.action].decide(request.resource.arn, request.resource, context)

    # ---- every action

    def permissions(
        self,
        principal: Principal | str | Mapping[str, object],
        resource: Resource | str | Mapping[str, object] = "*",
        context: Mapping[str, ContextValue] | None = None,
        time: datetime | None = None,
    ) -> Permissions:
        """What a caller may do on a resource: the decision about every action of the catalog.

        `time` is the clock's, as in `Request`. Raises `RequestError` for a principal, resource or context value that
        cannot be.
        """
        from policyeval.evaluation.permissions import decide_actions, decide_actions_one_by_one

        request = Request(principal, "none:None", resource, context, time)
        if self._compiled is None:
            return decide_actions_one_by_one(self.policies, request)
        given, shape = self._read_context(request)
        return decide_actions(self._view(request.principal, shape, given), request.resource, given)

    def reservations(self, request: Request, found: Permissions) -> Reservations:
        """Under what reservation `permissions` were found: missing context keys, and disputes.

        The request has their caller, resource, context and time. Cost: milliseconds, and some 0.2 s with many
        statements that ask for keys which the context lacks.
        """
        from policyeval.evaluation.reservations import reservations

        return reservations(self.policies, request, found)

    # ---- contexts

    def _read_context(self, request: Request) -> tuple[dict[str, Texts], Shape]:
        """The given context by lower-cased keys, as `Context` reads it, and its shape.

        An empty list is an empty tuple. What follows from clock and resource is added when a statement asks for it.
        """
        given: dict[str, Texts] = {}
        holds_texts = True
        for key, value in request.context.items():
            kind = value.__class__
            if kind is str:
                given[key.lower()] = value  # type: ignore[assignment]  # a `str`, seen above
            elif kind is bool:
                given[key.lower()] = "true" if value else "false"
            else:
                holds_texts &= _read_other(request, key, value, given)
        if self._asks_each_request:
            for key, value in derive_from_request(request).items():
                given.setdefault(key.lower(), str(value))
        return given, tuple(given) if holds_texts else _shape(given)

    def _view(self, principal: Principal, shape: Shape, context: GivenContext) -> View:
        """The view for a caller and a set of given keys, of which only those count that a statement asks for."""
        assert self._compiled is not None
        key = (id(principal), shape)
        view = self._shapes.get(key)
        if view is not None:
            return view
        given: dict[str, FromRequest | None] = {}
        for name, value in context.items():
            lower = name.lower()
            if lower in self._compiled.keys:
                given[lower] = None if value == () else FromRequest(name, holds_list(lower, value))
        meaning = (_identity(principal), tuple(sorted(given.items(), key=lambda item: item[0])))
        view = self._views.get(meaning)
        if view is None:
            if len(self._views) >= _VIEW_LIMIT:
                self._views.clear()
            view = self._views[meaning] = View(self._compiled, principal, given)
        if len(self._shapes) >= _SHAPE_LIMIT:
            self._shapes.clear()
            self._kept.clear()
        self._shapes[key] = view
        self._kept[id(principal)] = principal
        return view


def _attach(policy: Given) -> Attached:
    return policy if isinstance(policy, Attached) else Attached(policy)


def _attach_all(policies: Iterable[Given]) -> tuple[Attached, ...]:
    return tuple(_attach(policy) for policy in policies)


def _read_other(request: Request, key: str, value: ContextValue, given: dict[str, Texts]) -> bool:
    """Add a value that is neither text nor boolean; whether the key then holds a text."""
    try:
        read = read_value(key, value)
    except RequestError:
        Context.of(request)  # which may find another value to blame first
        raise
    if read is None:
        return isinstance(given.setdefault(key.lower(), ()), str)
    given[key.lower()] = found = read.texts if read.multivalued else read.texts[0]
    return isinstance(found, str)


def _shape(context: GivenContext) -> Shape:
    """The keys of a context, and which of them hold lists, which empty ones."""
    return tuple(key if isinstance(value, str) else (key, bool(value)) for key, value in context.items())


def _identity(principal: Principal) -> tuple[object, ...]:
    """All that a decision can depend on of a principal."""
    tags = principal.tags
    return (principal, tuple(tags.items()) if tags is not None else None)
