"""How AWS counts the size of a policy, kind by kind, at the limit and one beyond it.

Source: IAM User Guide, reference_iam-quotas; AWS PrivateLink Guide, vpc-endpoints-access; the services' own pages.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyeval.catalog.quotas import size_quotas
from policyeval.linter.documents import Usage, check_document
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document
from policyeval.policy.model import Policy
from policyeval.rules.contract import RuleContext
from policyeval.rules.policy_size import allowance, compact_text, head_patterns, holder_of, saved_by_patterns
from policyeval.source import Holder, Source
from policyeval.yamltext import decode as decode_yaml

RULES = (
    "policy-too-large",
    "policy-size-exceeds-identity-policy-quota",
    "policy-size-exceeds-resource-policy-quota",
    "policy-size-exceeds-role-trust-policy-quota",
    "policy-size-exceeds-scp-quota",
    "policy-size-exceeds-rcp-quota",
)
IDENTITY, BOUNDARY, SESSION = PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION
TRUST, RESOURCE, ENDPOINT = PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT

LIMITS = [
    (IDENTITY, "", 6_144, "policy-too-large"),
    (IDENTITY, "", 10_239, "policy-size-exceeds-identity-policy-quota"),  # Access Analyzer counts one more
    (BOUNDARY, "", 6_144, "policy-too-large"),
    (SESSION, "", 2_048, "policy-too-large"),
    (ENDPOINT, "", 20_480, "policy-too-large"),
    (TRUST, "", 2_048, "policy-size-exceeds-role-trust-policy-quota"),
    (RESOURCE, "arn:aws:sqs:eu-west-1:111122223333:jobs", 8_192, "policy-size-exceeds-resource-policy-quota"),
    (RESOURCE, "arn:aws:s3:::team-logs", 20_480, "policy-size-exceeds-resource-policy-quota"),
    (RESOURCE, "arn:aws:kms:eu-west-1:111122223333:key/*", 32_768, "policy-size-exceeds-resource-policy-quota"),
]


def document(length: int, **elements: str) -> dict[str, Any]:
    """A document whose JSON, without white space, has that many characters."""
    statement = {"Sid": "", "Effect": "Deny", "Action": "s3:GetObject", **elements}
    made = {"Version": "2012-10-17", "Statement": statement}
    statement["Sid"] = "x" * (length - len(json.dumps(made, separators=(",", ":"))))
    return made


def found(value: object, kind: PolicyKind, resource: str = "", *, indent: int | None = None) -> list[str]:
    separators = (",", ":") if indent is None else None
    source = Source("policy.json", json.dumps(value, indent=indent, separators=separators))
    usage = Usage(kind, resource or None)
    return [finding.rule for finding in check_document(Document(value, source, ""), usage, Selection(RULES))]


@pytest.mark.parametrize(("kind", "resource", "limit", "rule"), LIMITS)
def test_one_character_more_than_the_limit(kind: PolicyKind, resource: str, limit: int, rule: str) -> None:
    elements = {"Resource": "*"} if kind.elements.requires_resource or resource else {}
    elements |= {"Principal": "*"} if kind.elements.principal else {}
    assert rule not in found(document(limit, **elements), kind, resource)
    assert rule in found(document(limit + 1, **elements), kind, resource)


def test_too_large_for_any_identity_is_said_once() -> None:
    assert found(document(20_000, Resource="*"), IDENTITY) == ["policy-size-exceeds-identity-policy-quota"]


@pytest.mark.parametrize(("kind", "counts"), [(IDENTITY, False), (TRUST, False), (SESSION, True), (ENDPOINT, True)])
def test_white_space_counts_where_aws_says_so(kind: PolicyKind, counts: bool) -> None:
    elements = {"Principal": "*"} if kind.elements.principal else {}
    value = document(1_000, **elements, **({} if kind is TRUST else {"Resource": "*"}))
    assert bool(found(value, kind, indent=3_000)) == counts


def test_a_resource_policy_of_no_known_service_has_no_limit() -> None:
    value = document(100_000, Principal="*", Resource="*")
    assert not found(value, RESOURCE)
    assert not found(value, RESOURCE, "arn:aws:events:eu-west-1:111122223333:event-bus/main")


def test_bytes_are_counted_where_a_service_counts_bytes() -> None:
    value = document(5_000, Principal="*", Resource="*")
    value["Id"] = "é" * 2_000
    assert found(value, RESOURCE, "arn:aws:sqs:eu-west-1:111122223333:jobs")
    value["Id"] = "e" * 2_000
    assert not found(value, RESOURCE, "arn:aws:sqs:eu-west-1:111122223333:jobs")


@pytest.mark.parametrize(
    ("name", "pointer", "holder"),
    [
        ("policy.json", "", None),
        ("account.yaml", "/users/alice/policies/0", "user"),
        ("account.yaml", "/managed-policies/arn:aws:iam::123456789012:policy~1x", None),
        ("export.json", "/RoleDetailList/3/RolePolicyList/0/PolicyDocument", "role"),
        ("export.json", "#/GroupDetailList/0/GroupPolicyList/0/PolicyDocument", "group"),
        ("export.json", "#/Policies/0/PolicyVersionList/0/Document", None),
    ],
)
def test_whose_inline_policy_it_is(name: str, pointer: str, holder: str | None) -> None:
    source = Source(name, "")
    if pointer.startswith("#"):  # in a string there
        source, pointer = Source(name + pointer, "", Holder(source, pointer[1:], True)), ""
    assert holder_of(Policy(IDENTITY, (), source=source, pointer=pointer)) == holder


@pytest.mark.parametrize(("holder", "limit"), [("users", 2_048), ("groups", 5_120)])
def test_an_inline_policy_in_yaml_counts_as_the_json_it_becomes(holder: str, limit: int) -> None:
    def text(length: int) -> str:
        # Flow style without quotes is shorter than the JSON that IAM counts.
        return (
            f"{holder}: {{x: {{policies: [{document(length, Resource='*')}]}}}}".replace("'", "")
            .replace("2012-10-17", '"2012-10-17"')
            .replace("*", '"*"')
        )

    for length, expected in ((limit, []), (limit + 1, ["policy-too-large"])):
        source = Source("account.yaml", text(length))
        value: Any = decode_yaml(source)
        inner = Document(value[holder]["x"]["policies"][0], source, f"/{holder}/x/policies/0")
        findings = check_document(inner, Usage(IDENTITY), Selection(RULES))
        assert [finding.rule for finding in findings] == expected


def test_white_space_inside_of_strings_stays() -> None:
    assert compact_text('{ "a b" : [ "c \\" d" ,\n\t"e" ] }') == '{"a b":["c \\" d","e"]}'


def test_what_patterns_save() -> None:
    """Entries that match nothing, and services with few entries, are left as they are."""
    names = ["sqs:AddPermission", "sqs:ReceiveMessage", "sqs:SendMessage", "sqs:DeleteMessage", "sqs:GetQueueUrl"]
    both = ["sqs:GetQueueAttributes", "sqs:NoSuchAction", "s3:GetObject", "s3:GetObjectAcl"]
    statement = {"Effect": "Allow", "Action": [*names, *both], "Resource": "*"}
    assert saved_by_patterns(RuleContext(Policy.parse({"Version": "2012-10-17", "Statement": statement}))) > 0
    statement["Action"] = names
    assert saved_by_patterns(RuleContext(Policy.parse({"Version": "2012-10-17", "Statement": statement}))) == 0


@given(st.lists(st.tuples(st.text("abc", min_size=1, max_size=4), st.booleans()), unique_by=lambda pair: pair[0]))
def test_patterns_by_head_match_the_wanted_and_nothing_else(pairs: list[tuple[str, bool]]) -> None:
    """As `policyeval shrink` does; and no name has two of them."""
    names = tuple(sorted(name for name, _ in pairs))
    wanted = {name for name, is_wanted in pairs if is_wanted}
    patterns = list(head_patterns(names, sum(1 << names.index(name) for name in wanted)))
    matched = [[name for name in names if fnmatchcase(name, pattern)] for pattern in patterns]
    assert sorted(chain(*matched)) == sorted(wanted)


def test_every_quota_reads_well() -> None:
    assert {allowance(quota) for quota in size_quotas()} >= {
        "managed policies may have 6,144",
        "inline policies of a user may have 2,048 together",
        "inline session policies and the ARNs of managed session policies may have 2,048 together",
        "SQS queue policies may have 8,192",
    }
