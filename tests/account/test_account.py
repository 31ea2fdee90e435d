"""An account asked: who is who, which policies have a say, and what AWS would decide."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from policyeval.account.account import WAYS_TO_NAME_A_CALLER, Account
from policyeval.errors import RequestError
from policyeval.evaluation.request import PrincipalType
from policyeval.evaluation.trace import Layer

ID = "123456789012"
OTHER = "444455556666"


def document(action: str = "*", effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **elements}
    return {
        "Version": "2012-10-17",
        "Statement": {name: value for name, value in statement.items() if value is not None},
    }


ACCOUNT: dict[str, Any] = {
    "account": ID,
    "groups": {"Readers": {"policies": [document("s3:Get*")]}},
    "users": {
        "alice": {"groups": ["Readers"], "tags": {"team": "core"}, "unique-id": "AIDAEXAMPLEEXAMPLE1"},
        "bob": {"path": "/team/a/", "policies": [document("s3:*")], "permissions-boundary": document("s3:Get*")},
    },
    "roles": {
        "app": {
            "path": "/svc/",
            "policies": [document("sqs:*")],
            "trust": document("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{ID}:user/alice"}, Resource=None),
            "unique-id": "AROAEXAMPLEEXAMPLE1",
            "tags": {"team": "ops"},
        },
        "AWSServiceRoleForX": {"path": "/aws-service-role/x.amazonaws.com/", "policies": [document()]},
        "plain": {},
    },
    "resources": {
        "arn:aws:s3:::logs": document("s3:*", Principal={"AWS": f"arn:aws:iam::{ID}:user/alice"}),
        "arn:aws:s3:::logs-archive": document("s3:*", "Deny", Principal="*"),
        f"arn:aws:sqs:us-east-1:{OTHER}:q": document("sqs:*", Principal={"AWS": ID}),
    },
    "organization": {"id": "o-example", "scps": [[document()], [document("iam:*", "Deny"), document()]]},
}


def load(folder: Path, changes: dict[str, Any] | None = None) -> Account:
    path = folder / "account.json"
    path.write_text(json.dumps({**ACCOUNT, **(changes or {})}), encoding="utf-8")
    return Account.load(str(path))


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return load(tmp_path)


# ---- who asks

CALLERS: list[tuple[str, PrincipalType, str | None]] = [
    ("alice", PrincipalType.USER, f"arn:aws:iam::{ID}:user/alice"),
    ("user/alice", PrincipalType.USER, f"arn:aws:iam::{ID}:user/alice"),
    ("bob", PrincipalType.USER, f"arn:aws:iam::{ID}:user/team/a/bob"),
    ("user/team/a/bob", PrincipalType.USER, f"arn:aws:iam::{ID}:user/team/a/bob"),
    (f"arn:aws:iam::{ID}:user/team/a/bob", PrincipalType.USER, f"arn:aws:iam::{ID}:user/team/a/bob"),
    ("role/app", PrincipalType.ASSUMED_ROLE, f"arn:aws:sts::{ID}:assumed-role/app/session"),
    ("role/svc/app", PrincipalType.ASSUMED_ROLE, f"arn:aws:sts::{ID}:assumed-role/app/session"),
    (f"arn:aws:iam::{ID}:role/svc/app", PrincipalType.ASSUMED_ROLE, f"arn:aws:sts::{ID}:assumed-role/app/session"),
    ("assumed-role/app/ci", PrincipalType.ASSUMED_ROLE, f"arn:aws:sts::{ID}:assumed-role/app/ci"),
    (f"arn:aws:sts::{ID}:assumed-role/app/ci", PrincipalType.ASSUMED_ROLE, f"arn:aws:sts::{ID}:assumed-role/app/ci"),
    ("federated-user/fed", PrincipalType.FEDERATED_USER, f"arn:aws:sts::{ID}:federated-user/fed"),
    ("root", PrincipalType.ACCOUNT, f"arn:aws:iam::{ID}:root"),
    (ID, PrincipalType.ACCOUNT, f"arn:aws:iam::{ID}:root"),
    ("anonymous", PrincipalType.ANONYMOUS, None),
    ("ec2.amazonaws.com", PrincipalType.SERVICE, None),
    ("ec2.amazonaws.com.cn", PrincipalType.SERVICE, None),
    (f"arn:aws:iam::{ID}:saml-provider/idp", PrincipalType.FEDERATED, None),
]


@pytest.mark.parametrize(("text", "kind", "arn"), CALLERS)
def test_callers(account: Account, text: str, kind: PrincipalType, arn: str | None) -> None:
    principal = account.principal(text)
    assert (principal.type, principal.arn) == (kind, arn)


def test_a_session_of_a_role_with_a_path_keeps_the_roles_arn(account: Account) -> None:
    """The ARN of a session leaves the path out, `aws:PrincipalArn` does not (reference_identifiers)."""
    for given in ("role/app", f"arn:aws:sts::{ID}:assumed-role/app/ci", {"type": "AssumedRole", "arn": "SESSION"}):
        if isinstance(given, dict):
            given = {**given, "arn": f"arn:aws:sts::{ID}:assumed-role/app/ci"}
        principal = account.principal(given)
        assert principal.role_arn == f"arn:aws:iam::{ID}:role/svc/app"
        assert principal.tags == {"team": "ops"}
        assert principal.unique_id is not None
        assert principal.unique_id.startswith("AROAEXAMPLEEXAMPLE1:")


def test_a_described_caller_keeps_its_own_tags_and_gets_the_id(account: Account) -> None:
    alice = {"type": "User", "arn": f"arn:aws:iam::{ID}:user/alice"}
    assert account.principal(alice).tags == {"team": "core"}
    assert account.principal({**alice, "tags": {"team": "x"}}).tags == {"team": "x"}
    assert account.principal(alice).unique_id == "AIDAEXAMPLEEXAMPLE1"


def test_a_role_of_a_service_is_known_by_its_path(account: Account) -> None:
    assert account.principal("role/AWSServiceRoleForX").service_linked
    assert not account.principal("role/app").service_linked


NEAR_USER = f"did you mean `arn:aws:iam::{ID}:user/team/a/bob`?"
NEAR_ROLE = f"did you mean `arn:aws:iam::{ID}:role/svc/app`?"
NOBODY: list[tuple[Any, str, str | None]] = [
    ("alise", "no user `alise`", "did you mean `alice`?"),
    ("app", "no user `app`; there is a role of that name", "write `role/app`"),
    ("user/team/alice", "no user `team/alice`", "did you mean `alice`?"),
    ("role/ap", "no role `ap`", "did you mean `app`?"),
    ("role/wrong/app", "no role `wrong/app`", "did you mean `app`?"),
    ("assumed-role/ap/x", "no role `ap`", "did you mean `app`?"),
    (f"arn:aws:iam::{ID}:user/bob", f"no user `arn:aws:iam::{ID}:user/bob`", NEAR_USER),
    (f"arn:aws:iam::{ID}:role/app", f"no role `arn:aws:iam::{ID}:role/app`", NEAR_ROLE),
    ("group/Readers", "`group/Readers` is no principal", None),
    ("assumed-role/app", "`assumed-role/app` is no principal", None),
    ("", "the caller's name is empty", WAYS_TO_NAME_A_CALLER),
    (
        f"arn:aws:iam::{OTHER}:user/x",
        f"`arn:aws:iam::{OTHER}:user/x` is of account {OTHER}, and these files describe {ID}",
        "describe a caller of another account by its policies: `--identity FILE`",
    ),
    (
        f"arn:aws-cn:iam::{ID}:user/alice",
        f"`arn:aws-cn:iam::{ID}:user/alice` is in the partition `aws-cn`, the account in `aws`",
        None,
    ),
    (f"arn:aws:iam::{ID}:group/Readers", f"`arn:aws:iam::{ID}:group/Readers` is no principal", None),
    (f"arn:aws:iam::{ID}:user/alice/", f"`arn:aws:iam::{ID}:user/alice/` is no principal", None),
    ("arn:aws:s3:::b", "`arn:aws:s3:::b` names no account", None),
    (
        {"type": "User", "arn": f"arn:aws:iam::{ID}:user/nobody"},
        f"no user `arn:aws:iam::{ID}:user/nobody`",
        None,
    ),
    (
        {"type": "User", "arn": f"arn:aws:iam::{ID}:user/bob"},
        f"no user `arn:aws:iam::{ID}:user/bob`",
        NEAR_USER,
    ),
    ({"type": "AssumedRole", "arn": f"arn:aws:sts::{ID}:assumed-role/ap/s"}, "no role `ap`", "did you mean `app`?"),
    (
        {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{ID}:assumed-role/app/s",
            "roleArn": f"arn:aws:iam::{ID}:role/other/app",
        },
        f"no role `arn:aws:iam::{ID}:role/other/app`",
        NEAR_ROLE,
    ),
]


ABSENT: list[tuple[str, str | None]] = [
    (f"arn:aws:iam::{ID}:role/app", f"the account has no role `arn:aws:iam::{ID}:role/app`; {NEAR_ROLE}"),
    (f"arn:aws:iam::{ID}:user/team/bobb", f"the account has no user `arn:aws:iam::{ID}:user/team/bobb`; {NEAR_USER}"),
    (f"arn:aws:iam::{ID}:group/zzz", f"the account has no group `arn:aws:iam::{ID}:group/zzz`"),
    (f"arn:aws:iam::{ID}:role/svc/app", None),
    (f"arn:aws:iam::{ID}:user/alice", None),
    (f"arn:aws:iam::{OTHER}:role/app", None),
    (f"arn:aws:iam::{ID}:policy/app", None),
    (f"arn:aws:iam::{ID}:root", None),
    ("*", None),
]


@pytest.mark.parametrize(("arn", "said"), ABSENT)
def test_what_the_account_does_not_have(account: Account, arn: str, said: str | None) -> None:
    assert account.absence(arn) == said


@pytest.mark.parametrize(("given", "message", "help"), NOBODY)
def test_a_caller_that_the_account_does_not_have(account: Account, given: Any, message: str, help: str | None) -> None:
    with pytest.raises(RequestError) as caught:
        account.principal(given)
    assert caught.value.message == message
    if help is not None:
        assert caught.value.help == help


def test_a_stranger_is_described_in_full(account: Account) -> None:
    stranger = account.principal({"type": "User", "arn": f"arn:aws:iam::{OTHER}:user/x"})
    assert stranger.account == OTHER


# ---- what AWS decides


def test_the_clock_may_be_set(tmp_path: Path) -> None:
    condition = {"DateLessThan": {"aws:CurrentTime": "2026-01-01"}}
    account = load(tmp_path, {"users": {"alice": {"policies": [document(Condition=condition)]}}})
    for year, allowed in ((2025, True), (2026, False)):
        time = datetime(year, 5, 1, tzinfo=UTC)
        assert account.request("alice", "s3:GetObject", time=time).time == time
        assert account.simulate("alice", "s3:GetObject", time=time).allowed is allowed


DECISIONS: list[tuple[str, str, str, str]] = [
    ("alice", "s3:GetObject", "arn:aws:s3:::b/k", "allowed"),  # by her group
    ("alice", "s3:PutObject", "arn:aws:s3:::b/k", "implicitDeny"),
    ("alice", "s3:PutObject", "arn:aws:s3:::logs/k", "allowed"),  # by the bucket's policy, which covers its objects
    ("alice", "s3:PutObject", "arn:aws:s3:::logs-archive/k", "explicitDeny"),  # not the bucket whose name begins alike
    ("alice", "s3:PutObject", "arn:aws:s3:::logs2/k", "implicitDeny"),
    ("bob", "s3:GetObject", "arn:aws:s3:::b/k", "allowed"),
    ("bob", "s3:PutObject", "arn:aws:s3:::b/k", "implicitDeny"),  # the boundary
    ("root", "s3:PutObject", "arn:aws:s3:::b/k", "allowed"),
    ("root", "iam:CreateUser", f"arn:aws:iam::{ID}:user/x", "explicitDeny"),  # the SCP
    ("role/app", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ID}:q", "allowed"),
    ("role/app", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OTHER}:q", "allowed"),  # both accounts allow
    ("alice", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OTHER}:q", "implicitDeny"),
    ("role/app", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OTHER}:other", "implicitDeny"),
    ("role/plain", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ID}:q", "implicitDeny"),
    ("role/AWSServiceRoleForX", "iam:CreateUser", f"arn:aws:iam::{ID}:user/x", "allowed"),  # no SCP binds it
    ("alice", "sts:AssumeRole", f"arn:aws:iam::{ID}:role/svc/app", "allowed"),  # the trust policy names her
    ("bob", "sts:AssumeRole", f"arn:aws:iam::{ID}:role/svc/app", "implicitDeny"),
    ("alice", "sts:AssumeRole", f"arn:aws:iam::{ID}:role/plain", "implicitDeny"),  # no trust policy at all
    ("alice", "iam:GetRole", f"arn:aws:iam::{ID}:role/svc/app", "explicitDeny"),  # a trust policy is silent on that
    ("anonymous", "s3:GetObject", "arn:aws:s3:::logs/k", "implicitDeny"),
    ("federated-user/fed", "s3:GetObject", "arn:aws:s3:::b/k", "implicitDeny"),
]


@pytest.mark.parametrize(("who", "action", "resource", "expected"), DECISIONS)
def test_decisions(account: Account, who: str, action: str, resource: str, expected: str) -> None:
    assert account.simulate(who, action, resource).decision.value == expected


def test_the_account_tells_the_keys_that_follow_from_it(account: Account) -> None:
    context = account.request("alice", "s3:GetObject", "arn:aws:s3:::b/k").context
    assert context == {"aws:PrincipalOrgID": "o-example", "aws:ResourceOrgID": "o-example"}
    foreign = account.request("alice", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OTHER}:q")
    assert foreign.context == {"aws:PrincipalOrgID": "o-example"}
    assert account.request("anonymous", "s3:GetObject", "arn:aws:s3:::b/k").context == {
        "aws:ResourceOrgID": "o-example"
    }


def test_a_bucket_belongs_to_the_account_unless_another_owner_is_named(account: Account) -> None:
    assert account.request("alice", "s3:GetObject", "arn:aws:s3:::b/k").resource.account == ID
    owned = {"arn": "arn:aws:s3:::b/k", "account": OTHER}
    assert account.request("alice", "s3:GetObject", owned).resource.account == OTHER


def test_a_resource_of_another_partition_is_refused(account: Account) -> None:
    with pytest.raises(RequestError, match="nothing reaches across partitions"):
        account.request("alice", "s3:GetObject", "arn:aws-cn:s3:::b/k")


def test_the_management_account_is_bound_by_no_scp(tmp_path: Path) -> None:
    organization = {**ACCOUNT["organization"], "management-account": True}
    account = load(tmp_path, {"organization": organization})
    result = account.simulate("root", "iam:CreateUser", f"arn:aws:iam::{ID}:user/x")
    assert result.allowed


def test_session_policies_go_with_a_request(account: Account) -> None:
    from policyeval.policy.model import Policy

    narrow = Policy.parse(document("sns:*"))
    result = account.simulate("role/app", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{ID}:q", session=[narrow])
    assert result.reason is Layer.SESSION


def test_a_federated_session_has_what_its_user_has_within_its_session_policy(account: Account) -> None:
    from policyeval.policy.model import Policy

    caller = {
        "type": "FederatedUser",
        "arn": f"arn:aws:sts::{ID}:federated-user/fed",
        "userArn": f"arn:aws:iam::{ID}:user/alice",
    }
    everything = [Policy.parse(document())]
    assert account.simulate(caller, "s3:GetObject", "arn:aws:s3:::b/k", session=everything).allowed
    assert not account.simulate(caller, "s3:PutObject", "arn:aws:s3:::b/k", session=everything).allowed
    assert account.simulate(caller, "s3:GetObject", "arn:aws:s3:::b/k").reason is Layer.SESSION
