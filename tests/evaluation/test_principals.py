"""How an entry of `Principal` speaks of a caller.

Source: IAM User Guide, reference_policies_elements_principal and _notprincipal; semantics section 6.1.
"""

from __future__ import annotations

from typing import Any

import pytest

from policyeval.evaluation.decide import decide
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.principals import classify, judge_principal
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, Request
from policyeval.evaluation.trace import Clause, Decision, PrincipalClass
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import PrincipalEntry, Statement
from tests.evaluation.worlds import attached

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
    ("AWS", "arn:aws:iam::None:root", {}),
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


def test_the_account_is_one_of_the_callers_own_partition() -> None:
    caller = Principal.parse(f"arn:aws-cn:iam::{A}:user/alice")
    assert classify(PrincipalEntry("AWS", f"arn:aws-cn:iam::{A}:root", "/x"), caller, Reading()) is ACCOUNT
    assert classify(PrincipalEntry("AWS", f"arn:aws:iam::{A}:root", "/x"), caller, Reading()) is None


@pytest.mark.parametrize(
    ("caller", "entries", "is_spared", "is_disputed"),
    [
        ("user", [("AWS", f"arn:aws:iam::{A}:user/team/alice"), ("AWS", A)], True, False),
        ("user", [("AWS", f"arn:aws:iam::{A}:user/team/alice")], True, True),
        ("user", [("AWS", f"arn:aws:iam::{A}:user/team/alice"), ("Service", A)], True, True),
        ("user", [("AWS", A)], True, True),
        ("user", [("AWS", "*")], True, False),
        ("user", [("AWS", B)], False, False),
        ("session", [("AWS", f"arn:aws:iam::{A}:role/svc/app"), ("AWS", A)], True, True),
        ("root", [("AWS", f"arn:aws:iam::{A}:root")], True, False),
        ("service", [("Service", "ec2.amazonaws.com")], True, False),
        ("web", [("Federated", "accounts.google.com")], True, False),
    ],
)
def test_whether_a_caller_of_whom_a_part_is_listed_is_spared_is_disputed(
    caller: str, entries: list[tuple[str, str]], is_spared: bool, is_disputed: bool
) -> None:
    """ "You must also specify the account ARN" (reference_policies_elements_notprincipal)."""
    principal, reading = Principal.parse(CALLERS[caller]), Reading()
    listed = tuple(PrincipalEntry(key, text, f"/Statement/NotPrincipal/{key}") for key, text in entries)
    statement = Statement(0, "/Statement", "Deny", not_principals=listed)
    clause, kind = judge_principal(statement, principal, reading, has_boundary=False, is_trust=False)
    assert (clause.matched, kind) == (not is_spared, None if is_spared else WILD)
    assert list(reading.touched) == [Dispute.PARTIAL_NOT_PRINCIPAL] * is_disputed
    if not is_spared:
        assert clause == Clause("NotPrincipal", True, "/Statement/NotPrincipal", actual=principal.display)


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


@pytest.mark.parametrize(
    ("who", "disputes"),
    [
        ("arn:aws:iam::111122223333:user/alice", [(Dispute.CANONICAL_USER, Decision.ALLOWED)]),
        ({"type": "Anonymous"}, []),
        ({"type": "Federated", "provider": "accounts.google.com"}, []),
    ],
)
def test_whether_a_canonical_user_is_the_callers_account_is_disputed_for_callers_that_have_one(
    who: Any, disputes: list[tuple[Dispute, Decision]]
) -> None:
    canonical = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    bucket = {**everything, "Principal": {"CanonicalUser": canonical}}
    policies = PolicySet(
        identity=(attached({"Version": "2012-10-17", "Statement": everything}),),
        resource=attached({"Version": "2012-10-17", "Statement": bucket}, PolicyKind.RESOURCE),
    )
    request = Request(who, "s3:GetObject", {"arn": "arn:aws:s3:::b/k", "account": "444455556666"})
    result = explain(policies, request)
    assert result.decision is Decision.IMPLICIT_DENY
    assert [(each.dispute, each.other_decision) for each in result.uncertain] == disputes


def test_of_entries_that_say_the_same_the_first_is_named() -> None:
    named = {"Effect": "Allow", "Principal": {"AWS": [A, f"arn:aws:iam::{A}:root"]}, "Action": "*", "Resource": "*"}
    policies = PolicySet(resource=attached({"Version": "2012-10-17", "Statement": named}, PolicyKind.RESOURCE))
    (match,) = decide(policies, Request(f"arn:aws:iam::{A}:user/alice", "s3:GetObject", "arn:aws:s3:::b/k")).considered
    assert (match.clauses[0].pointer, match.clauses[0].entry) == ("/Statement/Principal/AWS/0", A)


def test_a_statement_without_a_principal_speaks_of_nobody() -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy, problems = read_policy({"Version": "2012-10-17", "Statement": statement}, PolicyKind.RESOURCE)
    assert problems
    request = Request(f"arn:aws:iam::{A}:user/alice", "s3:GetObject", "arn:aws:s3:::b/k")
    (match,) = decide(PolicySet(resource=Attached(policy)), request).considered
    assert [clause.element for clause in match.failed] == ["Principal"]


def principal_clause(boundary: bool = False, **elements: Any) -> Clause:
    """What a bucket's policy says of alice."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policies = PolicySet(
        resource=attached({"Version": "2012-10-17", "Statement": {**everything, **elements}}, PolicyKind.RESOURCE),
        boundary=attached({"Version": "2012-10-17", "Statement": everything}) if boundary else None,
    )
    request = Request(f"arn:aws:iam::{A}:user/alice", "s3:GetObject", "arn:aws:s3:::b/k")
    return decide(policies, request).considered[0].clauses[0]


def test_a_miss_names_the_entry_when_there_is_but_one() -> None:
    one = principal_clause(Principal={"AWS": B})
    assert (one.matched, one.pointer, one.entry) == (False, "/Statement/Principal/AWS", B)
    two = principal_clause(Principal={"AWS": [B, f"arn:aws:iam::{B}:root"]})
    assert (two.matched, two.pointer, two.entry) == (False, "/Statement/Principal", None)


def test_why_a_caller_with_a_boundary_is_not_spared_is_told() -> None:
    """Source: reference_policies_elements_notprincipal."""
    alice = {"AWS": [f"arn:aws:iam::{A}:user/alice", A]}
    assert principal_clause(Effect="Deny", NotPrincipal=alice).matched is False
    held = principal_clause(Effect="Deny", NotPrincipal=alice, boundary=True)
    assert (held.matched, held.reason) == (True, "a caller with a permissions boundary is never spared")
    assert (held.element, held.pointer) == ("NotPrincipal", "/Statement/NotPrincipal")
    assert held.actual == f"arn:aws:iam::{A}:user/alice"
