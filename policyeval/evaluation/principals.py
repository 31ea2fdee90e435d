"""Whether a resource policy speaks of the caller, and by which class of entry.

The class decides what an Allow passes: naming the account only delegates to its IAM, naming the role stays under
boundary and session policies, naming the user or session itself, or everyone, passes implicit denies.

Source: IAM User Guide, reference_policies_elements_principal and _notprincipal, access_policies_boundaries;
semantics section 6.
"""

from __future__ import annotations

from collections.abc import Iterable

from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, PrincipalType
from policyeval.evaluation.trace import Clause, PrincipalClass
from policyeval.policy.model import PrincipalEntry, Statement
from policyeval.syntax.arn import is_account_id, split_arn

_STRENGTH = (PrincipalClass.ACCOUNT, PrincipalClass.ROLE, PrincipalClass.DIRECT, PrincipalClass.WILD)


def classify(entry: PrincipalEntry, principal: Principal, reading: Reading) -> PrincipalClass | None:
    """How one entry speaks of a caller; nothing when it does not."""
    if entry.type == "AWS":
        return _classify_aws(entry.text, principal)
    if entry.type == "Service":
        return PrincipalClass.DIRECT if entry.text == principal.service else None
    if entry.type == "Federated":
        return PrincipalClass.DIRECT if entry.text == principal.provider and principal.provider else None
    if entry.type == "CanonicalUser" and principal.is_signed and reading.takes_other(Dispute.CANONICAL_USER):
        return PrincipalClass.ACCOUNT
    return None


def _classify_aws(text: str, principal: Principal) -> PrincipalClass | None:
    if text == "*":
        return PrincipalClass.WILD
    if not principal.is_signed:
        return None
    if is_account_id(text) or text == f"arn:{_partition(principal)}:iam::{principal.account}:root":
        if text not in (principal.account, f"arn:{_partition(principal)}:iam::{principal.account}:root"):
            return None
        return PrincipalClass.DIRECT if principal.type is PrincipalType.ACCOUNT else PrincipalClass.ACCOUNT
    if text == principal.arn:
        return PrincipalClass.DIRECT
    if text in (principal.role_arn, principal.user_arn):
        return PrincipalClass.ROLE
    return _classify_unique_id(text, principal)


def _classify_unique_id(text: str, principal: Principal) -> PrincipalClass | None:
    """What remains of a deleted user or role in a policy matches only that very id."""
    if principal.unique_id is None:
        return None
    if text == principal.unique_id:
        return PrincipalClass.DIRECT
    return PrincipalClass.ROLE if text == principal.unique_id.partition(":")[0] else None


def _partition(principal: Principal) -> str:
    return split_arn(principal.arn)[1] if principal.arn else "aws"


def strongest(
    entries: Iterable[PrincipalEntry], principal: Principal, reading: Reading
) -> tuple[PrincipalClass, PrincipalEntry] | None:
    """The entry that speaks of a caller with the widest class, as entries are ORed; nothing when none does."""
    best: tuple[PrincipalClass, PrincipalEntry] | None = None
    for entry in entries:
        found = classify(entry, principal, reading)
        if found is not None and (best is None or _STRENGTH.index(found) > _STRENGTH.index(best[0])):
            best = (found, entry)
    return best


def judge_principal(
    statement: Statement, principal: Principal, reading: Reading, *, has_boundary: bool, is_trust: bool
) -> tuple[Clause, PrincipalClass | None]:
    """Judge `Principal` or `NotPrincipal` of a statement of a resource policy.

    A statement with neither matches nobody, be it Allow or Deny.
    """
    if statement.principals is not None:
        return _judge_listed(statement, statement.principals, principal, reading, is_trust=is_trust)
    if statement.not_principals is not None:
        return _judge_not_listed(statement, statement.not_principals, principal, reading, has_boundary=has_boundary)
    return Clause("Principal", False, statement.pointer, reason="the statement names no principal"), None


def _judge_listed(
    statement: Statement,
    entries: tuple[PrincipalEntry, ...],
    principal: Principal,
    reading: Reading,
    *,
    is_trust: bool,
) -> tuple[Clause, PrincipalClass | None]:
    found = strongest(entries, principal, reading)
    is_trust_of_everyone = found is not None and found[0] is PrincipalClass.WILD and is_trust
    if is_trust_of_everyone and statement.effect == "Allow" and reading.takes_other(Dispute.TRUST_OF_EVERYONE):
        found = None
    if found is None:
        only = entries[0] if len(entries) == 1 else None
        pointer = only.pointer if only else statement.element("Principal")
        return Clause("Principal", False, pointer, only.text if only else None, principal.display), None
    return Clause("Principal", True, found[1].pointer, found[1].text, principal.display), found[0]


def _judge_not_listed(
    statement: Statement,
    entries: tuple[PrincipalEntry, ...],
    principal: Principal,
    reading: Reading,
    *,
    has_boundary: bool,
) -> tuple[Clause, PrincipalClass | None]:
    place = statement.element("NotPrincipal")
    if statement.effect == "Deny" and has_boundary:
        reason = "a caller with a permissions boundary is never spared"
        return Clause("NotPrincipal", True, place, actual=principal.display, reason=reason), PrincipalClass.WILD
    found = strongest(entries, principal, reading)
    is_spared_in_part = found is not None and not _is_listed_in_full(entries, principal)
    if is_spared_in_part and reading.takes_other(Dispute.PARTIAL_NOT_PRINCIPAL):
        found = None
    if found is None:
        return Clause("NotPrincipal", True, place, actual=principal.display), PrincipalClass.WILD
    return Clause("NotPrincipal", False, found[1].pointer, found[1].text, principal.display), None


def _is_listed_in_full(entries: tuple[PrincipalEntry, ...], principal: Principal) -> bool:
    """Whether the whole chain of a caller is listed: session, role and account, or user and account."""
    if not principal.is_signed:
        return True
    texts = {entry.text for entry in entries if entry.type == "AWS"}
    account = {principal.account, f"arn:{_partition(principal)}:iam::{principal.account}:root"}
    chain = {principal.arn, principal.role_arn} - {None}
    return "*" in texts or (chain <= texts and bool(account & texts))
