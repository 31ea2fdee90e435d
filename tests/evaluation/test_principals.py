"""How an entry of `Principal` speaks of a caller.

Source: IAM User Guide, reference_policies_elements_principal and _notprincipal; semantics section 6.1.
"""

from __future__ import annotations

from typing import Any

import pytest

from policyeval.evaluation.principals import classify, judge_principal
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal
from policyeval.evaluation.trace import PrincipalClass
from policyeval.policy.model import PrincipalEntry, Statement

A, B = "111122223333", "444455556666"
WILD, ACCOUNT, ROLE, DIRECT = PrincipalClass.WILD, PrincipalClass.ACCOUNT, PrincipalClass.ROLE, PrincipalClass.DIRECT

CALLERS: dict[str, Any] = {
    "user": {"type": "User", "arn": f"arn:aws:iam::{A}:user/team/alice", "uniqueId": "AIDAEXAMPLEEXAMPLE1"},
    "session": {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{A}:assumed-role/app/ci",
        "roleArn": f"arn:aws:iam::{A}:role/svc/app",
        "uniqueId": "AROAEXAMPLEEXAMPLE1:ci",
    },
    "federated": {
        "type": "FederatedUser",
        "arn": f"arn:aws:sts::{A}:federated-user/fed",
        "userArn": f"arn:aws:iam::{A}:user/team/alice",
    },
    "root": {"type": "Account", "account": A},
    "anonymous": {"type": "Anonymous"},
    "service": {"type": "Service", "service": "ec2.amazonaws.com"},
    "web": {"type": "Federated", "provider": "accounts.google.com"},
}
EVERYONE = dict.fromkeys(CALLERS, WILD)
OWN = {"user": ACCOUNT, "session": ACCOUNT, "federated": ACCOUNT, "root": DIRECT}

ENTRIES: list[tuple[str, str, dict[str, PrincipalClass]]] = [
    # the key, the entry; the callers of whom it speaks, and how
    ("AWS", "*", EVERYONE),
    ("AWS", A, OWN),
    ("AWS", f"arn:aws:iam::{A}:root", OWN),
    ("AWS", B, {}),
    ("AWS", f"arn:aws:iam::{B}:root", {}),
    ("AWS", f"arn:aws-cn:iam::{A}:root", {}),
    ("AWS", f"arn:aws:iam::{A}:user/team/alice", {"user": DIRECT, "federated": ROLE}),
    ("AWS", f"arn:aws:iam::{A}:user/alice", {}),
    ("AWS", f"arn:aws:iam::{A}:user/team/Alice", {}),
    ("AWS", f"arn:aws:iam::{A}:role/svc/app", {"session": ROLE}),
    ("AWS", f"arn:aws:iam::{A}:role/app", {}),
    ("AWS", f"arn:aws:sts::{A}:assumed-role/app/ci", {"session": DIRECT}),
    ("AWS", f"arn:aws:sts::{A}:assumed-role/app/other", {}),
    ("AWS", f"arn:aws:sts::{A}:assumed-role/svc/app/ci", {}),
    ("AWS", f"arn:aws:sts::{A}:federated-user/fed", {"federated": DIRECT}),
    ("AWS", f"arn:aws:iam::{A}:group/g", {}),
    ("AWS", "AIDAEXAMPLEEXAMPLE1", {"user": DIRECT}),
    ("AWS", "AROAEXAMPLEEXAMPLE1", {"session": ROLE}),
    ("AWS", "AROAEXAMPLEEXAMPLE2", {}),
    ("AWS", "ec2.amazonaws.com", {}),
    ("Service", "ec2.amazonaws.com", {"service": DIRECT}),
    ("Service", "EC2.amazonaws.com", {}),
    ("Service", "lambda.amazonaws.com", {}),
    ("Service", A, {}),
    ("Federated", "accounts.google.com", {"web": DIRECT}),
    ("Federated", "www.amazon.com", {}),
    ("CanonicalUser", "a" * 64, {}),
]


@pytest.mark.parametrize(("key", "text", "expected"), ENTRIES)
def test_classes(key: str, text: str, expected: dict[str, PrincipalClass]) -> None:
    entry = PrincipalEntry(key, text, "/x")
    found = {name: classify(entry, Principal.parse(caller), Reading()) for name, caller in CALLERS.items()}
    assert {name: kind for name, kind in found.items() if kind is not None} == expected


def judged(
    caller: str, *entries: str, effect: str = "Deny", negated: bool = True, boundary: bool = False
) -> tuple[bool, PrincipalClass | None]:
    listed = tuple(PrincipalEntry("AWS", text, f"/{index}") for index, text in enumerate(entries))
    statement = Statement(
        0,
        "",
        effect,  # type: ignore[arg-type]  # one of the two words
        principals=None if negated else listed,
        not_principals=listed if negated else None,
    )
    clause, kind = judge_principal(
        statement, Principal.parse(CALLERS[caller]), Reading(), has_boundary=boundary, is_trust=False
    )
    return clause.matched, kind


def test_entries_are_ored_and_the_widest_class_counts() -> None:
    own = f"arn:aws:iam::{A}:role/svc/app"
    session = f"arn:aws:sts::{A}:assumed-role/app/ci"
    for order in ((A, own, session), (session, own, A)):
        assert judged("session", *order, negated=False) == (True, DIRECT)
    assert judged("session", own, A, negated=False) == (True, ROLE)
    assert judged("session", session, "*", negated=False) == (True, WILD)
    assert judged("session", B, negated=False) == (False, None)
    assert judged("session", negated=False) == (False, None)


def test_not_principal_speaks_of_all_but_the_listed() -> None:
    """A Deny hits everyone who is not listed (reference_policies_elements_notprincipal)."""
    alice = f"arn:aws:iam::{A}:user/team/alice"
    assert judged("user", alice, A) == (False, None)
    assert judged("session", alice) == (True, WILD)
    assert judged("anonymous", alice) == (True, WILD)
    assert judged("service", alice) == (True, WILD)
    assert judged("user", "*") == (False, None)


def test_a_caller_with_a_boundary_is_never_spared() -> None:
    """access_policies_boundaries: such a Deny always hits; an Allow is not concerned."""
    alice = f"arn:aws:iam::{A}:user/team/alice"
    assert judged("user", alice, A, boundary=True) == (True, WILD)
    assert judged("user", alice, A, boundary=True, effect="Allow") == (False, None)


def test_a_statement_without_principals_speaks_of_nobody() -> None:
    for effect in ("Allow", "Deny"):
        statement = Statement(0, "/Statement", effect)
        clause, kind = judge_principal(
            statement, Principal.parse(CALLERS["user"]), Reading(), has_boundary=False, is_trust=False
        )
        assert (clause.matched, kind, clause.reason) == (False, None, "the statement names no principal")
