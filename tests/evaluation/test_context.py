"""The context of a request: keys given, and keys that follow from the caller, the owner and the clock.

Source: IAM User Guide, reference_policies_variables (the table of principals), reference_policies_condition-keys.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from policyeval.catalog.global_keys import global_keys
from policyeval.errors import RequestError
from policyeval.evaluation.context import (
    KEYS_OF_EACH_REQUEST,
    MULTIVALUED_KEYS,
    Context,
    Value,
    derive_from_request,
    impossible_keys,
)
from policyeval.evaluation.reading import Assumption, Reading
from policyeval.evaluation.request import Principal, Request

A = "111122223333"
USER = {"type": "User", "arn": f"arn:aws:iam::{A}:user/team/alice", "tags": {"Team": "core"}}
FEDERATED = {"type": "FederatedUser", "arn": f"arn:aws:sts::{A}:federated-user/fed"}
SESSION = {
    "type": "AssumedRole",
    "arn": f"arn:aws:sts::{A}:assumed-role/app/ci",
    "roleArn": f"arn:aws:iam::{A}:role/svc/app",
    "uniqueId": "AROAEXAMPLEEXAMPLE1:ci",
}
ROOT = {"type": "Account", "account": A}
ANONYMOUS = {"type": "Anonymous"}
SERVICE = {"type": "Service", "service": "ec2.amazonaws.com"}
OIDC = {"type": "Federated", "provider": "accounts.google.com"}
SAML = {"type": "Federated", "provider": f"arn:aws:iam::{A}:saml-provider/idp"}

TABLE: list[tuple[dict[str, Any], dict[str, str | None]]] = [
    # semantics 4.1: the caller, and its keys; `None` is absent
    (
        USER,
        {
            "aws:username": "alice",
            "aws:userid": None,
            "aws:PrincipalType": "User",
            "aws:PrincipalArn": f"arn:aws:iam::{A}:user/team/alice",
            "aws:PrincipalTag/team": "core",
            "aws:PrincipalAccount": A,
            "aws:PrincipalIsAWSService": "false",
        },
    ),
    (
        FEDERATED,
        {
            "aws:username": None,
            "aws:userid": f"{A}:fed",
            "aws:PrincipalType": "FederatedUser",
            "aws:PrincipalArn": f"arn:aws:sts::{A}:federated-user/fed",
            "aws:PrincipalAccount": A,
        },
    ),
    (
        SESSION,
        {
            "aws:username": None,
            "aws:userid": "AROAEXAMPLEEXAMPLE1:ci",
            "aws:PrincipalType": "AssumedRole",
            "aws:PrincipalArn": f"arn:aws:iam::{A}:role/svc/app",
            "aws:PrincipalAccount": A,
        },
    ),
    (
        ROOT,
        {
            "aws:username": None,
            "aws:userid": A,
            "aws:PrincipalType": "Account",
            "aws:PrincipalArn": f"arn:aws:iam::{A}:root",
            "aws:PrincipalAccount": A,
        },
    ),
    (
        ANONYMOUS,
        {
            "aws:username": None,
            "aws:userid": "anonymous",
            "aws:PrincipalType": "Anonymous",
            "aws:PrincipalArn": None,
            "aws:PrincipalAccount": "anonymous",
            "aws:PrincipalIsAWSService": None,
        },
    ),
    (
        SERVICE,
        {
            "aws:username": None,
            "aws:PrincipalAccount": None,
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": "ec2.amazonaws.com",
        },
    ),
    (OIDC, {"aws:FederatedProvider": "accounts.google.com", "aws:PrincipalArn": None, "aws:PrincipalAccount": None}),
    (SAML, {"aws:FederatedProvider": None, "aws:PrincipalArn": None}),
]


@pytest.mark.parametrize(("caller", "expected"), TABLE, ids=[str(caller["type"]) for caller, _ in TABLE])
def test_keys_of_each_kind_of_caller(caller: dict[str, Any], expected: dict[str, str | None]) -> None:
    context = Context.of(Request(caller, "s3:GetObject", "arn:aws:s3:::b/k"))
    assert {key: context.variable(key) for key in expected} == expected


OF_EVERYONE = {"aws:currenttime", "aws:epochtime", "aws:viaawsservice"}
OF_THE_SIGNED = {
    *OF_EVERYONE,
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principaltype",
}


@pytest.mark.parametrize(
    ("caller", "keys"),
    [
        (USER, OF_THE_SIGNED | {"aws:principaltag/team", "aws:username"}),
        (SESSION, OF_THE_SIGNED | {"aws:userid"}),
        (FEDERATED, OF_THE_SIGNED | {"aws:userid"}),
        (ROOT, OF_THE_SIGNED | {"aws:userid"}),
        (
            SERVICE,
            OF_EVERYONE | {"aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist"},
        ),
        (ANONYMOUS, OF_EVERYONE | {"aws:principaltype", "aws:principalaccount", "aws:userid"}),
        (OIDC, OF_EVERYONE | {"aws:federatedprovider"}),
        (SAML, OF_EVERYONE),
    ],
)
def test_nothing_else_is_invented(caller: dict[str, Any], keys: set[str]) -> None:
    assert set(Context.of(Request(caller, "s3:GetObject", "arn:aws:s3:::b/k"))) == keys


def test_the_owner_of_the_resource_is_known_when_its_arn_tells() -> None:
    queue = Context.of(Request(USER, "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{A}:q"))
    assert queue.variable("aws:ResourceAccount") == A


@pytest.mark.parametrize("hours", [0, 2, -5])
def test_the_clock_is_told_in_utc_and_in_seconds(hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    moment = datetime(2026, 5, 1, 12, 0, tzinfo=UTC).astimezone(zone)
    context = Context.of(Request(USER, "s3:GetObject", time=moment))
    assert context.variable("aws:CurrentTime") == "2026-05-01T12:00:00Z"
    assert context.variable("aws:EpochTime") == str(int(moment.timestamp()))


def test_what_is_given_overrides_what_follows() -> None:
    request = Request(USER, "s3:GetObject", context={"AWS:UserName": "bob", "aws:currenttime": "2020-01-01"})
    context = Context.of(request)
    assert context.variable("aws:username") == "bob"
    assert context.variable("aws:CurrentTime") == "2020-01-01"
    assert "aws:username" not in Context.of(Request(USER, "s3:GetObject", context={"AWS:UserName": []}))


VALUES: list[tuple[str, Any, Value | None]] = [
    ("s3:prefix", "a", Value(("a",), multivalued=False)),
    ("s3:prefix", "", Value(("",), multivalued=False)),
    ("s3:prefix", True, Value(("true",), multivalued=False)),
    ("s3:prefix", 5, Value(("5",), multivalued=False)),
    ("s3:prefix", 1.5, Value(("1.5",), multivalued=False)),
    ("s3:prefix", ["a"], Value(("a",), multivalued=True)),
    ("s3:prefix", ("a", False), Value(("a", "false"), multivalued=True)),
    ("s3:prefix", [], None),
    ("aws:TagKeys", "a", Value(("a",), multivalued=True)),
    ("AWS:tagkeys", "a", Value(("a",), multivalued=True)),
]


@pytest.mark.parametrize(("key", "value", "expected"), VALUES)
def test_values(key: str, value: Any, expected: Value | None) -> None:
    context = Context({key: value})
    assert context.get(key.swapcase()) == expected
    assert list(context) == [key.lower()] * (expected is not None)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        ({}, "an object"),
        ([["a"]], "a list inside a list"),
        ([None], "null"),
        ([{}], "an object"),
        (object(), "object"),
    ],
)
def test_a_value_of_another_type_is_refused(value: Any, kind: str) -> None:
    with pytest.raises(RequestError) as caught:
        Context({"s3:prefix": value})
    assert caught.value.message == f"the context value of `s3:prefix` is {kind}"


@pytest.mark.parametrize(
    ("value", "expected"), [("a", "a"), ("", None), (["a"], None), ([], None), (5, "5"), (False, "false")]
)
def test_a_variable_needs_one_value_that_is_not_empty(value: Any, expected: str | None) -> None:
    assert Context({"s3:x": value}).variable("S3:X") == expected


NO_ORGANIZATION = {"aws:principalorgid", "aws:principalorgpaths"}
NO_SERVICE = {"aws:principalservicename", "aws:principalservicenameslist"}


@pytest.mark.parametrize(
    ("caller", "keys"),
    [
        (USER, NO_SERVICE),
        (SESSION, {"aws:username"} | NO_SERVICE),
        (FEDERATED, {"aws:username"} | NO_SERVICE),
        (ROOT, {"aws:username"} | NO_SERVICE),
        (OIDC, {"aws:username"} | NO_SERVICE),
        (SERVICE, {"aws:username"} | NO_ORGANIZATION),
        (ANONYMOUS, {"aws:username", "aws:principalarn"} | NO_ORGANIZATION | NO_SERVICE),
    ],
)
def test_keys_that_a_kind_of_caller_cannot_have(caller: dict[str, Any], keys: set[str]) -> None:
    """reference_policies_condition-keys, "Availability" of each."""
    assert impossible_keys(Principal.parse(caller)) == keys
    given = Context.of(Request(caller, "s3:GetObject", context=dict.fromkeys(map(str.upper, keys), "x")))
    assert given.impossible == frozenset()


def test_no_value_is_assumed_for_a_key_that_cannot_be() -> None:
    reading = Reading(assumption=Assumption.HELPFUL)
    session = Context.of(Request(SESSION, "s3:GetObject"))
    assert not reading.assumes("aws:UserName", session)
    assert reading.assumes("aws:PrincipalTag/team", session)
    reading.ask("aws:UserName", session)
    reading.ask("aws:PrincipalTag/team", session)
    assert list(reading.asked) == ["aws:principaltag/team"]


def test_keys_of_the_request_and_not_of_the_caller() -> None:
    request = Request(USER, "sqs:SendMessage", f"arn:aws:sqs:us-east-1:{A}:q")
    assert {key.lower() for key in derive_from_request(request)} == KEYS_OF_EACH_REQUEST


def test_the_keys_with_a_list_are_those_that_the_global_keys_name_so() -> None:
    """reference_policies_condition-keys, "Value type": the overlay of global keys has it for each."""
    assert {name for name, key in global_keys().items() if key.multivalued} == MULTIVALUED_KEYS
