"""When a role that another account may assume needs an external id.

Source: IAM User Guide, id_roles_common-scenarios_third-party and confused-deputy.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from policyeval.linter.documents import Usage, check_document
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document
from policyeval.rules.contract import RuleOptions
from policyeval.source import Source

OWN, VENDOR = "123456789012", "111122223333"
RULE = "cross-account-trust-without-external-id"

VERDICTS: list[tuple[dict[str, Any], bool]] = [
    ({"Principal": {"AWS": VENDOR}}, True),
    ({"Principal": {"AWS": f"arn:aws:iam::{VENDOR}:root"}}, True),
    ({"Principal": {"AWS": f"arn:aws:sts::{VENDOR}:assumed-role/scanner/nightly"}}, True),
    ({"Principal": {"AWS": [OWN, f"arn:aws-cn:iam::{VENDOR}:role/scanner"]}, "Action": "sts:*"}, True),
    ({"Principal": {"AWS": OWN}}, False),
    ({"Principal": {"AWS": f"arn:aws:iam::{OWN}:role/deploy"}}, False),
    ({"Principal": {"AWS": VENDOR}, "Effect": "Deny"}, False),
    ({"Principal": {"AWS": VENDOR}, "Action": "sts:TagSession"}, False),
    ({"Principal": {"Service": "ec2.amazonaws.com"}}, False),
    ({"Principal": {"AWS": "*"}}, False),  # public-resource
]
CONDITIONS: list[tuple[dict[str, Any], bool]] = [
    ({"StringEquals": {"sts:ExternalId": "4711"}}, False),
    ({"StringLike": {"STS:ExternalID": "customer-*"}}, False),
    ({"StringLike": {"sts:ExternalId": "*"}}, True),
    ({"StringEqualsIfExists": {"sts:ExternalId": "4711"}}, True),
    ({"StringNotEquals": {"sts:ExternalId": "4711"}}, True),
    ({"Null": {"sts:ExternalId": "true"}}, True),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, False),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, True),
    ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, False),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
]


def is_reported(*statements: dict[str, Any], account: str | None = OWN, role: str | None = None) -> bool:
    defaults = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [{**defaults, **statement} for statement in statements]}
    source = Source("policy.json", json.dumps(document))
    usage = Usage(PolicyKind.TRUST, role)
    return bool(check_document(Document(document, source, ""), usage, Selection((RULE,)), RuleOptions(account)))


@pytest.mark.parametrize(("statement", "expected"), VERDICTS)
def test_who_is_a_third_party(statement: dict[str, Any], expected: bool) -> None:
    assert is_reported(statement) == expected


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_what_a_condition_asks_of_them(condition: dict[str, Any], expected: bool) -> None:
    assert is_reported({"Principal": {"AWS": VENDOR}, "Condition": condition}) == expected


def test_a_deny_of_all_who_come_without_it_will_do() -> None:
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Condition": {"StringNotEquals": {"sts:ExternalId": "4711"}},
    }
    assert not is_reported({"Principal": {"AWS": VENDOR}}, deny)
    assert is_reported({"Principal": {"AWS": VENDOR}}, {**deny, "Principal": {"AWS": OWN}})


def test_our_own_account_has_to_be_known() -> None:
    """From the options, or from the ARN of the role that the policy is attached to."""
    statement = {"Principal": {"AWS": VENDOR}}
    assert not is_reported(statement, account=None)
    assert is_reported(statement, account=None, role=f"arn:aws:iam::{OWN}:role/scanned")
    assert not is_reported(statement, account=None, role=f"arn:aws:iam::{VENDOR}:role/scanned")
