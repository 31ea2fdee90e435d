"""THE REFERENCE: what AWS decides, in AWS's own order, as code to be read beside the specification.

Source: IAM User Guide, reference_policies_evaluation-logic (and its pages _policy-eval-denyallow and _cross-account),
access_policies_boundaries, access_policies#policies_session; semantics section 7.2, whose steps are numbered here.
Everything faster is held to this by tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policyeval.evaluation.context import Context
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.matching import StatementMatcher
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import PrincipalType, Request
from policyeval.evaluation.scope import (
    ALWAYS_ALLOWED,
    absence,
    crosses_partitions,
    is_same_account,
    needs_resource_policy,
)
from policyeval.evaluation.trace import Decision, Layer, LayerResult, PrincipalClass, StatementMatch

ALLOWED, IMPLICIT, EXPLICIT = Decision.ALLOWED, Decision.IMPLICIT_DENY, Decision.EXPLICIT_DENY


@dataclass(frozen=True, slots=True)
class Verdict:
    """The bare decision: `reason` is the layer that made it, `deciding` the statements, `considered` all of them."""

    decision: Decision
    reason: Layer | None
    layers: tuple[LayerResult, ...]
    deciding: tuple[StatementMatch, ...]
    considered: tuple[StatementMatch, ...]


def decide(policies: PolicySet, request: Request, reading: Reading | None = None) -> Verdict:
    """Decide one request on one resource.

    Raises `RequestError` for a context value that is no text, number, boolean or list of these.
    """
    reading = Reading() if reading is None else reading
    return _Evaluation(policies, request, reading).decide()


class _Evaluation:
    """One decision: the statements judged, layer by layer, and the order in which the layers speak."""

    def __init__(self, policies: PolicySet, request: Request, reading: Reading) -> None:
        self.policies = policies
        self.request = request
        self.reading = reading
        context = Context.of(_with_disputed_principal_arn(request, reading))
        self.absences = {layer: absence(layer, request, policies) for layer in Layer}
        self.matcher = StatementMatcher(request, context, reading, has_boundary=self.is_present(Layer.BOUNDARY))
        self.matches = {layer: self.judge(layer) for layer in Layer}
        self.matched = {
            (layer, effect): tuple(m for m in matches if m.statement.effect == effect and m.matched)
            for layer, matches in self.matches.items()
            for effect in ("Allow", "Deny")
        }

    def judge(self, layer: Layer) -> tuple[StatementMatch, ...]:
        """Every statement of a layer that AWS consults."""
        if self.absences[layer] is not None:
            return ()
        return tuple(
            self.matcher.judge(attached.policy, statement, layer, level, attached.origin)
            for level, attached in self.policies.layer(layer)
            for statement in attached.policy
        )

    # ---- what the layers hold

    def is_present(self, layer: Layer) -> bool:
        """Whether the layer limits the request at all."""
        return self.absences[layer] is None and self.policies.limits(layer)

    def matching(self, layer: Layer, effect: str) -> tuple[StatementMatch, ...]:
        return self.matched[layer, effect]

    def allows(self, layer: Layer) -> bool:
        return bool(self.matching(layer, "Allow"))

    def allowing_levels(self) -> set[int | None]:
        return {match.level for match in self.matching(Layer.SCP, "Allow")}

    def grants(self, *classes: PrincipalClass) -> bool:
        """Whether an Allow of the resource policy speaks of the caller by one of the classes."""
        return any(match.principal_class in classes for match in self.matching(Layer.RESOURCE, "Allow"))

    # ---- the order of AWS

    def decide(self) -> Verdict:
        request, principal = self.request, self.request.principal

        # 0  Some actions need no permission and cannot be denied.
        if request.action.lower() in ALWAYS_ALLOWED and principal.is_signed:
            return self.verdict(ALLOWED, None)

        # Nothing reaches across partitions (id_roles_compare-resource-policies).
        if crosses_partitions(request):
            return self.verdict(IMPLICIT, None)

        # 1  A Deny that matches, in any policy that applies, ends it.
        for layer in Layer:
            if self.matching(layer, "Deny"):
                return self.verdict(EXPLICIT, layer)

        # 2  An RCP needs no Allow: RCPFullAWSAccess cannot be detached.

        # 3  Every level of the organization must allow.
        if self.is_present(Layer.SCP) and not self.scp_allows():
            return self.verdict(IMPLICIT, Layer.SCP)

        # 4  The VPC endpoint that the request goes through must allow.
        if self.is_present(Layer.VPC_ENDPOINT) and not self.allows(Layer.VPC_ENDPOINT):
            return self.verdict(IMPLICIT, Layer.VPC_ENDPOINT)

        # What the account sets outside of policies binds everyone in it but root (Billing User Guide,
        # control-access-billing: IAM access to the Billing console).
        if self.is_present(Layer.SETTINGS) and not self.allows(Layer.SETTINGS):
            return self.verdict(IMPLICIT, Layer.SETTINGS)

        # 5  A caller without an account of its own has only the resource policy.
        if not principal.is_signed:
            granted = self.grants(PrincipalClass.WILD, PrincipalClass.DIRECT)
            return self.verdict(ALLOWED if granted else IMPLICIT, Layer.RESOURCE)

        # 6  What the caller's own account allows.
        own = self.own_side_allows()

        # 7  Within one account the resource policy can grant by itself, past what depends on whom it names.
        if is_same_account(request):
            if self.grants_directly():
                return self.verdict(ALLOWED, Layer.RESOURCE)
            if self.grants(PrincipalClass.ROLE) and self.boundary_allows() and self.session_allows():
                return self.verdict(ALLOWED, Layer.RESOURCE)
            if needs_resource_policy(request):
                delegated = self.grants(PrincipalClass.ACCOUNT)
                if own and delegated:
                    return self.verdict(ALLOWED, Layer.IDENTITY)
                return self.verdict(IMPLICIT, self.first_missing())
            if own:
                return self.verdict(ALLOWED, Layer.IDENTITY)
            return self.verdict(IMPLICIT, self.first_missing())

        # 8  Across accounts both sides must allow, and nothing is passed by.
        if own and self.grants(*PrincipalClass):
            return self.verdict(ALLOWED, Layer.IDENTITY)
        return self.verdict(IMPLICIT, self.first_missing())

    def own_side_allows(self) -> bool:
        """Step 6: identity policies, within the boundary and the session policies; root needs none."""
        if self.request.principal.type is PrincipalType.ACCOUNT:
            return True
        return self.allows(Layer.IDENTITY) and self.boundary_allows() and self.session_allows()

    def scp_allows(self) -> bool:
        return self.allowing_levels() >= set(range(len(self.policies.scp or ())))

    def boundary_allows(self) -> bool:
        return not self.is_present(Layer.BOUNDARY) or self.allows(Layer.BOUNDARY)

    def session_allows(self) -> bool:
        """Without session policies a role session keeps the role's rights, and a federated user has none."""
        if self.is_present(Layer.SESSION):
            return self.allows(Layer.SESSION)
        if self.request.principal.type is PrincipalType.FEDERATED_USER:
            return self.reading.takes_other(Dispute.FEDERATED_WITHOUT_SESSION_POLICY)
        return True

    def grants_directly(self) -> bool:
        """Whether the resource policy names the very caller, or everyone: past every implicit deny of step 6."""
        if self.grants(PrincipalClass.WILD):
            return True
        if not self.grants(PrincipalClass.DIRECT):
            return False
        is_role_session = self.request.principal.type is PrincipalType.ASSUMED_ROLE
        if is_role_session and self.is_present(Layer.SESSION) and not self.allows(Layer.SESSION):
            return not self.reading.takes_other(Dispute.SESSION_ARN_AND_SESSION_POLICY)
        return True

    # ---- the account of it

    def first_missing(self) -> Layer:
        """The first layer without an Allow, in the order in which AWS reports it (semantics 7.3)."""
        if not is_same_account(self.request) and not self.grants(*PrincipalClass):
            return Layer.RESOURCE
        if self.request.principal.type is not PrincipalType.ACCOUNT:
            if self.is_in_the_way(Layer.IDENTITY):
                return Layer.IDENTITY
            if not self.boundary_allows():
                return Layer.BOUNDARY
            if not self.session_allows():
                return Layer.SESSION
        return Layer.RESOURCE

    def verdict(self, decision: Decision, reason: Layer | None) -> Verdict:
        if decision is EXPLICIT:
            deciding = [match for layer in Layer for match in self.matching(layer, "Deny")]
        elif decision is ALLOWED and reason is not None:
            deciding = list(self.carrying_allows(reason))
        else:
            deciding = []
        considered = tuple(match for layer in Layer for match in self.matches[layer])
        return Verdict(decision, reason, tuple(self.describe(reason, decision)), tuple(deciding), considered)

    def carrying_allows(self, reason: Layer) -> Iterable[StatementMatch]:
        """The Allows without which the answer would have been no; the layer that granted first."""
        for match in self.matching(reason, "Allow"):
            # Within an account, naming the account grants nothing by itself.
            if reason is not Layer.RESOURCE or match.principal_class is not PrincipalClass.ACCOUNT:
                yield match
        if reason is Layer.IDENTITY and (needs_resource_policy(self.request) or not is_same_account(self.request)):
            yield from self.matching(Layer.RESOURCE, "Allow")

    def describe(self, reason: Layer | None, decision: Decision) -> Iterable[LayerResult]:
        """What each layer decides by itself: those that limit the request, and those that do not apply."""
        for layer in Layer:
            absent = self.absences[layer]
            if absent is not None:
                if any(True for _ in self.policies.layer(layer)):
                    yield LayerResult(layer, IMPLICIT, applies=False, reason=absent)
                continue
            if not self.is_present(layer) and layer is not reason:
                continue
            if layer is Layer.SCP:
                yield from self.describe_scp(reason, decision)
                continue
            own = self.layer_decision(layer)
            blocks = decision is IMPLICIT and layer is not Layer.RCP and self.is_in_the_way(layer)
            yield LayerResult(layer, own, reason=self.remark(layer), blocks=blocks)

    def describe_scp(self, reason: Layer | None, decision: Decision) -> Iterable[LayerResult]:
        denying = {match.level for match in self.matching(Layer.SCP, "Deny")}
        allowing = self.allowing_levels()
        for level in range(len(self.policies.scp or ())):
            own = EXPLICIT if level in denying else ALLOWED if level in allowing else IMPLICIT
            yield LayerResult(Layer.SCP, own, level, blocks=decision is IMPLICIT and own is IMPLICIT)

    def layer_decision(self, layer: Layer) -> Decision:
        if self.matching(layer, "Deny"):
            return EXPLICIT
        return ALLOWED if layer is Layer.RCP or self.allows(layer) else IMPLICIT

    def is_in_the_way(self, layer: Layer) -> bool:
        """Whether a layer's lack of an Allow stands between the request and an allow."""
        if layer is Layer.RESOURCE:
            unsigned = not self.request.principal.is_signed
            needed = unsigned or needs_resource_policy(self.request) or not is_same_account(self.request)
            return needed and not self.grants(*PrincipalClass)
        own_side = layer in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
        if own_side and is_same_account(self.request) and self.passes(layer):
            return False
        return not self.allows(layer)

    def passes(self, layer: Layer) -> bool:
        """Whether a grant of the resource policy passes the implicit deny of a layer of the caller's own side."""
        return self.grants_directly() or (layer is Layer.IDENTITY and self.grants(PrincipalClass.ROLE))

    def remark(self, layer: Layer) -> str | None:
        """What a person must know to read a layer's own decision."""
        if layer is Layer.RCP:
            return "RCPs only deny"
        if layer is Layer.SETTINGS and not self.allows(layer):
            return "a setting of the account keeps everybody but root from it"
        if layer is Layer.SESSION and self.policies.session is None:
            return "a federated user has no rights without a session policy"
        if layer is Layer.RESOURCE:
            if self.policies.resource is None:
                return "none is given for this resource"
            only_account = self.grants(PrincipalClass.ACCOUNT) and not self.grants(
                PrincipalClass.WILD, PrincipalClass.ROLE, PrincipalClass.DIRECT
            )
            if only_account and is_same_account(self.request):
                return "it names the account, which leaves the decision to the account's own policies"
        return None


def _with_disputed_principal_arn(request: Request, reading: Reading) -> Request:
    """The request with `aws:PrincipalArn` as the other reading has it, when that is asked for."""
    if Dispute.PRINCIPAL_ARN_OF_SESSION not in reading.other or request.principal.arn is None:
        return request
    context = {"aws:PrincipalArn": request.principal.arn, **request.context}
    return Request(request.principal, request.action, request.resource, context, request.time)
