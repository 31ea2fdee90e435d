"""Callers that stand for all callers: for each way in which the entries of `Principal` can speak of one.

Source: IAM User Guide, reference_policies_elements_principal; semantics section 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from policyeval.evaluation.principals import judge_principal
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, PrincipalType
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, PrincipalEntry, Statement
from policyeval.syntax.arn import is_account_id, split_arn

FRESH_ACCOUNTS = ("444455556666", "123456789012", "111122223333", "000000000000", "999999999999")
_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{4,}")


def callers(policies: Iterable[Policy]) -> tuple[Principal, ...]:
    """Callers such that for every caller there is one of whom each `Principal` and `NotPrincipal` says the same.

    Callers without credentials are told apart from others: they alone need a permission for everything
    (`evaluation.scope.ALWAYS_ALLOWED`).
    """
    statements = [(policy, statement) for policy in policies for statement in policy]
    distinct: dict[tuple[bool, ...], Principal] = {}
    for principal in _specimens({entry for _, statement in statements for entry in _entries(statement)}):
        said = tuple(speaks_of(policy, one, principal) for policy, one in statements)
        distinct.setdefault((principal.is_signed, *said), principal)
    return tuple(distinct.values())


def speaks_of(policy: Policy, statement: Statement, principal: Principal, *, has_boundary: bool = False) -> bool:
    """Whether a statement speaks of a caller, by the evaluator's own rules; one that can name nobody speaks of all."""
    if not policy.kind.elements.principal:
        return True
    is_trust = policy.kind is PolicyKind.TRUST
    clause, _ = judge_principal(statement, principal, Reading(), has_boundary=has_boundary, is_trust=is_trust)
    return clause.matched


def _entries(statement: Statement) -> Iterator[PrincipalEntry]:
    yield from statement.principals or ()
    yield from statement.not_principals or ()


def _specimens(entries: set[PrincipalEntry]) -> Iterator[Principal]:
    """A stranger of every type, and of every entry all that can speak together with it: plain callers come first."""
    texts = {entry.text for entry in entries if entry.type == "AWS"}
    arns = {text for text in texts if text.startswith("arn:") and len(split_arn(text)) == 6}
    accounts = {text for text in texts if is_account_id(text)}
    accounts |= {split_arn(arn)[4] for arn in arns if is_account_id(split_arn(arn)[4])}
    candidates = (*FRESH_ACCOUNTS, *map("{:012}".format, range(len(accounts) + 1)))
    fresh_account = next(account for account in candidates if account not in accounts)
    partitions = {split_arn(arn)[1] for arn in arns} | {"aws"}
    fresh = "other"
    while any(fresh in text for text in texts):
        fresh += "x"
    ids = {text for text in texts if _UNIQUE_ID.fullmatch(text)}
    services = {entry.text for entry in entries if entry.type == "Service"}
    providers = {entry.text for entry in entries if entry.type == "Federated"}

    known_partitions = (*sorted(partitions), _fresh_partition(partitions))
    roots = [f"arn:{partition}:iam::{account}:root" for partition in known_partitions for account in sorted(accounts)]
    roots.append(f"arn:aws:iam::{fresh_account}:root")
    for root in roots:
        yield from _of_account(root.removesuffix(":root"), fresh, ids)
        yield Principal.from_arn(root)
    for arn in sorted(arns):
        yield from _named(arn, arns, fresh, ids)
    for service in (*sorted(services), f"{fresh}.amazonaws.com"):
        yield Principal(PrincipalType.SERVICE, service=service)
    for provider in (*sorted(providers), f"{fresh}.example.com"):
        yield Principal(PrincipalType.FEDERATED, provider=provider)
    yield Principal(PrincipalType.ANONYMOUS)


def _fresh_partition(partitions: set[str]) -> str:
    return next(name for name in ("aws-cn", "aws-us-gov", "aws-iso", "aws-other") if name not in partitions)


def _of_account(head: str, fresh: str, ids: set[str]) -> Iterator[Principal]:
    """A user, a role's session and a federated user of an account whom no entry names, but perhaps by a unique id."""
    role = Principal.session(f"{head}:role/{fresh}", fresh)
    federated = Principal.from_arn(f"{head.replace(':iam:', ':sts:')}:federated-user/{fresh}")
    for principal in (Principal.from_arn(f"{head}:user/{fresh}"), role, federated):
        yield from _with_ids(principal, ids)


def _named(arn: str, arns: set[str], fresh: str, ids: set[str]) -> Iterator[Principal]:
    """The callers of whom an entry with an ARN speaks, and who may be spoken of by others at the same time."""
    segments = split_arn(arn)
    kind, _, name = segments[5].partition("/")
    if not is_account_id(segments[4]) or segments[5] == "root":
        return
    head = f"arn:{segments[1]}:iam::{segments[4]}"
    if segments[2] == "iam" and kind == "user" and name:
        yield from _with_ids(Principal.from_arn(arn), ids)
        named = [other for other in sorted(arns) if ":federated-user/" in other]
        federated = [other for other in named if split_arn(other)[4] == segments[4]]
        for own in (*federated, f"arn:{segments[1]}:sts::{segments[4]}:federated-user/{fresh}"):
            base = Principal.from_arn(own)
            yield from _with_ids(Principal(base.type, base.arn, base.account, user_arn=arn), ids)
    elif segments[2] == "iam" and kind == "role" and name:
        yield from _with_ids(Principal.session(arn, fresh), ids)
        for other in sorted(arns):
            if ":assumed-role/" in other and other.startswith(Principal.session(arn, "").arn or ""):
                base = Principal.from_arn(other)
                yield from _with_ids(Principal(base.type, base.arn, base.account, role_arn=arn), ids)
    elif segments[2] == "sts" and kind == "assumed-role" and name.count("/") == 1:
        yield from _with_ids(Principal.from_arn(arn), ids)
        path = f"{head}:role/{fresh}/{name.split('/')[0]}"
        base = Principal.from_arn(arn)
        yield from _with_ids(Principal(base.type, base.arn, base.account, role_arn=path), ids)
    elif segments[2] == "sts" and kind == "federated-user" and name:
        yield from _with_ids(Principal.from_arn(arn), ids)


def _with_ids(principal: Principal, ids: set[str]) -> Iterator[Principal]:
    """The caller, and the same caller with each unique id that an entry names; a session's id has two parts."""
    yield principal
    for unique_id in sorted(ids):
        forms = (unique_id, f"{unique_id}:other") if ":" not in unique_id else (unique_id,)
        for form in forms:
            yield Principal(
                principal.type,
                principal.arn,
                principal.account,
                role_arn=principal.role_arn,
                user_arn=principal.user_arn,
                unique_id=form,
            )
