"""What is said of new access: no wider than it need be, and wide enough for all of it."""

from __future__ import annotations

import random

import pytest

from policyeval.answer.conditions import condition_text, put_together
from policyeval.answer.data import access_object
from policyeval.answer.words import (
    action_texts,
    caller_texts,
    condition_texts,
    except_texts,
    exclusion_texts,
    resource_texts,
    unless_texts,
)
from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import PrincipalType, Request
from policyeval.evaluation.scope import ALWAYS_ALLOWED
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry
from policyeval.proof.difference import compare_policies
from policyeval.proof.outcome import Access, Verdict
from policyeval.syntax.operator import parse_operator
from tests.proof.asking import Statement as Given
from tests.proof.asking import allow, deny, policy
from tests.proof.said import holds
from tests.proof.sampling import allows, draw_pair, draw_request, read

# ---- the words hold all that is new


KINDS = (
    PolicyKind.IDENTITY,
    PolicyKind.SCP,
    PolicyKind.RCP,
    PolicyKind.RESOURCE,
    PolicyKind.TRUST,
    PolicyKind.VPC_ENDPOINT,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_what_is_said_is_what_is_new(kind: PolicyKind) -> None:
    """Every request that is new is in a part of what is said, and every request in a part is new."""
    rng = random.Random(f"words {kind.value}")
    seen = 0
    for _ in range(60):
        new, old = draw_pair(rng, kind)
        policies = read(new, kind), read(old, kind)
        if not all(policy.has_variables for policy in policies):
            continue
        gained = compare_policies(*([policy] for policy in policies)).gained
        parts = [access_object(access) for access in gained.accesses]
        for access, part in zip(gained.accesses, parts, strict=True):
            assert holds(part, policies[0], access.counterexample.request), (new, old, part)
        for _ in range(30 if parts else 0):
            request = draw_request(rng, kind, new, old)
            if not is_plain(request, kind):
                continue
            is_new = allows(policies[0], request) and not allows(policies[1], request)
            seen += is_new
            is_said = any(holds(part, policies[0], request) for part in parts)
            assert is_said is is_new or (is_new and gained.doubts), (new, old, request, parts)
    assert seen > 25


def is_plain(request: Request, kind: PolicyKind) -> bool:
    """Whether nothing but statements decides a request: nothing reaches across partitions, some actions need no
    permission, and a root user cannot assume a role."""
    arns = [request.principal.arn or "arn:aws", *([request.resource.arn] if request.resource.arn != "*" else [])]
    partitions = {arn.split(":")[1] for arn in arns}
    is_root = request.principal.type is PrincipalType.ACCOUNT
    return (
        len(partitions) == 1
        and request.action.lower() not in {action.lower() for action in ALWAYS_ALLOWED}
        and request.context.get("aws:CurrentTime") != []
        and not (is_root and kind is PolicyKind.TRUST)
    )


# ---- the words for the changes that people make

KEY = "aws:RequestedRegion"
BUCKET = "arn:aws:s3:::team-logs"


def only(new: list[Given], old: list[Given], kind: PolicyKind = PolicyKind.IDENTITY) -> Access:
    """The one part of what a change newly allows."""
    difference = compare_policies([policy(*new, kind=kind)], [policy(*old, kind=kind)])
    assert difference.gained.verdict is Verdict.REFUTED
    (access,) = difference.gained.accesses
    return access


def when(operator: str, key: str, *values: str) -> dict[str, object]:
    return {"when": {operator: {key: list(values)}}}


@pytest.mark.parametrize(
    ("new", "old", "words"),
    [
        pytest.param(
            allow(**when("StringEquals", KEY, "eu-west-1", "eu-north-1")),
            allow(**when("StringEquals", KEY, "eu-west-1")),
            [f"{KEY} StringEquals eu-north-1"],
            id="a value added",
        ),
        pytest.param(
            allow(**when("StringLike", KEY, "eu-*")),
            allow(**when("StringEquals", KEY, "eu-west-1")),
            [f"{KEY} StringLike eu-*", f"{KEY} StringNotEquals eu-west-1"],
            id="a wider pattern",
        ),
        pytest.param(
            allow(**when("StringLike", KEY, "eu-*", "eu-w*", "us-*")),
            allow(**when("StringLike", KEY, "eu-w*")),
            [f"{KEY} StringLike eu-*, eu-w*, us-*", f"{KEY} StringNotLike eu-w*"],
            id="a pattern added that meets another",
        ),
        pytest.param(
            allow(**when("IpAddress", "aws:SourceIp", "203.0.113.0/24", "198.51.100.0/24")),
            allow(**when("IpAddress", "aws:SourceIp", "203.0.113.0/24")),
            ["aws:SourceIp IpAddress 198.51.100.0/24"],
            id="a network added",
        ),
        pytest.param(
            allow(**when("IpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.0.0/16")),
            allow(**when("IpAddress", "aws:SourceIp", "203.0.113.0/24")),
            ["aws:SourceIp IpAddress 203.0.113.0/24, 203.0.0.0/16", "aws:SourceIp NotIpAddress 203.0.113.0/24"],
            id="a network around another",
        ),
        pytest.param(
            allow(),
            allow(**when("StringEquals", "aws:ResourceTag/team", "core")),
            ["aws:ResourceTag/team StringNotEquals core"],
            id="a condition dropped",
        ),
        pytest.param(
            allow(**when("BoolIfExists", "aws:MultiFactorAuthPresent", "true")),
            allow(**when("Bool", "aws:MultiFactorAuthPresent", "true")),
            ["aws:MultiFactorAuthPresent is missing"],
            id="IfExists",
        ),
        pytest.param(
            allow(**when("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z")),
            allow(**when("DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z")),
            [
                "aws:CurrentTime DateLessThan 2027-01-01T00:00:00Z",
                "aws:CurrentTime DateGreaterThanEquals 2026-01-01T00:00:00Z",
            ],
            id="a later date",
        ),
        pytest.param(
            allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "team", "env")),
            allow(**when("ForAllValues:StringEquals", "aws:TagKeys", "team")),
            ["aws:TagKeys ForAllValues:StringEquals team, env", "aws:TagKeys ForAnyValue:StringNotEquals team"],
            id="a list",
        ),
    ],
)
def test_only_the_values_that_are_new(new: Given, old: Given, words: list[str]) -> None:
    assert condition_texts(only([new], [old])) == words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (("StringNotEquals", "a"), ("StringNotEquals", "a", "b"), [f"{KEY} StringEquals b"]),
        (("StringNotLike", "eu-*"), ("StringNotLike", "eu-*", "us-*"), [f"{KEY} StringLike us-*"]),
        (("StringNotEqualsIfExists", "a"), ("StringNotEqualsIfExists", "a", "b"), [f"{KEY} StringEquals b"]),
        (("Null", "true"), ("StringEquals", "a"), [f"{KEY} is missing"]),
    ],
)
def test_what_a_narrower_deny_lets_pass(before: tuple[str, ...], after: tuple[str, ...], words: list[str]) -> None:
    old, new = (deny("s3:*", **when(operator, KEY, *values)) for operator, *values in (before, after))
    access = only([allow(), new], [allow(), old])
    assert access.lifted is not None
    assert condition_texts(access) == words


