"""Policies in the shapes in which AWS's tools hand them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from policyeval.errors import JsonSyntaxError, PolicyError, ReadError
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import find_document
from policyeval.policy.model import Policy
from policyeval.source import Source

POLICY: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Here", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}
TEXT = json.dumps(POLICY)
WRAPPED: list[tuple[str, object]] = [
    ("the document alone", POLICY),
    ("iam get-policy-version", {"PolicyVersion": {"Document": POLICY, "VersionId": "v1", "IsDefaultVersion": True}}),
    ("iam get-user-policy", {"UserName": "alice", "PolicyName": "p", "PolicyDocument": POLICY}),
    ("iam get-role-policy", {"RoleName": "app", "PolicyName": "p", "PolicyDocument": POLICY}),
    ("iam get-group-policy", {"GroupName": "g", "PolicyName": "p", "PolicyDocument": POLICY}),
    ("the same, URL-encoded, as the API has it", {"PolicyName": "p", "PolicyDocument": quote(TEXT)}),
    ("white space first, URL-encoded", {"PolicyName": "p", "PolicyDocument": quote("\n  " + TEXT)}),
    ("lower-case escapes", {"PolicyName": "p", "PolicyDocument": quote(TEXT).replace("%7B", "%7b")}),
    ("iam get-role", {"Role": {"RoleName": "app", "AssumeRolePolicyDocument": POLICY}}),
    ("organizations describe-policy", {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": TEXT}}),
    ("s3api get-bucket-policy", {"Policy": TEXT}),
    ("secretsmanager get-resource-policy", {"ARN": "x", "Name": "y", "ResourcePolicy": TEXT}),
    ("sqs get-queue-attributes", {"Attributes": {"Policy": TEXT}}),
]


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in WRAPPED])
def test_the_document_is_found(value: object) -> None:
    policy = Policy.parse(json.dumps(value))
    assert [statement.sid for statement in policy] == ["Here"]


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in WRAPPED])
def test_and_pointed_into(value: object) -> None:
    from policyeval.locating import locate

    policy = Policy.parse(json.dumps(value, indent=2))
    assert policy.source is not None
    span = locate(policy.source).value(policy.statements[0].element("Action"))
    assert policy.source.text[span.start : span.end] == '"s3:*"'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "the file holds a list that is no policy"),
        ('"x"', "the file holds a string that is no policy"),
        ("null", "the file holds null that is no policy"),
        ('{"Policies": []}', "the file holds an object that is no policy"),
        ('{"Policy": 5}', "a policy is an object, not a number"),
        ('{"PolicyDocument": []}', "a policy is an object, not a list"),
    ],
)
def test_what_holds_no_policy(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text)
    assert caught.value.message == message


def test_a_broken_document_inside_is_pointed_at_in_its_own_text() -> None:
    with pytest.raises(JsonSyntaxError) as caught:
        find_document(Source("bucket.json", json.dumps({"Policy": '{"Version": }'})))
    assert caught.value.where == "bucket.json#/Policy:1:11"


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert len(Policy.load(str(path)).statements) == 1
    assert Policy.load(str(path)).name == str(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        Policy.load(str(tmp_path / "none.json"))


def test_a_decoded_document_needs_no_file() -> None:
    policy = Policy.parse(POLICY, PolicyKind.IDENTITY, "mine")
    assert (policy.name, policy.source, len(policy.statements)) == ("mine", None, 1)
    with pytest.raises(PolicyError) as caught:
        Policy.parse({"Version": "2012-10-17"}, PolicyKind.IDENTITY, "mine")
    assert str(caught.value).startswith("mine: the policy has no `Statement`")


def test_of_two_statements_that_are_wrong_the_first_is_told() -> None:
    wrong = [{"Effect": "Allow", "Action": "s3:*"}, {"Effect": "Allow", "Resource": "*"}]
    with pytest.raises(PolicyError) as caught:
        Policy.parse({"Version": "2012-10-17", "Statement": wrong})
    assert caught.value.rule == "missing-resource"
