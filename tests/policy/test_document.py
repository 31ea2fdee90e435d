"""Which documents AWS accepts, and for what it refuses the others.

Source: IAM User Guide, reference_policies_grammar, reference_policies_elements and troubleshoot_policies; Organizations
User Guide, orgs_manage_policies_scps_syntax and orgs_manage_policies_rcps_syntax; semantics section 1.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyeval.errors import PolicyError, PolicyevalError
from policyeval.jsontext import JsonNumber
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.policy.values import value_text
from policyeval.source import Source
from tests.evaluation.worlds import Document, documents

IDENTITY, BOUNDARY, SESSION = PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION
RESOURCE, TRUST, ENDPOINT = PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT
SCP, RCP = PolicyKind.SCP, PolicyKind.RCP
IAM = (IDENTITY, BOUNDARY, SESSION)
EVERY = tuple(PolicyKind)
WITHOUT_PRINCIPAL = (*IAM, SCP)


def good(kind: PolicyKind) -> Document:
    """A statement that AWS accepts in a policy of that kind."""
    statement: Document = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    if kind in (RESOURCE, TRUST, ENDPOINT, RCP):
        statement["Principal"] = "*"
    if kind is TRUST:
        statement["Action"] = "sts:AssumeRole"
        del statement["Resource"]
    if kind is RCP:
        statement["Effect"] = "Deny"
    return statement


def changed(kind: PolicyKind, **elements: Any) -> Document:
    """The same statement with elements changed, or removed where `None` is given."""
    statement = {**good(kind), **elements}
    return {name: value for name, value in statement.items() if value is not REMOVED}


REMOVED = object()


def rules(document: object, kind: PolicyKind) -> list[str]:
    _, problems = read_policy(document, kind)
    return [problem.rule for problem in problems]


def document(content: object, **members: Any) -> Document:
    return {"Version": "2012-10-17", "Statement": content, **members}


@pytest.mark.parametrize("kind", EVERY)
def test_a_good_statement_is_good_alone_and_in_a_list(kind: PolicyKind) -> None:
    assert rules(document(good(kind)), kind) == []
    assert rules(document([good(kind)]), kind) == []


# ---- elements by kind (semantics 1.3): the kinds that accept a change, all others refusing it

ELEMENTS: list[tuple[str, dict[str, Any], tuple[PolicyKind, ...]]] = [
    ("no Effect", {"Effect": REMOVED}, ()),
    ("Allow", {"Effect": "Allow"}, tuple(kind for kind in EVERY if kind is not RCP)),
    ("Deny", {"Effect": "Deny"}, EVERY),
    ("an effect in lower case", {"Effect": "deny"}, ()),
    ("no Action", {"Action": REMOVED}, ()),
    ("NotAction", {"Action": REMOVED, "NotAction": "sts:TagSession"}, tuple(k for k in EVERY if k is not RCP)),
    ("Action and NotAction", {"NotAction": "s3:*"}, ()),
    ("every action", {"Action": "*"}, tuple(kind for kind in EVERY if kind is not RCP)),
    ("every action of every service", {"Action": "*:*"}, tuple(kind for kind in EVERY if kind is not RCP)),
    ("every action of a service", {"Action": "sts:*"}, EVERY),
    ("a wildcard in the service", {"Action": "s*:GetObject"}, ()),
    ("a wildcard in the middle of the name", {"Action": "sts:*Role"}, EVERY),
    ("an action with white space, stored", {"Action": "sts:AssumeRole "}, EVERY),
    ("an action without a colon, stored", {"Action": "iam>DeleteAccessKey"}, EVERY),
    ("an unknown action", {"Action": "sts:DoThis"}, EVERY),
    ("an action of an unknown service", {"Action": "nosuch:DoThis"}, tuple(k for k in EVERY if k is not TRUST)),
    ("an action of a service", {"Action": "s3:GetObject"}, tuple(k for k in EVERY if k is not TRUST)),
    ("no Resource", {"Resource": REMOVED}, (RESOURCE, TRUST)),
    ("Resource", {"Resource": "*"}, tuple(kind for kind in EVERY if kind is not TRUST)),
    (
        "NotResource",
        {"Resource": REMOVED, "NotResource": "arn:aws:s3:::b"},
        tuple(kind for kind in EVERY if kind is not TRUST),
    ),
    ("Resource and NotResource", {"Resource": "*", "NotResource": "*"}, ()),
    ("no Principal", {"Principal": REMOVED}, WITHOUT_PRINCIPAL),
    ("Principal", {"Principal": "*"}, (RESOURCE, TRUST, ENDPOINT, RCP)),
    ("a named Principal", {"Principal": {"AWS": "111122223333"}}, (RESOURCE, TRUST, ENDPOINT)),
    ("NotPrincipal", {"Principal": REMOVED, "NotPrincipal": {"AWS": "111122223333"}}, (RESOURCE,)),
    ("Principal and NotPrincipal", {"Principal": "*", "NotPrincipal": {"AWS": "111122223333"}}, ()),
    ("Condition", {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, EVERY),
    ("an empty Condition", {"Condition": {}}, EVERY),
    ("a Sid", {"Sid": "AllowThis1"}, EVERY),
    ("an empty Sid", {"Sid": ""}, EVERY),
    ("a Sid with a space", {"Sid": "allow this"}, (RESOURCE, TRUST, ENDPOINT)),
    ("an unknown element", {"Comment": "x"}, ()),
    ("a mis-cased element", {"resource": "*"}, ()),
    ("a character beyond U+00FF", {"Sid": "\u0100"}, (RESOURCE, ENDPOINT)),
    ("a character up to U+00FF", {"Condition": {"StringEquals": {"aws:PrincipalTag/x": "\xe9\xff"}}}, EVERY),
    ("an empty list of actions", {"Action": []}, (RESOURCE, ENDPOINT, SCP, RCP)),
    ("a short ARN", {"Resource": "arn:aws:s3"}, (*IAM, RESOURCE, ENDPOINT)),
    ("a short ARN that ends in a star", {"Resource": "arn:aws:s3:*"}, (*IAM, RESOURCE, ENDPOINT, SCP)),
    ("a resource that is no ARN", {"Resource": "b/k"}, ()),
    ("an empty resource", {"Resource": ""}, ()),
    ("a path of an API", {"Resource": "execute-api:/prod/GET/*"}, (RESOURCE,)),
    ("null for an element", {"Action": None}, ()),
    ("a number for an action", {"Action": 5}, ()),
    ("an object for a resource", {"Resource": {"Ref": "Bucket"}}, ()),
    ("a list within a list", {"Action": [["s3:*"]]}, ()),
]


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(("elements", "accepting"), [pytest.param(e, a, id=name) for name, e, a in ELEMENTS])
def test_elements(kind: PolicyKind, elements: dict[str, Any], accepting: tuple[PolicyKind, ...]) -> None:
    found = rules(document(changed(kind, **elements)), kind)
    assert (found == []) is (kind in accepting), found


# ---- the document

DOCUMENTS: list[tuple[object, PolicyKind, list[str]]] = [
    ({}, IDENTITY, ["missing-statement"]),
    ([], IDENTITY, ["data-type-mismatch"]),
    (None, IDENTITY, ["data-type-mismatch"]),
    ("text", IDENTITY, ["data-type-mismatch"]),
    (document([]), IDENTITY, ["missing-statement"]),
    (document(None), IDENTITY, ["data-type-mismatch"]),
    (document("x"), IDENTITY, ["data-type-mismatch"]),
    (document(["x"]), IDENTITY, ["data-type-mismatch"]),
    (document([good(IDENTITY), 5]), IDENTITY, ["data-type-mismatch"]),
    (document(good(IDENTITY), Id="x"), IDENTITY, []),
    (document(good(IDENTITY), Id=None), IDENTITY, ["data-type-mismatch"]),
    (document(good(IDENTITY), Id={}), IDENTITY, ["data-type-mismatch"]),
    (document(good(IDENTITY), Comment="x"), IDENTITY, ["invalid-policy-element"]),
    (document(good(IDENTITY), statement={}), IDENTITY, ["invalid-policy-element"]),
    ({"Statement": good(IDENTITY)}, IDENTITY, []),
    ({"Statement": good(SCP)}, SCP, ["missing-version"]),
    ({"Statement": good(RCP)}, RCP, ["missing-version"]),
    ({"Version": "2008-10-17", "Statement": good(IDENTITY)}, IDENTITY, []),
    ({"Version": "2008-10-17", "Statement": good(SCP)}, SCP, ["invalid-version"]),
    ({"Version": "2012-10-18", "Statement": good(IDENTITY)}, IDENTITY, ["invalid-version"]),
    ({"Version": "", "Statement": good(IDENTITY)}, IDENTITY, ["invalid-version"]),
    ({"Version": None, "Statement": good(IDENTITY)}, IDENTITY, ["data-type-mismatch"]),
    ({"Version": JsonNumber("2012"), "Statement": good(IDENTITY)}, IDENTITY, ["data-type-mismatch"]),
    (document([changed(IDENTITY, Sid="A"), changed(IDENTITY, Sid="A")]), IDENTITY, ["unique-sids-required"]),
    (document([changed(IDENTITY, Sid="A"), changed(IDENTITY, Sid="a")]), IDENTITY, []),
    (document([changed(IDENTITY, Sid=""), changed(IDENTITY, Sid="")]), IDENTITY, []),
    (document([changed(RESOURCE, Sid="A"), changed(RESOURCE, Sid="A")]), RESOURCE, []),
]


@pytest.mark.parametrize(("given_document", "kind", "expected"), DOCUMENTS)
def test_documents(given_document: object, kind: PolicyKind, expected: list[str]) -> None:
    assert rules(given_document, kind) == expected


# ---- principals

ROLE = "arn:aws:iam::111122223333:role/app"
PRINCIPALS: list[tuple[object, list[str]]] = [
    ("*", []),
    ({"AWS": "*"}, []),
    ({"AWS": ["111122223333", ROLE]}, []),
    ({"AWS": "arn:aws:iam::111122223333:root", "Service": ["ec2.amazonaws.com"]}, []),
    ({"AWS": "arn:aws:sts::111122223333:assumed-role/app/s"}, []),
    ({"AWS": "AIDAEXAMPLEEXAMPLE1"}, []),
    ({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"}, []),
    ({"Federated": "arn:aws:iam::111122223333:saml-provider/idp"}, []),
    ({"Federated": "accounts.google.com"}, []),
    ({"CanonicalUser": "a" * 64}, []),
    ({}, []),
    ({"AWS": []}, []),
    (ROLE, ["invalid-principal-format"]),
    ("ec2.amazonaws.com", ["invalid-principal-format"]),
    (["*"], ["invalid-principal-format"]),
    (None, ["invalid-principal-format"]),
    (5, ["invalid-principal-format"]),
    ({"aws": "111122223333"}, ["invalid-principal-key"]),
    ({"User": "111122223333"}, ["invalid-principal-key"]),
    ({"AWS": "11112222333"}, ["invalid-principal-format"]),
    ({"AWS": "alice"}, ["invalid-principal-format"]),
    ({"AWS": "arn:aws:iam::111122223333"}, ["invalid-principal-format"]),
    ({"AWS": ROLE + "*"}, ["unsupported-wildcard-in-principal"]),
    ({"AWS": "arn:aws:iam::*:role/app"}, ["unsupported-wildcard-in-principal"]),
    ({"AWS": "arn:aws:iam::111122223333:role/ap?"}, ["unsupported-wildcard-in-principal"]),
    ({"Service": "*.amazonaws.com"}, ["unsupported-wildcard-in-principal"]),
    ({"AWS": None}, ["data-type-mismatch"]),
    ({"AWS": {"x": "y"}}, ["data-type-mismatch"]),
    ({"AWS": [True]}, ["data-type-mismatch"]),
]


@pytest.mark.parametrize(("principal", "expected"), PRINCIPALS)
def test_principals(principal: object, expected: list[str]) -> None:
    assert rules(document(changed(RESOURCE, Principal=principal)), RESOURCE) == expected


# ---- conditions

CONDITIONS: list[tuple[object, list[str]]] = [
    ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, []),
    ({"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}, []),
    ({"StringEquals": {"aws:PrincipalOrgID": []}}, []),
    ({"StringEquals": {}}, []),
    ({"NoSuch": {}}, []),  # IAM refuses an unknown operator only with a body
    ({"NumericEquals": {"s3:max-keys": 5}, "Bool": {"aws:SecureTransport": False}}, []),
    ({"stringequals": {"aws:username": "a"}}, []),
    ({"StringEquals": {"saml:aud": "a"}, "StringLike": {"token.actions.githubusercontent.com:sub": "*"}}, []),
    ({"NoSuch": {"aws:username": "a"}}, ["invalid-condition-operator"]),
    ({"StringEqual": {"aws:username": "a"}}, ["invalid-condition-operator"]),
    ({"NullIfExists": {"aws:username": "true"}}, ["null-with-if-exists"]),
    ({"StringEquals": {"username": "a"}}, ["invalid-condition-key-format"]),
    ({"StringEquals": {"aws:username": "a", "AWS:UserName": "b"}}, ["duplicate-keys-with-different-case"]),
    ({"StringEquals": {"aws:username": "a"}, "StringLike": {"AWS:UserName": "b"}}, []),
    ({"StringEquals": {"aws:username": None}}, ["data-type-mismatch"]),
    ({"StringEquals": {"aws:username": {"a": "b"}}}, ["data-type-mismatch"]),
    ({"StringEquals": {"aws:username": [["a"]]}}, ["data-type-mismatch"]),
    ({"StringEquals": "a"}, ["data-type-mismatch"]),
    ({"StringEquals": None}, ["data-type-mismatch"]),
    ([], ["data-type-mismatch"]),
    (None, ["data-type-mismatch"]),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_conditions(condition: object, expected: list[str]) -> None:
    assert rules(document(changed(IDENTITY, Condition=condition)), IDENTITY) == expected


HELP: list[tuple[dict[str, Any], str]] = [
    ({"effect": "Allow"}, "did you mean `Effect`?"),
    ({"Actions": "s3:*"}, "did you mean `Action`?"),
    ({"Condition": {"StringEqual": {"a:b": "c"}}}, "did you mean `StringEquals`?"),
    ({"Condition": {"ForAnyValue:StringLikes": {"a:b": "c"}}}, "did you mean `ForAnyValue:StringLike`?"),
    ({"Condition": {"StringEqualIfExists": {"a:b": "c"}}}, "did you mean `StringEqualsIfExists`?"),
    ({"Effect": "allow"}, "did you mean `Allow`?"),
]


@pytest.mark.parametrize(("elements", "help"), HELP)
def test_a_closed_vocabulary_gets_a_did_you_mean(elements: dict[str, Any], help: str) -> None:
    _, problems = read_policy(document(changed(IDENTITY, **elements)), IDENTITY)
    assert help in [problem.help for problem in problems]


# ---- places

PLACES: list[tuple[str, str, str]] = [
    ('{"Version": "2012-10-17", "Statment": []}', "invalid-policy-element", '"Statment"'),
    (json.dumps(document(changed(IDENTITY, Effect="allow"))), "invalid-effect", '"allow"'),
    (json.dumps(document([good(IDENTITY), changed(IDENTITY, Foo=1)])), "invalid-policy-element", '"Foo"'),
    (json.dumps(document(changed(IDENTITY, Resource=["*", "b"]))), "invalid-arn-prefix", '"b"'),
    (
        json.dumps(document(changed(IDENTITY, Condition={"Nope": {"a:b": "c"}}))),
        "invalid-condition-operator",
        '"Nope"',
    ),
    (json.dumps(document(changed(IDENTITY, Principal="*"))), "unsupported-principal", '"Principal"'),
]


@pytest.mark.parametrize(("text", "rule", "where"), PLACES)
def test_a_refusal_points_at_the_very_text(text: str, rule: str, where: str) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(text)
    error = caught.value
    assert error.rule == rule
    assert error.span is not None
    assert text[error.span.start : error.span.end] == where


# ---- shapes


@given(documents())
def test_a_single_value_may_stand_alone_wherever_a_list_may(given_document: Document) -> None:
    """Statement, Action, NotAction, Resource, NotResource and condition values (reference_policies_grammar)."""

    def listed(value: Any) -> Any:
        return value if isinstance(value, list) else [value]

    def wide(statement: Document) -> Document:
        return {
            name: {op: {key: listed(v) for key, v in keys.items()} for op, keys in value.items()}
            if name == "Condition"
            else value if name == "Effect" else listed(value)
            for name, value in statement.items()
        }  # fmt: skip

    spread = {**given_document, "Statement": [wide(statement) for statement in given_document["Statement"]]}
    assert texts(given_document) == texts(spread)


def texts(given_document: Document) -> list[object]:
    policy, problems = read_policy(given_document, IDENTITY)
    assert not problems

    def plain(entries: Any) -> object:
        return None if entries is None else [entry.text for entry in entries]

    return [
        (
            statement.effect,
            [
                plain(e)
                for e in (statement.actions, statement.not_actions, statement.resources, statement.not_resources)
            ],
            [(c.operator.canonical, c.key, plain(c.values)) for c in statement.conditions],
        )
        for statement in policy
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (1.5, "1.5"),
        (JsonNumber("1.50"), "1.50"),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_numbers_and_booleans_act_as_their_text(value: object, text: str | None) -> None:
    assert value_text(value) == text


WORDS = st.sampled_from(
    [
        "Version",
        "2012-10-17",
        "Statement",
        "Effect",
        "Allow",
        "Action",
        "Resource",
        "Principal",
        "NotPrincipal",
        "*",
        "AWS",
        "Condition",
        "StringEquals",
        "Null",
        "ForAnyValue:StringLike",
        "aws:username",
        "s3:*",
        "Sid",
        "Id",
        "�",
    ]
)
ANYTHING = st.recursive(
    WORDS | st.text(max_size=4) | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), children, max_size=5)
    ),
    max_leaves=15,
)


@settings(max_examples=300)
@given(ANYTHING, st.sampled_from(EVERY))
def test_whatever_is_read_is_a_policy_or_has_problems(value: object, kind: PolicyKind) -> None:
    policy, problems = read_policy(value, kind)
    assert problems or policy.statements
    for problem in problems:
        assert str(problem.error(None, "policy"))


@settings(max_examples=200)
@given(ANYTHING, st.sampled_from(EVERY))
def test_whatever_text_is_parsed_is_a_policy_or_an_error_in_its_place(value: object, kind: PolicyKind) -> None:
    text = json.dumps(value, ensure_ascii=False)
    try:
        policy = Policy.parse(text, kind)
    except PolicyevalError as error:
        located: object = error.where
    else:
        located = policy.source == Source("policy", text)
    assert located