def test_a_condition_of_several_keys_that_goes() -> None:
    both = {"when": {"StringEquals": {KEY: "eu-west-1"}, "Bool": {"aws:SecureTransport": "true"}}}
    access = only([allow()], [allow(**both)])
    assert condition_texts(access) == []
    assert unless_texts(access) == [f"{KEY} StringEquals eu-west-1 and aws:SecureTransport Bool true"]


def test_a_key_that_may_hold_a_list_has_no_reverse() -> None:
    """A list makes an operator without set operator false, negated or not: nothing is the reverse of `StringEquals`."""
    access = only([allow()], [allow(**when("StringEquals", "custom:key", "a"))])
    assert condition_texts(access) == []
    assert unless_texts(access) == ["custom:key StringEquals a"]


def test_what_not_action_no_longer_leaves_out() -> None:
    old, new = (
        {"Effect": "Allow", "NotAction": names, "Resource": "*"}
        for names in (["iam:*", "organizations:*", "account:*"], ["iam:*", "organizations:*"])
    )
    access = only([new], [old])
    assert action_texts(access) == ["account:*"]
    assert except_texts(access) == []


def test_what_not_resource_no_longer_leaves_out() -> None:
    old, new = (
        {"Effect": "Allow", "Action": "s3:*", "NotResource": arns}
        for arns in ([BUCKET, f"{BUCKET}/*"], [f"{BUCKET}/*"])
    )
    access = only([new], [old])
    assert resource_texts(access) == [BUCKET]
    assert except_texts(access) == []


def test_actions_and_resources_that_change_in_one_statement() -> None:
    objects, public = (f"{BUCKET}/*", f"{BUCKET}/public/*")
    new, old = allow(["s3:GetObject", "s3:PutObject"], objects), allow("s3:GetObject", public)
    assert except_texts(only([new], [old])) == [f"s3:GetObject on {public}"]
    office = when("IpAddress", "aws:SourceIp", "203.0.113.0/24")
    new, old = allow(["s3:Get*", "s3:PutObject"], f"{BUCKET}*", **office), allow("s3:Get*", objects, **office)
    assert except_texts(only([new], [old])) == [f"s3:Get* on {objects}"]


def test_what_is_left_out_is_told_by_all_that_it_hangs_on() -> None:
    old = allow("s3:Get*", f"{BUCKET}/*", **when("Bool", "aws:SecureTransport", "true"))
    region = {
        "Effect": "Deny",
        "NotAction": "iam:*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {KEY: "eu-west-1"}},
    }
    assert except_texts(only([allow("*"), region], [old])) == [
        f"everything but iam:* when {KEY} StringNotEquals eu-west-1",
        f"s3:Get* on {BUCKET}/* when aws:SecureTransport Bool true",
    ]


