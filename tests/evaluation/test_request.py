"""Who asks, and for what.

Source: IAM User Guide, reference_identifiers and reference_policies_elements_principal.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.errors import PolicyevalError, RequestError
from policyeval.evaluation.request import Principal, PrincipalType, Request, Resource

A = "111122223333"

ARNS: list[tuple[str, PrincipalType, str, str | None]] = [
    # what is given; the type, the caller's own ARN, the role
    (f"arn:aws:iam::{A}:user/alice", PrincipalType.USER, f"arn:aws:iam::{A}:user/alice", None),
    (f"arn:aws:iam::{A}:user/a/b/alice", PrincipalType.USER, f"arn:aws:iam::{A}:user/a/b/alice", None),
    (
        f"arn:aws:iam::{A}:role/a/app",
        PrincipalType.ASSUMED_ROLE,
        f"arn:aws:sts::{A}:assumed-role/app/session",
        f"arn:aws:iam::{A}:role/a/app",
    ),
    (
        f"arn:aws-cn:sts::{A}:assumed-role/app/ci",
        PrincipalType.ASSUMED_ROLE,
        f"arn:aws-cn:sts::{A}:assumed-role/app/ci",
        f"arn:aws-cn:iam::{A}:role/app",
    ),
    (
        f"arn:aws:sts::{A}:federated-user/fed",
        PrincipalType.FEDERATED_USER,
        f"arn:aws:sts::{A}:federated-user/fed",
        None,
    ),
    (f"arn:aws:iam::{A}:root", PrincipalType.ACCOUNT, f"arn:aws:iam::{A}:root", None),
    (A, PrincipalType.ACCOUNT, f"arn:aws:iam::{A}:root", None),
]


@pytest.mark.parametrize(("text", "kind", "arn", "role"), ARNS)
def test_principals_of_arns(text: str, kind: PrincipalType, arn: str, role: str | None) -> None:
    principal = Principal.from_arn(text)
    assert (principal.type, principal.arn, principal.role_arn, principal.account) == (kind, arn, role, A)


@pytest.mark.parametrize(
    "text",
    [
        f"arn:aws:iam::{A}:group/g",
        f"arn:aws:iam::{A}:user/",
        f"arn:aws:iam::{A}:user/team/",
        f"arn:aws:iam::{A}:role/",
        f"arn:aws:iam::{A}:user",
        f"arn:aws:sts::{A}:assumed-role/app",
        f"arn:aws:sts::{A}:assumed-role/app/",
        f"arn:aws:sts::{A}:assumed-role/a/b/c",
        f"arn:aws:sts::{A}:federated-user/",
        f"arn:aws:iam::{A}:saml-provider/x",
        "arn:aws:iam:::user/alice",
        "arn:aws:iam::12:user/alice",
        "arn:aws:s3:::b",
        "alice",
        "",
    ],
)
def test_what_is_no_principal(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        Principal.from_arn(text)
    assert caught.value.help is not None


def test_a_role_linked_to_a_service_is_known_by_its_path() -> None:
    linked = f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    assert Principal.from_arn(linked).service_linked
    assert not Principal.from_arn(f"arn:aws:iam::{A}:role/x").service_linked
    described = {"type": "AssumedRole", "roleArn": linked}
    assert Principal.parse(described).service_linked


WRONG: list[tuple[Any, str]] = [
    (5, "a principal is an ARN or an object with `type`"),
    ({}, "a principal has a `type`"),
    ({"type": "Group"}, "`Group` is no type of principal"),
    ({"type": "user"}, "`user` is no type of principal"),
    ("alice", "`alice` is no ARN of a caller"),
    ({"type": "User"}, "a principal of type `User` needs `arn`"),
    ({"type": "User", "account": A}, "a principal of type `User` needs `arn`"),
    ({"type": "Service"}, "a principal of type `Service` needs `service`"),
    ({"type": "Federated"}, "a principal of type `Federated` needs `provider`"),
    ({"type": "User", "arn": f"arn:aws:iam::{A}:root"}, "is the ARN of a principal of type `Account`, not `User`"),
    (
        {"type": "User", "arn": f"arn:aws:iam::{A}:user/x", "account": "444455556666"},
        f"the principal's account is `444455556666`, but its ARN names `{A}`",
    ),
    ({"type": "User", "arn": f"arn:aws:iam::{A}:user/x", "account": int(A)}, "`account` of a principal is a string"),
    ({"type": "User", "arn": f"arn:aws:iam::{A}:user/x", "name": "x"}, "`name` is no part of a principal"),
    ({"type": "User", "arn": f"arn:aws:iam::{A}:user/x", "tags": []}, "`tags` of a principal is an object"),
    ({"type": "User", "arn": f"arn:aws:iam::{A}:user/x", "tags": {"a": 1}}, "`tags` of a principal is an object"),
    ({"type": "Anonymous", "managementAccount": "no"}, "`managementAccount` of a principal is true or false"),
    ({"type": "AssumedRole", "serviceLinked": 1}, "`serviceLinked` of a principal is true or false"),
    ({"type": "AssumedRole", "roleArn": 1}, "`roleArn` of a principal is a string"),
]


@pytest.mark.parametrize(("value", "message"), WRONG)
def test_a_described_principal_must_agree_with_itself(value: Any, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        Principal.parse(value)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ec2.amazonaws.com", True),
        ("states.eu-west-1.amazonaws.com", True),
        ("delivery.logs.amazonaws.com", True),
        ("bob@mail.amazon.com", False),
        ("amazonaws.com", False),
        ("ec2", False),
    ],
)
def test_an_address_is_no_service(text: str, expected: bool) -> None:
    """A user may be called by an address; `bob@mail.amazon.com` was taken for a service."""
    assert (Principal.from_name(text) is not None) is expected


RESOURCES: list[tuple[Any, str, str | None]] = [
    ("*", "*", None),
    ("arn:aws:s3:::b/k", "arn:aws:s3:::b/k", None),
    (f"arn:aws:sqs:us-east-1:{A}:q", f"arn:aws:sqs:us-east-1:{A}:q", A),
    ({"arn": "arn:aws:s3:::b", "account": A}, "arn:aws:s3:::b", A),
    ("arn:aws:iam::aws:policy/X", "arn:aws:iam::aws:policy/X", None),
    ("arn:aws:s3:::b/*?[a]", "arn:aws:s3:::b/*?[a]", None),
]


@pytest.mark.parametrize(("value", "arn", "account"), RESOURCES)
def test_resources(value: Any, arn: str, account: str | None) -> None:
    resource = Resource.parse(value)
    assert (resource.arn, resource.account) == (arn, account)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "`` is no ARN"),
        ("b", "`b` is no ARN"),
        (5, "a resource is an ARN, `*`, or an object with `arn`"),
        ({}, "a resource needs `arn`, an ARN or `*`"),
        ({"arn": "*", "account": "12"}, "`12` is no account id"),
        ({"arn": "*", "account": 12}, "`12` is no account id"),
        ({"arn": "*", "owner": A}, "`owner` is no part of a resource"),
        (
            {"arn": f"arn:aws:sqs:eu-west-1:{A}:q", "account": "444455556666"},
            f"the resource's account is `444455556666`, but its ARN names `{A}`",
        ),
        ({"arn": "*", "managementAccount": 1}, "`managementAccount` of a resource is true or false"),
    ],
)
def test_what_is_no_resource(value: Any, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        Resource.parse(value)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("read", "value", "help"),
    [
        (Principal.parse, {"typ": "User"}, "did you mean `type`?"),
        (Principal.parse, {"tag": {}}, "did you mean `tags`?"),
        (Resource.parse, {"arn": "*", "managementAcount": True}, "did you mean `managementAccount`?"),
    ],
)
def test_a_misspelt_member_is_told_the_right_one(read: Any, value: Any, help: str) -> None:
    with pytest.raises(RequestError) as caught:
        read(value)
    assert caught.value.help == help


@pytest.mark.parametrize("arn", [value for value, _, _ in RESOURCES if isinstance(value, str)])
def test_a_resource_knows_its_owner_however_it_is_made(arn: str) -> None:
    assert Resource(arn) == Resource.parse(arn)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(f"arn:aws:iam::{A}:user/x"),
    lambda children: (
        st.lists(children, max_size=2)
        | st.dictionaries(
            st.sampled_from(["type", "arn", "account", "roleArn", "tags", "service", "managementAccount", "x"]),
            children | st.sampled_from([kind.value for kind in PrincipalType]),
            max_size=4,
        )
    ),
    max_leaves=5,
)


@given(ANYTHING, ANYTHING)
def test_any_request_is_one_or_cannot_be(principal: Any, resource: Any) -> None:
    try:
        request = Request(principal, "s3:GetObject", resource)
    except PolicyevalError as error:
        said = error.message
    else:
        said = request.principal.display
    assert said


@pytest.mark.parametrize(
    ("value", "display"),
    [
        (f"arn:aws:iam::{A}:user/alice", f"arn:aws:iam::{A}:user/alice"),
        ({"type": "Account", "account": A}, f"arn:aws:iam::{A}:root"),
        ({"type": "Account", "account": A, "arn": f"arn:aws-cn:iam::{A}:root"}, f"arn:aws-cn:iam::{A}:root"),
        ("ec2.amazonaws.com", "ec2.amazonaws.com"),
        ({"type": "Federated", "provider": "accounts.google.com"}, "accounts.google.com"),
        ("anonymous", "an anonymous caller"),
    ],
)
def test_how_a_principal_is_called(value: Any, display: str) -> None:
    assert Principal.parse(value).display == display


def test_a_principal_with_tags_can_be_a_key() -> None:
    known = {Principal.parse({"type": "User", "arn": f"arn:aws:iam::{A}:user/x", "tags": {"team": "core"}}): 1}
    assert Principal.from_arn(f"arn:aws:iam::{A}:user/x") not in known


def test_a_request_can_be_a_key() -> None:
    asked = {Request(A, "s3:GetObject", "arn:aws:s3:::b/k", {"aws:TagKeys": ["a"]}): 1}
    assert Request(A, "s3:GetObject", "arn:aws:s3:::b/k") not in asked


def test_a_principals_tags_are_copied() -> None:
    tags = {"team": "core"}
    principal = Principal(PrincipalType.USER, f"arn:aws:iam::{A}:user/x", A, tags=tags)
    tags["team"] = "ops"
    assert principal.tags == {"team": "core"}
