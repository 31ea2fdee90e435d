"""Which layers AWS consults for a request, and which exceptions hold.

Source: IAM User Guide, reference_policies_evaluation-logic; Organizations User Guide, orgs_manage_policies_scps and
orgs_manage_policies_rcps; KMS Developer Guide, key-policies; semantics section 7.1.
"""

from __future__ import annotations

from typing import Any

import pytest

from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.scope import (
    absence,
    crosses_partitions,
    is_kms_key,
    is_rcp_action,
    is_role,
    is_same_account,
    needs_resource_policy,
)
from policyeval.evaluation.trace import Layer

A, B = "111122223333", "444455556666"
USER = {"type": "User", "arn": f"arn:aws:iam::{A}:user/alice"}
LINKED = {
    "type": "AssumedRole",
    "roleArn": f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
}
CALLERS: dict[str, dict[str, Any]] = {
    "user": USER,
    "manager": {**USER, "managementAccount": True},
    "session": {"type": "AssumedRole", "roleArn": f"arn:aws:iam::{A}:role/app"},
    "linked": LINKED,
    "federated": {"type": "FederatedUser", "arn": f"arn:aws:sts::{A}:federated-user/fed"},
    "root": {"type": "Account", "account": A},
    "anonymous": {"type": "Anonymous"},
    "service": {"type": "Service", "service": "ec2.amazonaws.com"},
    "web": {"type": "Federated", "provider": "accounts.google.com"},
}
CONSULTED: dict[Layer, set[str]] = {
    Layer.SCP: {"user", "session", "federated", "root"},
    Layer.RCP: set(CALLERS) - {"linked"},
    Layer.VPC_ENDPOINT: set(CALLERS),
    Layer.RESOURCE: set(CALLERS),
    Layer.IDENTITY: {"user", "manager", "session", "linked", "federated"},
    Layer.BOUNDARY: {"user", "manager", "session", "linked", "federated"},
    Layer.SESSION: {"session", "linked", "federated"},
    Layer.SETTINGS: {"user", "manager", "session", "linked", "federated"},
}


@pytest.mark.parametrize("layer", Layer)
def test_the_layers_of_each_caller(layer: Layer) -> None:
    found = {
        name
        for name, caller in CALLERS.items()
        if absence(layer, Request(caller, "s3:GetObject", "arn:aws:s3:::b/k"), PolicySet()) is None
    }
    assert found == CONSULTED[layer]


def asked(action: str, resource: Any = "*", caller: Any = None) -> Request:
    return Request(USER if caller is None else caller, action, resource)


def test_rcps_do_not_bind_resources_of_the_management_account() -> None:
    owned = {"arn": "arn:aws:s3:::b", "account": A, "managementAccount": True}
    assert absence(Layer.RCP, asked("s3:GetObject", owned), PolicySet()) is not None


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetObject", True),
        ("STS:AssumeRole", True),
        ("kms:Decrypt", True),
        ("iam:GetUser", False),
        ("nosuch:X", False),
    ],
)
def test_rcps_cover_some_services(action: str, expected: bool) -> None:
    assert is_rcp_action(action) is expected
    assert (absence(Layer.RCP, asked(action), PolicySet(rcp=())) is None) is expected


ROLE = f"arn:aws:iam::{A}:role/svc/app"
KEY = f"arn:aws:kms:us-east-1:{A}:key/k"


@pytest.mark.parametrize(
    ("action", "resource", "consulted", "needed"),
    [
        ("sts:AssumeRole", ROLE, True, True),
        ("STS:assumerolewithsaml", ROLE, True, True),
        ("sts:AssumeRoleWithWebIdentity", ROLE, True, True),
        ("sts:AssumeRoot", ROLE, True, True),
        ("sts:SetContext", ROLE, True, True),
        ("sts:SetSourceIdentity", ROLE, True, True),
        ("sts:TagSession", ROLE, True, True),
        ("iam:GetRole", ROLE, False, False),
        ("iam:PassRole", ROLE, False, False),
        ("kms:Decrypt", KEY, True, True),
        ("kms:Decrypt", f"arn:aws:kms:us-east-1:{A}:alias/k", True, False),
        ("kms:ListKeys", "*", True, False),
        ("s3:GetObject", "arn:aws:s3:::b/k", True, False),
    ],
)
def test_resource_policies(action: str, resource: str, consulted: bool, needed: bool) -> None:
    """A trust policy speaks only of assuming the role; keys and roles being assumed need their own policy's word."""
    request = asked(action, resource)
    assert (absence(Layer.RESOURCE, request, PolicySet()) is None) is consulted
    assert needs_resource_policy(request) is needed
    assert is_role(request) is (resource == ROLE)
    assert is_kms_key(request) is (resource == KEY)


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:s3:::b", True),  # an unknown owner is taken to be the caller's account
        ({"arn": "arn:aws:s3:::b", "account": A}, True),
        ({"arn": "arn:aws:s3:::b", "account": B}, False),
        (f"arn:aws:sqs:us-east-1:{B}:q", False),
        ("*", True),
    ],
)
def test_same_account(resource: Any, expected: bool) -> None:
    assert is_same_account(asked("s3:GetObject", resource)) is expected


@pytest.mark.parametrize(
    ("resource", "caller", "expected"),
    [
        ("arn:aws:s3:::b", USER, False),
        ("arn:aws-cn:s3:::b", USER, True),
        ("*", USER, False),
        ("arn:aws-cn:s3:::b", CALLERS["service"], False),
        ("arn:aws-cn:s3:::b", CALLERS["anonymous"], False),
    ],
)
def test_partitions(resource: str, caller: Any, expected: bool) -> None:
    assert crosses_partitions(asked("s3:GetObject", resource, caller)) is expected
