"""Policies and requests drawn from so few words that statements often match."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Request
from policyeval.evaluation.trace import Decision
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy

ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session"
STRANGER = "arn:aws:iam::444455556666:user/mallory"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

Document = dict[str, Any]

ACTIONS = ("*", "s3:*", "s3:GetObject", "s3:Get*", "S3:getobject", "s3:PutObject", "s3:Get?bject", "ec2:*", "s3:")
RESOURCES = (
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/${aws:PrincipalTag/team, 'k'}",
    "arn:aws:s3:::?/k",
    "arn:aws:sqs:*:*:q",
)
CONDITIONS: tuple[tuple[str, str, Any], ...] = (
    ("StringEquals", "aws:username", "alice"),
    ("StringNotEquals", "aws:username", ["bob", "carol"]),
    ("StringEquals", "s3:prefix", "${aws:username}"),
    ("StringLikeIfExists", "s3:prefix", "a*"),
    ("Bool", "aws:SecureTransport", True),
    ("Null", "s3:prefix", "true"),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["team", "env"]),
    ("ForAnyValue:StringEquals", "aws:TagKeys", "team"),
    ("NumericLessThan", "s3:max-keys", 10),
    ("DateGreaterThan", "aws:CurrentTime", "2026-01-01"),
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24", "2001:db8::/32"]),
    ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:*/a*"),
)
CONTEXT: dict[str, tuple[ContextValue, ...]] = {
    "s3:prefix": ("alice", "a", "z", ""),
    "aws:SecureTransport": ("true", False),
    "aws:TagKeys": (["team"], ["team", "env"], ["cost"], []),
    "s3:max-keys": ("5", 10, "many"),
    "aws:SourceIp": ("203.0.113.7", "198.51.100.1", "2001:db8::1"),
    "aws:PrincipalTag/team": ("k", "core"),
}


def some(words: tuple[str, ...]) -> st.SearchStrategy[str | list[str]]:
    """An entry standing alone, or a list."""
    entry = st.sampled_from(words)
    return entry | st.lists(entry, min_size=1, max_size=3)


@st.composite
def conditions(draw: st.DrawFn) -> Document:
    block: Document = {}
    for operator, key, value in draw(st.lists(st.sampled_from(CONDITIONS), max_size=2)):
        block.setdefault(operator, {})[key] = value
    return block


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None, principals: tuple[Any, ...] = ()) -> Document:
    """A statement that AWS accepts; with `principals`, one of a resource policy."""
    statement: Document = {
        "Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "Action", "NotAction"])): draw(some(ACTIONS)),
        draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"])): draw(some(RESOURCES)),
    }
    block = draw(conditions())
    if block:
        statement["Condition"] = block
    if principals:
        statement["Principal"] = draw(st.sampled_from(principals))
    return statement


@st.composite
def documents(draw: st.DrawFn, effect: str | None = None, principals: tuple[Any, ...] = ()) -> Document:
    return {
        "Version": draw(st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])),
        "Statement": draw(st.lists(statements(effect, principals), min_size=1, max_size=4)),
    }


PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": ACCOUNT},
    {"AWS": ALICE},
    {"AWS": ROLE},
    {"AWS": SESSION},
    {"AWS": STRANGER},
    {"Service": "ec2.amazonaws.com"},
)


@st.composite
def requests(draw: st.DrawFn, callers: tuple[str, ...] = (ALICE, ROLE, ACCOUNT)) -> Request:
    context = {key: draw(st.sampled_from(values)) for key, values in CONTEXT.items() if draw(st.booleans())}
    return Request(
        draw(st.sampled_from(callers)),
        draw(st.sampled_from(["s3:GetObject", "s3:PutObject", "ec2:RunInstances"])),
        {
            "arn": draw(st.sampled_from(["arn:aws:s3:::b/k", "arn:aws:s3:::b/alice", "arn:aws:s3:::b"])),
            "account": ACCOUNT,
        },
        context,
        NOON,
    )


def read(document: Document, kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
    policy, problems = read_policy(document, kind)
    assert not problems, problems
    return policy


def attached(document: Document, kind: PolicyKind = PolicyKind.IDENTITY) -> Attached:
    return Attached(read(document, kind))


@st.composite
def policy_sets(draw: st.DrawFn) -> PolicySet:
    """Every layer, each there or not."""

    def maybe(kind: PolicyKind, principals: tuple[Any, ...] = ()) -> Attached | None:
        return attached(draw(documents(principals=principals)), kind) if draw(st.booleans()) else None

    def several(kind: PolicyKind) -> tuple[Attached, ...]:
        return tuple(attached(draw(documents()), kind) for _ in range(draw(st.integers(0, 2))))

    def current(document: Document) -> Document:
        return {**document, "Version": "2012-10-17"}

    levels = tuple(
        tuple(attached(current(draw(documents())), PolicyKind.SCP) for _ in range(draw(st.integers(0, 2))))
        for _ in range(draw(st.integers(0, 2)))
    )
    return PolicySet(
        identity=several(PolicyKind.IDENTITY),
        resource=maybe(PolicyKind.RESOURCE, PRINCIPALS),
        boundary=maybe(PolicyKind.BOUNDARY),
        session=several(PolicyKind.SESSION) if draw(st.booleans()) else None,
        scp=levels if draw(st.booleans()) else None,
        vpc_endpoint=maybe(PolicyKind.VPC_ENDPOINT, ("*",)),
    )


def decision(policies: PolicySet, request: Request) -> Decision:
    return decide(policies, request).decision


def identity_decision(document: Document, request: Request) -> Decision:
    return decision(PolicySet(identity=(attached(document),)), request)


def matching(document: Document, request: Request) -> bool:
    """Whether the only statement of an identity policy matches."""
    (judged,) = decide(PolicySet(identity=(attached(document),)), request).considered
    return judged.matched
