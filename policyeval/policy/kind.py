"""The kinds of policy that AWS has, and which elements each may hold.

Source: IAM User Guide, reference_policies_grammar, reference_policies_elements_principal; Organizations User Guide,
orgs_manage_policies_scps_syntax and orgs_manage_policies_rcps_syntax; semantics section 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PolicyKind(Enum):
    """Named as in the case format."""

    IDENTITY = "identity"
    BOUNDARY = "permissionsBoundary"
    SESSION = "session"
    RESOURCE = "resource"
    TRUST = "trust"
    SCP = "scp"
    RCP = "rcp"
    VPC_ENDPOINT = "vpcEndpoint"

    @property
    def title(self) -> str:
        """The kind in words, with its article: "an identity policy"."""
        return _TITLES[self]

    @property
    def elements(self) -> ElementRules:
        return _RULES[self]


@dataclass(frozen=True, slots=True)
class ElementRules:
    """What a statement of a kind must and may not hold."""

    principal: bool
    """Whether a statement names principals at all; then one of `Principal` and `NotPrincipal` is required."""
    not_principal: bool = False
    resource: bool = True
    """Whether a statement may name resources."""
    requires_resource: bool = True
    strict_sid: bool = False
    """Whether AWS refuses a `Sid` that repeats or leaves `[A-Za-z0-9]`."""
    latin_only: bool = False
    """Whether characters above U+00FF are refused (IAM User Guide, reference_iam-quotas)."""
    requires_current_version: bool = False
    deny_only: bool = False
    accepts_not_action: bool = True
    accepts_empty_lists: bool = True
    only_service: str | None = None
    """The service whose actions alone a statement may name, where AWS refuses the others."""


_IAM = ElementRules(principal=False, strict_sid=True, latin_only=True, accepts_empty_lists=False)
_RULES = {
    PolicyKind.IDENTITY: _IAM,
    PolicyKind.BOUNDARY: _IAM,
    PolicyKind.SESSION: _IAM,
    PolicyKind.RESOURCE: ElementRules(principal=True, not_principal=True, requires_resource=False),
    PolicyKind.TRUST: ElementRules(
        principal=True,
        resource=False,
        requires_resource=False,
        latin_only=True,
        accepts_empty_lists=False,
        only_service="sts",
    ),
    PolicyKind.SCP: ElementRules(principal=False, strict_sid=True, requires_current_version=True),
    PolicyKind.RCP: ElementRules(
        principal=True, strict_sid=True, requires_current_version=True, deny_only=True, accepts_not_action=False
    ),
    PolicyKind.VPC_ENDPOINT: ElementRules(principal=True),
}
_TITLES = {
    PolicyKind.IDENTITY: "an identity policy",
    PolicyKind.BOUNDARY: "a permissions boundary",
    PolicyKind.SESSION: "a session policy",
    PolicyKind.RESOURCE: "a resource policy",
    PolicyKind.TRUST: "a role trust policy",
    PolicyKind.SCP: "a service control policy",
    PolicyKind.RCP: "a resource control policy",
    PolicyKind.VPC_ENDPOINT: "a VPC endpoint policy",
}

NEVER_PADDED = frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT})
"""Kinds in which an ARN of fewer than six segments matches no resource unless it holds a wildcard; elsewhere what is
missing counts as `*` (semantics section 3.1, rule 7). An RCP may hold no such ARN at all."""

TRUST_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:assumeroot",
        "sts:setsourceidentity",
        "sts:setcontext",
        "sts:tagsession",
    }
)
"""The actions, in lower case, that a role's trust policy speaks of; to every other action on a role it is not a
resource policy."""
