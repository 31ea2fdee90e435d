"""Which layers AWS consults for a request, and which exceptions hold.

Source: IAM User Guide, reference_policies_evaluation-logic; Organizations User Guide, orgs_manage_policies_scps and
orgs_manage_policies_rcps; KMS Developer Guide, key-policies; semantics section 7.1.
"""

from __future__ import annotations

from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Principal, PrincipalType, Request
from policyeval.evaluation.trace import Layer
from policyeval.policy.kind import TRUST_ACTIONS
from policyeval.syntax.arn import split_arn

ALWAYS_ALLOWED = frozenset({"sts:getcalleridentity", "sts:getsessiontoken"})
"""Actions that need no permission and cannot be denied (STS API Reference, GetCallerIdentity, GetSessionToken)."""

BUCKET_POLICY_ACTIONS = frozenset({"s3:deletebucketpolicy", "s3:getbucketpolicy", "s3:putbucketpolicy"})
"""What the root user of a bucket's account may do whatever the bucket's policy says (S3 API Reference,
PutBucketPolicy), so that nobody locks themselves out."""

_WITH_IDENTITY_POLICIES = (PrincipalType.USER, PrincipalType.ASSUMED_ROLE, PrincipalType.FEDERATED_USER)


def absence(layer: Layer, request: Request, policies: PolicySet) -> str | None:
    """Why AWS does not consult a layer's policies for a request; nothing when it does."""
    principal, resource = request.principal, request.resource
    if layer is Layer.SCP:
        if not principal.is_signed:
            return "SCPs bind only the users and roles of their own organization"
        if principal.management_account:
            return "SCPs do not bind the management account"
        return "SCPs do not bind service-linked roles" if principal.service_linked else None
    if layer is Layer.RCP:
        if resource.management_account:
            return "RCPs do not bind resources of the management account"
        if principal.service_linked:
            return "RCPs do not bind service-linked roles"
        covered = policies.rcp is None or is_rcp_action(request.action)
        return None if covered else f"RCPs do not cover `{request.action}`"
    if layer is Layer.RESOURCE:
        if is_role(request) and request.action.lower() not in TRUST_ACTIONS:
            return "a trust policy speaks only of assuming the role"
        if is_role(request) and is_barred_from_assuming(request.principal, request.action):
            return "the root user can assume no role"
        if is_rescue_of_bucket(request):
            return "a bucket policy cannot keep its account's root user from it"
        return None
    if layer in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SETTINGS):
        if principal.type not in _WITH_IDENTITY_POLICIES:
            return f"a caller of type `{principal.type.value}` has none"
        return None
    if layer is Layer.SESSION and principal.type not in (
        PrincipalType.ASSUMED_ROLE,
        PrincipalType.FEDERATED_USER,
    ):
        return "the caller has no session"
    return None


def is_rcp_action(action: str) -> bool:
    """Whether the action's service takes part in RCPs (Organizations User Guide, orgs_manage_policies_rcps)."""
    from policyeval.catalog.catalog import catalog

    return action.partition(":")[0].lower() in catalog().rcp_services


def is_role(request: Request) -> bool:
    """Whether the resource is an IAM role."""
    arn = request.resource.parts
    return arn is not None and arn.service == "iam" and arn.resource.startswith("role/")


def is_barred_from_assuming(principal: Principal, action: str) -> bool:
    """Whether the root user asks to assume a role, which STS refuses whatever policies say (STS API Reference,
    AssumeRole)."""
    return principal.type is PrincipalType.ACCOUNT and action.lower() == "sts:assumerole"


def is_rescue_of_bucket(request: Request) -> bool:
    """Whether the root user of a bucket's own account deals with the bucket's policy."""
    arn = request.resource.parts
    return (
        request.action.lower() in BUCKET_POLICY_ACTIONS
        and request.principal.type is PrincipalType.ACCOUNT
        and is_same_account(request)
        and arn is not None
        and arn.service == "s3"
    )


def is_kms_key(request: Request) -> bool:
    """Whether the resource is a KMS key. Aliases, and actions on `*`, follow the ordinary rules."""
    arn = request.resource.parts
    return arn is not None and arn.service == "kms" and arn.resource.startswith("key/")


def needs_resource_policy(request: Request) -> bool:
    """Whether nobody has rights on the resource unless its own policy says so: KMS keys, and roles being assumed."""
    return is_kms_key(request) or (is_role(request) and request.action.lower() in TRUST_ACTIONS)


def is_same_account(request: Request) -> bool:
    """Whether caller and resource belong to one account; an unknown owner is taken to be the caller's account."""
    return request.resource.account is None or request.resource.account == request.principal.account


def crosses_partitions(request: Request) -> bool:
    """Whether caller and resource live in two partitions, between which nothing is ever allowed."""
    arn = request.resource.parts
    own = request.principal.arn
    return arn is not None and own is not None and split_arn(own)[1] != arn.partition
