"""The account file: what it may say, and what is wrong with it, located."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyeval.account.account import Account
from policyeval.errors import PolicyevalError

ALLOW = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
BUCKET = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"},
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, document in (("allow", ALLOW), ("bucket", BUCKET), ("trust", TRUST)):
        (tmp_path / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return tmp_path


def load(folder: Path, text: str, *, exact: bool = False) -> Account:
    path = folder / "account.yaml"
    path.write_text(text, encoding="utf-8")
    return Account.load(str(path), exact=exact)


def test_everything_that_an_account_file_can_say(folder: Path) -> None:
    account = load(
        folder,
        """
        account: "123456789012"
        partition: aws-cn
        groups:
          Admins: {policies: [allow.json], path: /staff/}
          Empty:
        users:
          alice: {groups: [Admins], tags: {team: core}, unique-id: AIDAEXAMPLEEXAMPLE1}
          bob: {path: /team/a/, permissions-boundary: allow.json}
          carol:
        roles:
          app: {policies: [allow.json], trust: trust.json}
        resources:
          "arn:aws-cn:s3:::logs": bucket.json
        organization:
          id: o-example
          scps: [[allow.json], []]
          management-account: false
        settings: {billing-access: activated, password-policy: {allow-users-to-change-password: true}}
        """,
    )
    assert account.id == "123456789012"
    assert account.users["alice"].arn == "arn:aws-cn:iam::123456789012:user/alice"
    assert account.users["alice"].tags == {"team": "core"}
    assert account.users["bob"].arn == "arn:aws-cn:iam::123456789012:user/team/a/bob"
    assert account.users["bob"].boundary is not None
    assert account.groups["Admins"].arn == "arn:aws-cn:iam::123456789012:group/staff/Admins"
    assert account.users["carol"].policies == ()
    assert account.roles["app"].trust is not None
    assert [len(level) for level in account.organization.scps or ()] == [1, 0]
    assert account.settings.billing_access == "activated"
    assert account.settings.allow_users_to_change_password is True


def test_a_policy_may_be_written_into_the_file(folder: Path) -> None:
    account = load(folder, f'account: "123456789012"\nusers: {{alice: {{policies: [{json.dumps(ALLOW)}]}}}}')
    (attached,) = account.users["alice"].policies
    assert attached.policy.pointer == "/users/alice/policies/0"
    assert attached.origin == "user alice"


HEAD = 'account: "123456789012"\n'

WRONG: list[tuple[str, str, str]] = [
    # what the file says; where, as line:column; the message
    ("[]", "1:1", "the document is a list, not a mapping"),
    ('{"Version": "2012-10-17", "Statement": []}', "1:1", "the file holds a policy, not an account"),
    ("users: {}", "1:1", "`account` is missing"),
    ("account: 12345", "1:10", "`12345` is no account id"),
    ('account: "1234-5678-9012"', "1:10", "`1234-5678-9012` is no account id"),
    ("account: true", "1:10", "`account` is true, not a text"),
    (HEAD + "user: {}", "2:1", "`user` is not known here"),
    (HEAD + "partition: aws-mars", "2:12", "`aws-mars` is no partition"),
    (HEAD + "users: [alice]", "2:8", "`users` is a list, not a mapping"),
    (HEAD + "users: {alice: admin}", "2:16", "`alice` is a text, not a mapping"),
    (HEAD + "users: {alice: {group: []}}", "2:17", "`group` is not known here"),
    (HEAD + "users: {alice: {groups: [Admin]}}", "2:26", "no group `Admin`"),
    (HEAD + "groups: {A: }\nusers: {alice: {groups: [A, A]}}", "3:29", "the group `A` is there twice"),
    (HEAD + "users: {alice: {policies: allow.json}}", "2:27", "`policies` is a text, not a list"),
    (HEAD + "users: {alice: {policies: [none.json]}}", "2:28", "no such file"),
    (HEAD + "users: {alice: {policies: [.]}}", "2:28", "is a directory, not a file"),
    (HEAD + "users: {alice: {policies: [allow.json, allow.json]}}", "2:40", "`allow.json` is attached twice"),
    (HEAD + "users: {alice: {tags: {team: [a]}}}", "2:30", "`team` is a list, not a text"),
    (HEAD + "users: {alice: , Alice: }", "2:18", "`Alice` has the name of `alice`: IAM ignores the case of names"),
    (HEAD + "users: {a b: }", "2:9", "`a b` cannot be the name of a user"),
    (HEAD + "users: {a/b: }", "2:9", "`a/b` cannot be the name of a user"),
    (HEAD + f"roles: {{{'a' * 65}: }}", "2:9", f"`{'a' * 65}` cannot be the name of a role"),
    (HEAD + "users: {alice: {path: team}}", "2:23", "`team` is no path"),
    (HEAD + "roles: {app: {trust: [trust.json]}}", "2:22", "`trust` is a list, not a text"),
    (HEAD + "roles: {app: {policies: [arn:aws:iam::aws:policy/ReadOnlyAccess]}}", "2:26",
     "the account names `arn:aws:iam::aws:policy/ReadOnlyAccess` but does not hold it"),
    (HEAD + "resources: {logs: bucket.json}", "2:13", "`logs` is no ARN"),
    (HEAD + "resources: {'arn:aws-cn:s3:::logs': bucket.json}", "2:13",
     "`arn:aws-cn:s3:::logs` is in the partition `aws-cn`, the account in `aws`"),
    (HEAD + "resources: {'arn:aws:iam::123456789012:role/app': trust.json}", "2:13",
     "the policy of `arn:aws:iam::123456789012:role/app` is a trust policy"),
    (HEAD + "organization: {scps: [allow.json]}", "2:23", "a level is a list of policies"),
    (HEAD + "organization: {management-account: 'yes'}", "2:36",
     "`management-account` is a text, not true or false"),
    (HEAD + "settings: {billing-access: on}", "2:28", "`on` is no value of `billing-access`"),
    (HEAD + "settings: {password-policy: {allow-users-to-change-password: maybe}}", "2:62",
     "`allow-users-to-change-password` is a text, not true or false"),
    (HEAD + "authorization-details: none.json", "", "no such file"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "message"), WRONG)
def test_what_is_wrong_is_said_in_its_place(folder: Path, text: str, place: str, message: str) -> None:
    with pytest.raises(PolicyevalError) as caught:
        load(folder, text)
    assert caught.value.message == message
    if place:
        assert caught.value.where == f"{folder / 'account.yaml'}:{place}"


HELP: list[tuple[str, str]] = [
    ('account: "1234-5678-9012"', 'write "123456789012"'),
    (HEAD + "groups: {Admins: }\nusers: {alice: {groups: [Admin]}}", "did you mean `Admins`?"),
    (HEAD + "user: {}", "did you mean `users`?"),
    (HEAD + "partition: aws-gov", "did you mean `aws-us-gov`?"),
    (HEAD + "settings: {billing-access: on}", "use `activated` or `deactivated`"),
    (HEAD + "settings: {billing-access: activate}", "did you mean `activated`?"),
]


@pytest.mark.parametrize(("text", "help"), HELP)
def test_and_what_to_do_about_it(folder: Path, text: str, help: str) -> None:
    with pytest.raises(PolicyevalError) as caught:
        load(folder, text)
    assert caught.value.help == help


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        # A document in the wrong place is refused by the rules of the place.
        ("users: {alice: {policies: [bucket.json]}}", "unsupported-principal"),
        ("users: {alice: {permissions-boundary: bucket.json}}", "unsupported-principal"),
        ("roles: {app: {trust: allow.json}}", "missing-principal"),
        ("roles: {app: {trust: bucket.json}}", "role-trust-policy-syntax-error-resource"),
        ("resources: {'arn:aws:s3:::logs': allow.json}", "missing-principal"),
        ("organization: {scps: [[bucket.json]]}", "scp-syntax-error-principal"),
        ("organization: {rcps: [[bucket.json]]}", "rcp-syntax-error-allow"),
    ],
)
def test_a_policy_of_the_wrong_kind(folder: Path, text: str, rule: str) -> None:
    with pytest.raises(PolicyevalError) as caught:
        load(folder, HEAD + text)
    assert getattr(caught.value, "rule", None) == rule
    assert caught.value.span is not None


def test_the_guides_spellings_are_read_as_meant_unless_told_to_be_exact(folder: Path) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "iam:ChangePassword",
            "Resource": "arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:user/$<aws:username>",
        },
    }
    (folder / "own.json").write_text(json.dumps(document), encoding="utf-8")
    text = HEAD + "users: {alice: {policies: [own.json]}}"
    resource = "arn:aws:iam::123456789012:user/alice"
    meant = load(folder, text).simulate("alice", "iam:ChangePassword", resource)
    assert meant.allowed
    assert len(meant.notes) == 2
    assert all("AWS itself would take this literally" in note for note in meant.notes)
    exact = load(folder, text, exact=True).simulate("alice", "iam:ChangePassword", resource)
    assert not exact.allowed
    assert exact.notes == ()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("alice.json:/*", max_size=12),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["alice", "groups", "policies", "tags", "path", "trust", "scps", "id", "billing-access", "x"]
            ),
            children,
            max_size=3,
        )
    ),
    max_leaves=6,
)
SECTIONS = ("users", "groups", "roles", "resources", "organization", "settings", "managed-policies", "partition")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(SECTIONS), VALUES, max_size=4))
def test_any_account_file_is_an_account_or_an_error_in_its_place(folder: Path, sections: dict[str, object]) -> None:
    path = folder / "any.json"
    path.write_text(json.dumps({"account": "123456789012", **sections}), encoding="utf-8")
    error = trouble_with(path)
    assert error is None or error.where is not None


def trouble_with(path: Path) -> PolicyevalError | None:
    try:
        Account.load(str(path))
    except PolicyevalError as error:
        return error
    return None
