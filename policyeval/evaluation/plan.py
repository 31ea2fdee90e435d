"""What is left to decide once caller, action and given keys are known: the twin of `decide.py`, without a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from policyeval.evaluation.arn_patterns import Test
from policyeval.evaluation.keys import GivenContext
from policyeval.evaluation.request import Resource
from policyeval.evaluation.trace import Decision
from policyeval.syntax.arn import split_arn

ALLOWED = Decision.ALLOWED.value
IMPLICIT = Decision.IMPLICIT_DENY.value
EXPLICIT = Decision.EXPLICIT_DENY.value


class Grants(NamedTuple):
    """The Allows of a resource policy, by how they speak of the caller (semantics 6.1); `None` where there is none."""

    direct: Test | None
    """To the caller itself or to everyone."""
    role: Test | None
    account: Test | None


@dataclass(frozen=True, slots=True)
class CallerSide:
    """What each layer beside the resource policy allows. A test is `None` where nothing can match.

    `limits` must each hold, whoever grants: the levels of the SCPs, the VPC endpoint, the account's settings.
    """

    limits: tuple[Test | None, ...]
    identity: Test | None
    boundary: Test | None
    session: Test | None


class Plan:
    """The decision about one action, by one caller, on any resource, with any values for the given keys.

    `partition` is what the ARN of every resource in reach begins with; `is_barred` says that the root user asks to
    assume a role, `is_rescue` that it deals with a bucket's policy. Steps are numbered as in `decide.py`.
    """

    __slots__ = (
        "_account",
        "_always_allowed",
        "_blocked",
        "_caller",
        "_denies",
        "_grants",
        "_is_barred",
        "_is_rescue",
        "_is_signed",
        "_is_simple",
        "_is_trust_action",
        "_limits",
        "_on_star",
        "_partition",
        "_rcp_denies",
        "_required",
        "_resource_denies",
        "_within",
    )

    def __init__(
        self,
        *,
        always_allowed: bool,
        on_star: bool,
        is_trust_action: bool,
        is_barred: bool,
        is_rescue: bool,
        is_signed: bool,
        account: str | None,
        partition: str,
        denies: Test | None,
        rcp_denies: Test | None,
        resource_denies: Test | None,
        caller: CallerSide,
        grants: Grants,
    ) -> None:
        self._always_allowed = always_allowed
        self._on_star = on_star
        self._is_trust_action = is_trust_action
        self._is_barred = is_barred
        self._is_rescue = is_rescue
        self._is_signed = is_signed
        self._account = account
        self._partition = partition
        self._denies = denies
        self._rcp_denies = rcp_denies
        self._resource_denies = resource_denies
        self._caller = caller
        self._grants = grants
        # Without a say of RCPs and resource policies, everything required is one list of tests.
        self._is_simple = rcp_denies is None and resource_denies is None and grants == (None, None, None)
        own = (*caller.limits, caller.identity, caller.boundary, caller.session)
        self._blocked = not is_signed or None in own
        self._limits = tuple(test for test in caller.limits if not is_constant(test))
        self._within = tuple(test for test in (caller.boundary, caller.session) if not is_constant(test))
        self._required = tuple(test for test in own if test is not None and not is_constant(test))

    def decide(self, arn: str, owned: Resource, context: GivenContext) -> str:
        """The decision about a resource, in the words of `Decision`; `owned` is any resource with the same owner."""
        # 0
        if self._always_allowed:
            return ALLOWED
        if self._on_star:
            arn = "*"
        if not arn.startswith(self._partition) and arn != "*":
            return IMPLICIT
        # 1
        if self._denies is not None and self._denies(arn, context):
            return EXPLICIT
        if not self._is_simple:
            return self._decide_with_resource_policy(arn, owned, context)
        # 3 to 8, when nothing but the caller's own side can allow
        if self._blocked:
            return IMPLICIT
        for test in self._required:
            if not test(arn, context):
                return IMPLICIT
        owner = owned.account
        if owner is not None and owner != self._account:
            return IMPLICIT
        if (self._is_trust_action or ":kms:" in arn) and self._needs_resource_policy(arn):
            return IMPLICIT
        return ALLOWED

    def _decide_with_resource_policy(self, arn: str, owned: Resource, context: GivenContext) -> str:
        rcp_denies, resource_denies = self._rcp_denies, self._resource_denies
        if rcp_denies is not None and not owned.management_account and rcp_denies(arn, context):
            return EXPLICIT
        has_say = self._is_consulted(arn, owned)
        if has_say and resource_denies is not None and resource_denies(arn, context):
            return EXPLICIT
        # 3 and 4
        caller, grants = self._caller, self._grants
        for test in self._limits:
            if test is None or not test(arn, context):
                return IMPLICIT
        # 5
        direct = has_say and holds(grants.direct, arn, context)
        if not self._is_signed:
            return ALLOWED if direct else IMPLICIT
        # 7
        is_same_account = owned.account is None or owned.account == self._account
        if is_same_account and direct:
            return ALLOWED
        for test in self._within:
            if test is None or not test(arn, context):
                return IMPLICIT
        by_role = has_say and holds(grants.role, arn, context)
        if is_same_account and by_role:
            return ALLOWED
        # 6
        if not holds(caller.identity, arn, context):
            return IMPLICIT
        if is_same_account and not self._needs_resource_policy(arn):
            return ALLOWED
        by_account = has_say and holds(grants.account, arn, context)
        # 7 for keys and roles, 8
        granted = by_account if is_same_account else direct or by_role or by_account
        return ALLOWED if granted else IMPLICIT

    def _is_consulted(self, arn: str, owned: Resource) -> bool:
        """Whether the resource policy has a say: a role's only about assuming it, a bucket's not against its root."""
        if self._is_rescue and is_bucket_arn(arn):
            return owned.account is not None and owned.account != self._account
        return (self._is_trust_action and not self._is_barred) or not is_role_arn(arn)

    def _needs_resource_policy(self, arn: str) -> bool:
        return is_kms_key_arn(arn) or (self._is_trust_action and is_role_arn(arn))


def hold(_arn: str, _context: GivenContext) -> bool:
    """A test that every request passes."""
    return True


def is_constant(test: Test | None) -> bool:
    """Whether every request passes a test."""
    return test is hold


def holds(test: Test | None, arn: str, context: GivenContext) -> bool:
    """Whether a test that may be missing holds."""
    return test is not None and test(arn, context)


def is_role_arn(arn: str) -> bool:
    """As `scope.is_role`, of an ARN or `*`."""
    return ":role/" in arn and _begins(arn, "iam", "role/")


def is_kms_key_arn(arn: str) -> bool:
    """As `scope.is_kms_key`, of an ARN or `*`."""
    return ":kms:" in arn and _begins(arn, "kms", "key/")


def is_bucket_arn(arn: str) -> bool:
    """Whether an ARN, or `*`, is of S3."""
    return ":s3:" in arn and _begins(arn, "s3", "")


def _begins(arn: str, service: str, head: str) -> bool:
    segments = split_arn(arn)
    return segments[2] == service and segments[5].startswith(head)
