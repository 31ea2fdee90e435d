"""The policies that take part in a decision, by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from policyeval.evaluation.trace import Layer
from policyeval.policy.model import Policy, Statement
from policyeval.syntax.action import compile_action


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy and how it came to apply, in a person's words: `group PowerUsers`.

    `notes` say where it was read otherwise than written.
    """

    policy: Policy
    origin: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Every policy that has a say.

    `scp` and `rcp` are levels, the organization's root first, each a list; `None` says that there are none to obey,
    while a level without policies denies. `session` is `None` when the session was made without session policies.
    """

    identity: tuple[Attached, ...] = ()
    resource: Attached | None = None
    boundary: Attached | None = None
    session: tuple[Attached, ...] | None = None
    scp: tuple[tuple[Attached, ...], ...] | None = None
    rcp: tuple[tuple[Attached, ...], ...] | None = None
    vpc_endpoint: Attached | None = None
    settings: Attached | None = None
    """What the account sets outside of policies, written as a policy that must allow everybody but root."""

    def limits(self, layer: Layer) -> bool:
        """Whether there is something in a layer that a request must pass; identity policies always are."""
        return layer is Layer.IDENTITY or getattr(self, _FIELDS[layer]) is not None

    def layer(self, layer: Layer) -> Iterator[tuple[int | None, Attached]]:
        """The policies of a layer, each with its level where the layer has levels."""
        if layer in (Layer.SCP, Layer.RCP):
            levels = self.scp if layer is Layer.SCP else self.rcp
            for index, level in enumerate(levels or ()):
                for attached in level:
                    yield index, attached
            return
        several = {Layer.IDENTITY: self.identity, Layer.SESSION: self.session or ()}.get(layer)
        if several is not None:
            for attached in several:
                yield None, attached
            return
        one = {
            Layer.RESOURCE: self.resource,
            Layer.BOUNDARY: self.boundary,
            Layer.VPC_ENDPOINT: self.vpc_endpoint,
            Layer.SETTINGS: self.settings,
        }
        single = one.get(layer)
        if single is not None:
            yield None, single

    def beside(self, given: PolicySet) -> PolicySet:
        """These policies with others: identity policies are added, any other layer takes the place of this one's."""
        return PolicySet(
            identity=(*self.identity, *given.identity),
            resource=given.resource or self.resource,
            boundary=given.boundary or self.boundary,
            session=given.session if given.session is not None else self.session,
            scp=given.scp if given.scp is not None else self.scp,
            rcp=given.rcp if given.rcp is not None else self.rcp,
            vpc_endpoint=given.vpc_endpoint or self.vpc_endpoint,
            settings=self.settings,
        )

    def about(self, action: str) -> PolicySet:
        """The policies without the statements that do not speak of an action, in lower case.

        These match no request for it, so that a decision is the same without them, whatever the reading.
        """
        return self.mapped(lambda attached: replace(attached, policy=about_action(attached.policy, action)))

    def mapped(self, change: Callable[[Attached], Attached]) -> PolicySet:
        """The same layers, with another policy in the place of each."""

        def one(attached: Attached | None) -> Attached | None:
            return None if attached is None else change(attached)

        def level(attached: tuple[Attached, ...]) -> tuple[Attached, ...]:
            return tuple(map(change, attached))

        return PolicySet(
            identity=level(self.identity),
            resource=one(self.resource),
            boundary=one(self.boundary),
            session=None if self.session is None else level(self.session),
            scp=None if self.scp is None else tuple(map(level, self.scp)),
            rcp=None if self.rcp is None else tuple(map(level, self.rcp)),
            vpc_endpoint=one(self.vpc_endpoint),
            settings=one(self.settings),
        )

    def __iter__(self) -> Iterator[Attached]:
        for layer in Layer:
            for _, attached in self.layer(layer):
                yield attached


def about_action(policy: Policy, action: str) -> Policy:
    """The policy without the statements that do not speak of an action, in lower case."""
    return replace(policy, statements=tuple(one for one in policy if speaks_of_action(one, action)))


def speaks_of_action(statement: Statement, action: str) -> bool:
    """Whether a statement could match an action, in lower case, at all."""
    if statement.actions is not None:
        return any(compile_action(entry.text)(action) for entry in statement.actions)
    if statement.not_actions is not None:
        return not any(compile_action(entry.text)(action) for entry in statement.not_actions)
    return False


_FIELDS = {
    Layer.SCP: "scp",
    Layer.RCP: "rcp",
    Layer.SESSION: "session",
    Layer.BOUNDARY: "boundary",
    Layer.RESOURCE: "resource",
    Layer.VPC_ENDPOINT: "vpc_endpoint",
    Layer.SETTINGS: "settings",
}