def test_a_long_list_of_what_is_left_out_is_cut_off_for_people() -> None:
    places = [f"arn:aws:s3:::b{at}/*" for at in range(20)]
    access = only([allow("s3:*", "*")], [allow("s3:Get*", places)])
    assert except_texts(access) == [f"s3:Get* on {', '.join(places)}"]
    assert exclusion_texts(access) == [f"s3:Get* on {', '.join(places[:12])}, and 8 more"]


def test_callers_who_may_do_it_already_are_left_out_of_anyone() -> None:
    given, before = ([allow("s3:GetObject", f"{BUCKET}/*", Principal=whom)] for whom in ("*", {"AWS": "123456789012"}))
    assert except_texts(only(given, before, PolicyKind.RESOURCE)) == ["for 123456789012"]


def test_what_was_allowed_before_is_left_out() -> None:
    access = only([allow("s3:*", "*")], [allow(["s3:Get*", "s3:ListBucket"], "*"), allow("ec2:*")])
    assert action_texts(access) == ["s3:*"]
    assert except_texts(access) == ["s3:Get*", "s3:ListBucket"]
    access = only([allow("s3:GetObject", f"{BUCKET}/*")], [allow("s3:GetObject", f"{BUCKET}/${{aws:username}}/*")])
    assert except_texts(access) == [f"{BUCKET}/${{aws:username}}/*"]


@pytest.mark.parametrize(
    ("new", "old", "words"),
    [
        ({"AWS": ["123456789012", "444455556666"]}, {"AWS": "123456789012"}, ["444455556666"]),
        ("*", {"AWS": "123456789012"}, ["anyone"]),
        ({"Service": "sns.amazonaws.com"}, {"Service": "events.amazonaws.com"}, ["sns.amazonaws.com"]),
    ],
)
def test_to_whom_it_is_new(new: object, old: object, words: list[str]) -> None:
    given, before = ([allow("s3:GetObject", f"{BUCKET}/*", Principal=principal)] for principal in (new, old))
    assert caller_texts(only(given, before, PolicyKind.RESOURCE)) == words


def test_a_trust_policy_names_no_resource() -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}
    access = only([trust], [{**trust, "Principal": {"AWS": "123456789012"}}], PolicyKind.TRUST)
    assert resource_texts(access) == []


def test_patterns_are_spelled_as_the_policy_spells_them() -> None:
    assert action_texts(only([allow("s3:GetObject*")], [allow("ec2:*")])) == ["s3:GetObject*"]
    assert action_texts(only([allow("s3:getobjectacl")], [allow("ec2:*")])) == ["s3:GetObjectAcl"]


MISSING = "aws:PrincipalOrgID"
"""A key of one value that some requests lack."""


def condition(operator: str, *values: str) -> Condition:
    parsed = parse_operator(operator)
    assert parsed is not None
    return Condition(parsed, MISSING, tuple(Entry(value, "") for value in values), "")


def test_a_reverse_holds_exactly_where_the_condition_does_not() -> None:
    """IAM User Guide, reference_policies_elements_condition_operators: each operator and a missing key."""
    given = [
        condition(f"{base}{suffix}", value)
        for base, value in (
            *((f"String{name}", "a*") for name in ("Equals", "NotEquals", "Like", "NotLike", "EqualsIgnoreCase")),
            *((f"Numeric{name}", "5") for name in ("Equals", "LessThan", "LessThanEquals", "GreaterThan")),
            *((f"Date{name}", "2026-01-01") for name in ("NotEquals", "LessThan", "GreaterThanEquals")),
            *((name, "10.0.0.0/8") for name in ("IpAddress", "NotIpAddress")),
            ("ArnLike", "arn:aws:s3:::*"),
            ("Bool", "true"),
        )
        for suffix in ("", "IfExists")
    ]
    samples = {
        "String": ("a*", "ab", "A*", "b"),
        "Numeric": ("4", "5", "6"),
        "Date": ("2025-12-31", "2026-01-01", "2027-01-01"),
        "IpAddress": ("10.1.1.1", "11.0.0.0", "::1"),
        "Arn": ("arn:aws:s3:::b", "arn:aws:sns:::b", "text"),
        "Bool": ("true", "false"),
    }
    for one in [*given, condition("Null", "true"), condition("Null", "false")]:
        reverse = put_together([], [one])
        assert reverse, condition_text(one)
        for value in (None, *samples.get(one.operator.family, ("a",))):
            context = Context({} if value is None else {MISSING: value})
            held, other = (
                all(judge_condition(c, context, Reading(), has_variables=True, is_allow=True).matched for c in some)
                for some in ([one], reverse)
            )
            assert held is not other, (condition_text(one), value)
