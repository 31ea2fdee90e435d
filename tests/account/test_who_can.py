"""Who can: the fast way held to the plain one, and whom a resource policy lets in."""

from __future__ import annotations

import random
from typing import Any

import pytest

from policyeval.account.account import Account
from policyeval.account.model import Group, Organization, Role, User
from policyeval.account.who_can import Answer, WhoCan, who_can
from policyeval.evaluation.decide import Verdict, decide
from policyeval.evaluation.policies import Attached
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy

OWN, OTHER = "123456789012", "444455556666"
BUCKET = "arn:aws:s3:::b"


def policy(*statements: dict[str, Any], kind: PolicyKind = PolicyKind.IDENTITY, name: str = "p") -> Policy:
    whole = [{"Effect": "Allow", "Action": "*", **statement} for statement in statements]
    return Policy.parse({"Version": "2012-10-17", "Statement": whole}, kind, name)


# ---- the fast way


def a_world(seed: int) -> Account:
    """A random small account in which members share policies, and some statements tell callers apart."""
    draw = random.Random(seed)
    resources = ["*", f"{BUCKET}/*", BUCKET + "/${aws:username}", BUCKET + "/${aws:PrincipalTag/team}/*"]
    conditions: list[dict[str, Any]] = [
        {},
        {},
        {"StringEquals": {"aws:username": "u1"}},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{OWN}:*/*1"}},
        {"StringLike": {"aws:PrincipalTag/team": "c*"}},
        {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        {"StringEquals": {"aws:PrincipalType": "User"}},
    ]

    def one(kind: PolicyKind, name: str) -> Policy:
        statements = []
        for _ in range(draw.randint(1, 3)):
            statement: dict[str, Any] = {
                "Effect": draw.choice(["Allow", "Allow", "Allow", "Deny"]),
                "Action": draw.choice(["s3:*", "s3:GetObject", "s3:Put*", "sqs:*", "*"]),
                "Resource": draw.choice(resources),
            }
            condition = draw.choice(conditions)
            if condition:
                statement["Condition"] = condition
            if kind is PolicyKind.RESOURCE:
                statement["Principal"] = draw.choice(
                    [
                        "*",
                        {"AWS": [OWN]},
                        {"AWS": f"arn:aws:iam::{OWN}:user/u1"},
                        {"AWS": f"arn:aws:iam::{OWN}:role/r1"},
                    ]
                )
            statements.append(statement)
        return policy(*statements, kind=kind, name=name)

    shelf = [one(PolicyKind.IDENTITY, f"p{index}") for index in range(3)]
    boundary = one(PolicyKind.BOUNDARY, "boundary")

    def attach(origin: str) -> tuple[Attached, ...]:
        return tuple(Attached(chosen, origin) for chosen in draw.choices(shelf, k=draw.choice([0, 0, 0, 1, 2])))

    def limit() -> Attached | None:
        return Attached(boundary, "boundary") if draw.random() < 0.2 else None

    def tags() -> dict[str, str]:
        return {"team": draw.choice(["core", "web"])} if draw.random() < 0.5 else {}

    groups = {
        name: Group(name, f"arn:aws:iam::{OWN}:group/{name}", (Attached(draw.choice(shelf), f"group {name}"),))
        for name in ("g", "h")
    }
    users = {
        name: User(
            name,
            f"arn:aws:iam::{OWN}:user/{name}",
            tuple(draw.sample(sorted(groups), draw.choice([0, 1, 1, 2]))),
            attach(f"user {name}"),
            limit(),
            tags(),
        )
        for name in (f"u{index}" for index in range(12))
    }
    roles = {
        name: Role(name, f"arn:aws:iam::{OWN}:role/{name}", attach(f"role {name}"), None, limit(), tags())
        for name in (f"r{index}" for index in range(8))
    }
    bucket = {BUCKET: Attached(one(PolicyKind.RESOURCE, "bucket"), BUCKET)} if draw.random() < 0.5 else {}
    levels = ((Attached(one(PolicyKind.SCP, "scp")),),) if draw.random() < 0.2 else None
    return Account(OWN, users, groups, roles, bucket, Organization(scps=levels))


def told(found: WhoCan) -> list[tuple[object, ...]]:
    return [(member.name, *told_answer(member.answer)) for member in found.members]


def told_answer(answer: Answer) -> tuple[object, ...]:
    deciding = [(match.policy.name, match.statement.index, match.origin, match.layer) for match in answer.deciding]
    return answer.decision, answer.could_be_allowed, answer.depends_on, deciding


@pytest.mark.parametrize("seed", range(60))
def test_the_index_changes_no_answer(seed: int) -> None:
    account = a_world(seed)
    for action, arn in (
        ("s3:GetObject", f"{BUCKET}/u1"),
        ("s3:PutObject", f"{BUCKET}/core/k"),
        ("sqs:SendMessage", "*"),
    ):
        assert told(who_can(account, action, arn)) == told(who_can(account, action, arn, indexed=False))


def test_members_of_one_group_are_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from policyeval.account import who_can as module

    group = Group("g", f"arn:aws:iam::{OWN}:group/g", (Attached(policy({"Resource": "*"}), "group g"),))
    users = {name: User(name, f"arn:aws:iam::{OWN}:user/{name}", ("g",)) for name in map("u{}".format, range(50))}
    asked = []

    def counting(*question: Any) -> Verdict:
        asked.append(question)
        return decide(*question)

    monkeypatch.setattr(module, "decide", counting)
    found = who_can(Account(OWN, users, {"g": group}), "s3:GetObject", f"{BUCKET}/k")
    assert len(found.allowed) == 50
    assert len(asked) == 2, "one for all the users, one for root"


# ---- what it says


def account_with(resource: Policy | None = None, **more: Any) -> Account:
    """An account with one user, who has no policies, and a bucket."""
    alice = User("alice", f"arn:aws:iam::{OWN}:user/alice")
    resources = {BUCKET: Attached(resource, BUCKET)} if resource is not None else {}
    return Account(OWN, {"alice": alice}, {}, {}, resources, **more)


def bucket(*statements: dict[str, Any]) -> Policy:
    return policy(*({"Resource": f"{BUCKET}/*", **statement} for statement in statements), kind=PolicyKind.RESOURCE)


def outsiders(*statements: dict[str, Any], **more: Any) -> dict[str, tuple[str, ...]]:
    """Whom a bucket policy lets in, and on which missing keys it hangs."""
    found = who_can(account_with(bucket(*statements), **more), "s3:GetObject", f"{BUCKET}/k")
    return {f"{outsider.kind} {outsider.name}": outsider.answer.depends_on for outsider in found.outsiders}


def test_whom_a_resource_policy_lets_in() -> None:
    assert outsiders({"Principal": {"AWS": OTHER}}) == {f"Account {OTHER}": ()}
    assert outsiders({"Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}}) == {f"Account {OTHER}": ()}
    assert outsiders({"Principal": {"AWS": f"arn:aws:iam::{OTHER}:user/x"}}) == {
        f"Principal arn:aws:iam::{OTHER}:user/x": ()
    }
    assert outsiders({"Principal": {"Service": "logs.amazonaws.com"}}) == {"Service logs.amazonaws.com": ()}
    assert outsiders({"Principal": "*"}) == {"Everyone everyone, without credentials": ()}
    assert outsiders({"Principal": {"AWS": [OWN, f"arn:aws:iam::{OWN}:user/alice", "AIDAEXAMPLE"]}}) == {}
    assert outsiders({"Principal": {"AWS": OTHER}, "Action": "s3:PutObject"}) == {}
    assert outsiders({"Principal": {"AWS": OTHER}, "Resource": f"{BUCKET}/other"}) == {}


def test_conditions_and_denies_narrow_whom_it_lets_in() -> None:
    org = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    assert outsiders({"Principal": "*", "Condition": org}) == {"AnyAccount any AWS account": ("aws:PrincipalOrgID",)}
    assert outsiders({"Principal": {"Service": "logs.amazonaws.com"}, "Condition": org}) == {}
    account = {"StringEquals": {"aws:PrincipalAccount": OTHER}}
    assert outsiders({"Principal": "*", "Condition": account}) == {
        "AnyAccount any AWS account": ("aws:PrincipalAccount",)
    }
    denied = {"Effect": "Deny", "Principal": {"AWS": OTHER}}
    assert outsiders({"Principal": {"AWS": [OTHER, "111122223333"]}}, denied) == {"Account 111122223333": ()}


def test_an_rcp_keeps_outsiders_out() -> None:
    ours = {"StringNotEqualsIfExists": {"aws:PrincipalAccount": OWN}}
    rcp = policy(
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*", "Condition": ours}, kind=PolicyKind.RCP
    )
    assert outsiders({"Principal": {"AWS": OTHER}}, organization=Organization(rcps=((Attached(rcp),),))) == {}


def test_root_is_told_apart() -> None:
    found = who_can(account_with(), "s3:GetObject", f"{BUCKET}/k")
    assert found.root.is_allowed
    assert (found.allowed, [member.name for member in found.denied]) == ((), ["alice"])
    scp = policy({"Effect": "Deny", "Resource": "*"}, kind=PolicyKind.SCP)
    bound = account_with(organization=Organization(scps=((Attached(scp),),)))
    assert not who_can(bound, "s3:GetObject", f"{BUCKET}/k").root.is_allowed
