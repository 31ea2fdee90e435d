"""A rule is not asked where it has nothing to say; where it would have something to say, it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policyeval.catalog.quotas import size_quotas
from policyeval.linter import documents
from policyeval.linter.files import Asked, check_file
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import Document, examine
from policyeval.policy.model import Entry, Policy, Statement
from policyeval.rules.topics import SMALLEST_QUOTA, Topic, topics_of, topics_of_document
from policyeval.source import Source

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
EVERY_TOPIC = ~0
READ: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def policy(**elements: Any) -> Policy:
    """What the linter sees of a document, be it one that AWS would refuse."""
    value = {"Version": "2012-10-17", "Statement": {**READ, **elements}}
    document = Document(value, Source("policy.json", json.dumps(value)), "")
    return examine(document, PolicyKind.IDENTITY, "policy")[0]


def topics(**elements: Any) -> Topic:
    return Topic(topics_of(policy(**elements).statements[0]))


@pytest.mark.parametrize(
    ("elements", "topic"),
    [
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, Topic.CONDITION),
        ({"Effect": "Deny"}, Topic.DENY),
        ({"Action": "IAM:PassRole"}, Topic.IAM_ACTION),
        ({"Action": ["s3:GetObject", "*"]}, Topic.IAM_ACTION | Topic.SEVERAL_ACTIONS),
        ({"Action": ["s3:GetObject", "iam>PassRole"]}, Topic.MALFORMED_ACTION | Topic.SEVERAL_ACTIONS),
        ({"Action": "s3:GetОbject"}, Topic.ODD_CHARACTER | Topic.MALFORMED_ACTION),
        ({"Action": "s3:GetObject "}, Topic.ODD_CHARACTER | Topic.MALFORMED_ACTION),
        ({"Sid": ""}, Topic.EMPTY_VALUE),
    ],
)
def test_a_statement_on_every_resource_is_about_this_and_nothing_else(elements: dict[str, Any], topic: Topic) -> None:
    assert topics() == Topic.EVERY_RESOURCE
    assert topics(**elements) == Topic.EVERY_RESOURCE | topic


@pytest.mark.parametrize(
    ("resources", "topic"),
    [
        ("arn:aws:s3:::logs/*", Topic.SOME_RESOURCE),
        (["*", "arn:aws:s3:::logs/*"], Topic.SOME_RESOURCE | Topic.EVERY_RESOURCE | Topic.SEVERAL_RESOURCES),
        (["*", "*"], Topic.SOME_RESOURCE | Topic.EVERY_RESOURCE | Topic.SEVERAL_RESOURCES),
        ("arn:aws:s3:::home/${aws:username}", Topic.SOME_RESOURCE | Topic.VARIABLE),
        (
            ["arn:aws:s3:::logs/a ", "*"],
            Topic.SOME_RESOURCE | Topic.EVERY_RESOURCE | Topic.SEVERAL_RESOURCES | Topic.ODD_CHARACTER,
        ),
    ],
)
def test_resources_make_topics(resources: object, topic: Topic) -> None:
    assert topics(Resource=resources) == topic


def test_a_statement_without_resources_is_known() -> None:
    without = Statement(0, "/Statement", "Allow", actions=(Entry("s3:GetObject", "/Statement/Action"),))
    assert Topic.NO_RESOURCE in Topic(topics_of(without))
    assert Topic.NO_RESOURCE not in Topic(topics_of(replace(without, resources=(Entry("*", "/Statement/Resource"),))))


def test_an_empty_list_anywhere_is_a_topic_of_the_whole_document() -> None:
    assert Topic(topics_of_document(policy())) == Topic.ANYTHING
    assert Topic(topics_of_document(policy(Condition={}))) == Topic.EMPTY_VALUE


def test_a_document_as_long_as_the_smallest_quota_is_large() -> None:
    assert min(quota.limit for quota in size_quotas()) == SMALLEST_QUOTA
    names = [f"s3:GetObject{'x' * 20}{number}" for number in range(SMALLEST_QUOTA // 20)]
    assert Topic(topics_of_document(policy(Action=names))) == Topic.LARGE


def test_rules_asked_about_every_statement_find_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(Selection(pedantic=True))
    paths = sorted(str(path) for path in FIXTURES.glob("err/**/*.json"))
    found = [check_file(path, asked).findings for path in paths]
    monkeypatch.setattr(documents, "topics_of", lambda _statement: EVERY_TOPIC)
    for path, findings in zip(paths, found, strict=True):
        assert check_file(path, asked).findings == findings, path
    assert any(found)
