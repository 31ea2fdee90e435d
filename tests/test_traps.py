"""Where published evaluators of IAM policies go wrong, one test for each trap.

Every test holds both sides: what the trap gets wrong, and the neighbour that must not change with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from policyeval.errors import PolicyevalError
from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource
from policyeval.evaluation.trace import Result
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.syntax.wildcard import compile_pattern

OWN, OTHER = "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{OWN}:user/alice"
ROLE = f"arn:aws:iam::{OWN}:role/team/app"
SESSION = Principal.session(ROLE, "s1")
BUCKET, KEY = "arn:aws:s3:::b", "arn:aws:s3:::b/k"
CURRENT, OLD = "2012-10-17", "2008-10-17"
ALLOWED, IMPLICIT, EXPLICIT = "allowed", "implicitDeny", "explicitDeny"
Document = Mapping[str, Any]


def statement(effect: str = "Allow", action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement; elements given as `None` are left out."""
    elements = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {name: value for name, value in elements.items() if value is not None}


def document(*statements: Document, version: str | None = CURRENT) -> dict[str, Any]:
    return {**({"Version": version} if version else {}), "Statement": list(statements)}


EVERYTHING = document(statement())


def ask(
    *identity: Document,
    caller: Principal | str = ALICE,
    action: str = "s3:GetObject",
    arn: str = KEY,
    owner: str | None = OWN,
    context: Mapping[str, ContextValue] | None = None,
    resource: Document | None = None,
    trust: bool = False,
    boundary: Document | None = None,
    session: Sequence[Document] | None = None,
    scp: Sequence[Sequence[Document]] | None = None,
) -> Result:
    def attach(policy: Document, kind: PolicyKind) -> Attached:
        return Attached(Policy.parse(policy, kind))

    who = caller if isinstance(caller, Principal) else Principal.from_arn(caller)
    request = authorised_request(Request(who, action, Resource(arn, owner), context))
    policies = PolicySet(
        identity=tuple(attach(policy, PolicyKind.IDENTITY) for policy in identity),
        resource=attach(resource, PolicyKind.TRUST if trust else PolicyKind.RESOURCE) if resource else None,
        boundary=attach(boundary, PolicyKind.BOUNDARY) if boundary is not None else None,
        session=None if session is None else tuple(attach(policy, PolicyKind.SESSION) for policy in session),
        scp=None if scp is None else tuple(tuple(attach(p, PolicyKind.SCP) for p in level) for level in scp),
    )
    return explain(policies, request)


def decide(*identity: Document, **question: Any) -> str:
    return ask(*identity, **question).decision.value


def when(
    operator: str, key: str, values: Any, context: Mapping[str, ContextValue], *, version: str | None = CURRENT
) -> bool:
    """Whether a condition holds: an Allow that hangs on it allows."""
    policy = document(statement(Condition={operator: {key: values}}), version=version)
    return decide(policy, context=context) == ALLOWED


# ---- matching


@pytest.mark.parametrize(
    ("pattern", "arn", "other"),
    [
        (
            "arn:aws:ec2:*:*:*/*",
            f"arn:aws:ec2:eu-west-1:{OWN}:instance/i-1",
            f"arn:aws:s3:eu-west-1:{OWN}:instance/i-1",
        ),
        (
            f"arn:aws:ec2:*:{OWN}:security-group*/*",
            f"arn:aws:ec2:eu-west-1:{OWN}:security-group-rule/sgr-1",
            f"arn:aws:ec2:eu-west-1:{OWN}:subnet/s-1",
        ),
        (
            "arn:aws:logs:*:*:*:/aws-glue/*",
            f"arn:aws:logs:eu-west-1:{OWN}:log-group:/aws-glue/jobs",
            f"arn:aws:logs:eu-west-1:{OWN}:log-group:/aws-lambda/f",
        ),
        (f"arn:aws:iam::{OWN}:*/${{aws:username}}", ALICE, f"arn:aws:iam::{OWN}:user/bob"),
    ],
)
def test_a_wildcard_or_variable_may_stand_in_the_resource_type(pattern: str, arn: str, other: str) -> None:
    """IAM User Guide, reference_policies_elements_resource; AWSGlueServiceRole relies on it."""
    allow = document(statement(resource=pattern))
    deny = document(statement(), statement("Deny", resource=pattern))
    action = "tag:Anything"
    assert decide(allow, action=action, arn=arn) == ALLOWED
    assert decide(allow, action=action, arn=other) == IMPLICIT
    assert decide(deny, action=action, arn=arn) == EXPLICIT
    assert decide(deny, action=action, arn=other) == ALLOWED


@pytest.mark.parametrize(
    ("pattern", "key", "other"),
    [
        ("a.c", "a.c", "abc"),
        ("a+", "a+", "aa"),
        ("(a|b)", "(a|b)", "a"),
        ("[ab]", "[ab]", "a"),
        ("[!a]", "[!a]", "b"),
        ("^k$", "^k$", "k"),
        (r"\d", r"\d", "1"),
        ("a?c", "abc", "ac"),
        ("a?c", "a?c", "abbc"),
        ("a*c", "a\nc", "a\nb"),
        ("a*c", "abbc", "abb"),
    ],
)
def test_only_star_and_question_mark_are_special(pattern: str, key: str, other: str) -> None:
    """IAM User Guide, reference_policies_elements_resource: `*` any characters, `?` exactly one."""
    policy = document(statement(resource=f"{BUCKET}/{pattern}"))
    assert decide(policy, arn=f"{BUCKET}/{key}") == ALLOWED
    assert decide(policy, arn=f"{BUCKET}/{other}") == IMPLICIT
    assert when("StringLike", "s3:prefix", pattern, {"s3:prefix": key})
    assert not when("StringLike", "s3:prefix", pattern, {"s3:prefix": other})


def test_regex_characters_in_actions_are_plain_text() -> None:
    """IAM User Guide, reference_policies_elements_action."""
    assert decide(document(statement(action="s3:Get.bject"))) == IMPLICIT
    assert decide(document(statement(action="s3:Get?bject"))) == ALLOWED
    assert decide(document(statement(action="s3:(Get|Put)Object"))) == IMPLICIT


def test_wildcards_in_the_request_are_text() -> None:
    """IAM User Guide, reference_policies_elements_resource: patterns stand in policies; a key may hold `*`."""
    policy = document(statement(resource=f"{BUCKET}/abc"))
    assert decide(policy, arn=f"{BUCKET}/abc") == ALLOWED
    assert decide(policy, arn=f"{BUCKET}/*") == IMPLICIT
    assert decide(policy, arn=f"{BUCKET}/a?c") == IMPLICIT
    assert decide(document(statement(resource=f"{BUCKET}/a?c")), arn=f"{BUCKET}/a*c") == ALLOWED


def test_case_counts_in_resources_and_values_and_not_in_actions_and_keys() -> None:
    """IAM User Guide, reference_policies_elements_action, _resource, _condition; reference_policies_condition-keys."""
    assert decide(document(statement(action="S3:getOBJECT"))) == ALLOWED
    assert decide(document(statement(resource=f"{BUCKET}/K"))) == IMPLICIT
    assert not when("StringEquals", "aws:ResourceTag/env", "Prod", {"aws:ResourceTag/env": "prod"})
    assert when("StringEquals", "AWS:resourcetag/ENV", "prod", {"aws:ResourceTag/env": "prod"})


@pytest.mark.parametrize("stars", [6, 8, 40])
def test_many_stars_cost_little(stars: int) -> None:
    """Matching is at most quadratic, so that a policy from outside cannot stop the evaluator.

    A matcher that backtracks does not come to the end of this.
    """
    matches = compile_pattern("*" + "a*" * stars + "b")
    long = "a" * 20_000
    assert not matches(long)
    assert matches(long + "b")


def test_actions_with_white_space_or_a_comma_never_match() -> None:
    """Such entries are stored and match nothing, so a `NotAction` of them alone matches everything."""
    for entry in ("s3:GetObject ", "s3:Get Object", "s3:GetObject,s3:PutObject", "s3:"):
        assert decide(document(statement(action=entry))) == IMPLICIT
        assert decide(document(statement(action=None, NotAction=entry))) == ALLOWED
    assert decide(document(statement(action=None, NotAction="s3:GetObject"))) == IMPLICIT


# ---- variables


@pytest.mark.parametrize("version", [OLD, None])
def test_variables_are_text_under_the_old_version(version: str | None) -> None:
    """IAM User Guide, reference_policies_variables: they need Version 2012-10-17."""
    policy = statement(resource=BUCKET + "/${aws:username}")
    assert decide(document(policy, version=version), arn=f"{BUCKET}/alice") == IMPLICIT
    assert decide(document(policy, version=version), arn=BUCKET + "/${aws:username}") == ALLOWED
    assert decide(document(policy), arn=f"{BUCKET}/alice") == ALLOWED


def test_the_value_of_a_variable_is_no_pattern() -> None:
    """Else whoever may choose a value, say a tag, would reach everything."""
    policy = document(statement(resource=BUCKET + "/${aws:PrincipalTag/team}/k"))
    tag = {"aws:PrincipalTag/team": "*"}
    assert decide(policy, arn=f"{BUCKET}/core/k", context=tag) == IMPLICIT
    assert decide(policy, arn=f"{BUCKET}/*/k", context=tag) == ALLOWED
    given = {"s3:prefix": "core", **tag}
    assert not when("StringLike", "s3:prefix", "${aws:PrincipalTag/team}", given)
    assert when("StringLike", "s3:prefix", "${aws:PrincipalTag/team}*", {**given, "s3:prefix": "*core"})


def test_a_variable_without_a_value_matches_nothing() -> None:
    """IAM User Guide, reference_policies_variables: in a Deny for a role session, `aws:username` protects nothing."""
    policy = document(statement(), statement("Deny", resource=BUCKET + "/${aws:username}/*"))
    assert decide(policy, arn=f"{BUCKET}/alice/k") == EXPLICIT
    assert decide(policy, arn=f"{BUCKET}/alice/k", caller=SESSION) == ALLOWED
    assert decide(document(statement(resource=BUCKET + "/${aws:username}/*")), caller=SESSION) == IMPLICIT


def test_a_variable_without_a_value_is_not_equal() -> None:
    """IAM User Guide, reference_policies_variables: a negated operator is then true."""
    given = {"aws:ResourceTag/team": "core"}
    assert when("StringNotEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}", given)
    assert not when("StringNotEquals", "aws:ResourceTag/team", ["${aws:PrincipalTag/team}", "core"], given)
    assert not when("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}", given)
    assert when("StringEquals", "aws:ResourceTag/team", ["${aws:PrincipalTag/team}", "core"], given)


def test_escaped_characters_and_defaults() -> None:
    """IAM User Guide, reference_policies_variables: `${*}`, `${?}`, `${$}`, and `${key, 'default'}`."""
    for sign in "*?$":
        policy = document(statement(resource=f"{BUCKET}/${{{sign}}}"))
        assert decide(policy, arn=f"{BUCKET}/{sign}") == ALLOWED
        assert decide(policy, arn=f"{BUCKET}/x") == IMPLICIT
        assert when("StringEquals", "s3:prefix", f"${{{sign}}}", {"s3:prefix": sign})
        assert not when("StringEquals", "s3:prefix", f"${{{sign}}}", {"s3:prefix": f"${{{sign}}}"})
    policy = document(statement(resource=BUCKET + "/${aws:PrincipalTag/team, 'company'}"))
    assert decide(policy, arn=f"{BUCKET}/company") == ALLOWED
    assert decide(policy, arn=f"{BUCKET}/company", context={"aws:PrincipalTag/team": "core"}) == IMPLICIT
    assert decide(policy, arn=f"{BUCKET}/core", context={"aws:PrincipalTag/team": "core"}) == ALLOWED


def test_variables_have_one_value_and_are_replaced_once() -> None:
    """IAM User Guide, reference_policies_variables: only keys with one value; names without regard to case."""
    policy = document(statement(resource=BUCKET + "/${AWS:TagKeys}"))
    assert decide(policy, arn=f"{BUCKET}/a", context={"aws:TagKeys": ["a"]}) == IMPLICIT
    policy = document(statement(resource=BUCKET + "/${AWS:principaltag/TEAM}"))
    assert decide(policy, arn=f"{BUCKET}/core", context={"aws:PrincipalTag/team": "core"}) == ALLOWED
    nested = {"aws:PrincipalTag/team": "${aws:username}"}
    assert decide(policy, arn=f"{BUCKET}/alice", context=nested) == IMPLICIT
    assert decide(policy, arn=BUCKET + "/${aws:username}", context=nested) == ALLOWED


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        (Principal.from_arn(f"arn:aws:iam::{OWN}:user/team/alice"), "alice"),
        (SESSION, None),
        (Principal.from_arn(f"arn:aws:sts::{OWN}:federated-user/alice"), None),
        (Principal.from_arn(OWN), None),
        (Principal(PrincipalType.ANONYMOUS), None),
    ],
)
def test_only_users_have_a_user_name(caller: Principal, name: str | None) -> None:
    """IAM User Guide, reference_policies_variables, the table of principals: the last part of a user's ARN."""
    named = document(statement("Deny", Principal="*", Condition={"StringEquals": {"aws:username": "alice"}}))
    absent = document(statement("Deny", Principal="*", Condition={"Null": {"aws:username": "true"}}))
    assert (decide(caller=caller, resource=named) == EXPLICIT) is (name == "alice")
    assert (decide(caller=caller, resource=absent) == EXPLICIT) is (name is None)


# ---- conditions


def test_a_missing_key() -> None:
    """IAM User Guide, reference_policies_elements_condition_operators and _condition-single-vs-multi-valued."""
    expected = {
        "StringEquals": False,
        "StringNotEquals": True,
        "StringEqualsIfExists": True,
        "StringNotEqualsIfExists": True,
        "ForAllValues:StringEquals": True,
        "ForAnyValue:StringEquals": False,
        "NumericLessThan": False,
        "NotIpAddress": True,
        "ArnLike": False,
        "Bool": False,
        "BoolIfExists": True,
    }
    values = {"NumericLessThan": "1", "NotIpAddress": "192.0.2.0/24", "ArnLike": ALICE, "Bool": "false"}
    for operator, holds in expected.items():
        value = values.get(operator.removesuffix("IfExists"), "x")
        assert when(operator, "aws:RequestTag/k", value, {}) is holds, operator


def test_a_deny_by_bool_does_not_catch_a_missing_key() -> None:
    """IAM User Guide, reference_policies_condition-keys, aws:MultiFactorAuthPresent: absent with long-term keys."""

    def deny(operator: str) -> Document:
        return document(statement(), statement("Deny", Condition={operator: {"aws:MultiFactorAuthPresent": "false"}}))

    assert decide(deny("Bool")) == ALLOWED
    assert decide(deny("BoolIfExists")) == EXPLICIT
    assert decide(deny("Bool"), context={"aws:MultiFactorAuthPresent": "false"}) == EXPLICIT
    assert decide(deny("BoolIfExists"), context={"aws:MultiFactorAuthPresent": "true"}) == ALLOWED


def test_values_under_a_negated_operator_mean_none_of_them() -> None:
    """IAM User Guide, reference_policies_condition-logic-multiple-context-keys-or-values: NOR."""
    for operator in ("StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase"):
        assert not when(operator, "aws:RequestTag/k", ["a", "b"], {"aws:RequestTag/k": "a"})
        assert when(operator, "aws:RequestTag/k", ["a", "b"], {"aws:RequestTag/k": "c"})


def test_every_operator_and_every_key_counts() -> None:
    """IAM User Guide, reference_policies_condition-logic-multiple-context-keys-or-values: AND."""
    given = {"aws:RequestTag/a": "1", "aws:RequestTag/b": "2"}
    for condition, holds in (
        ({"StringEquals": {"aws:RequestTag/a": "1", "aws:RequestTag/b": "2"}}, True),
        ({"StringEquals": {"aws:RequestTag/a": "1", "aws:RequestTag/b": "x"}}, False),
        ({"StringEquals": {"aws:RequestTag/a": "x", "aws:RequestTag/b": "2"}}, False),
        ({"StringEquals": {"aws:RequestTag/a": "1"}, "StringLike": {"aws:RequestTag/b": "x*"}}, False),
        ({"StringLike": {"aws:RequestTag/a": "x*"}, "StringEquals": {"aws:RequestTag/b": "2"}}, False),
    ):
        assert (decide(document(statement(Condition=condition)), context=given) == ALLOWED) is holds


@pytest.mark.parametrize("operator", ["StringEqual", "Equals", "ForSomeValues:StringEquals", "StringEqualsIfExist"])
def test_an_unknown_operator_is_an_error_of_the_document(operator: str) -> None:
    """It never silently counts as true or false."""
    with pytest.raises(PolicyevalError, match=operator):
        decide(document(statement(Condition={operator: {"aws:RequestTag/k": "x"}})))
    assert when("StringEquals", "aws:RequestTag/k", "x", {"aws:RequestTag/k": "x"})


def test_addresses_compare_by_value_and_families_stay_apart() -> None:
    """IAM User Guide, reference_policies_elements_condition_operators: IpAddress."""
    four, six = {"aws:SourceIp": "203.0.113.7"}, {"aws:SourceIp": "2001:db8::7"}
    assert when("IpAddress", "aws:SourceIp", "0.0.0.0/0", four)
    assert not when("IpAddress", "aws:SourceIp", "0.0.0.0/0", six)
    assert when("IpAddress", "aws:SourceIp", "::/0", six)
    assert not when("IpAddress", "aws:SourceIp", "::/0", four)
    assert when("IpAddress", "aws:SourceIp", "2001:0DB8:0:0::0007", six)
    assert not when("IpAddress", "aws:SourceIp", "2001:db8::8", six)
    assert when("NotIpAddress", "aws:SourceIp", ["0.0.0.0/0", "198.51.100.0/24"], six)
    assert not when("NotIpAddress", "aws:SourceIp", ["198.51.100.0/24", "203.0.113.0/24"], four)


def test_dates_and_epoch_seconds_are_one_time_line() -> None:
    """IAM User Guide, reference_policies_elements_condition_operators: dates are W3C dates or epoch seconds."""
    given = {"aws:TokenIssueTime": "2020-01-05T00:00:00Z"}
    assert when("DateEquals", "aws:TokenIssueTime", "1578182400", given)
    assert not when("DateEquals", "aws:TokenIssueTime", "1578182401", given)
    assert when("DateLessThan", "aws:TokenIssueTime", "2020-01-05T00:00:01Z", {"aws:TokenIssueTime": "1578182400"})
    assert not when("DateEquals", "aws:TokenIssueTime", "Jan 5, 2020", given)
    assert not when("DateEquals", "aws:TokenIssueTime", "2020-01-05T00:00:00Z", {"aws:TokenIssueTime": "Jan 5, 2020"})


def test_a_number_with_letters_is_no_number() -> None:
    """IAM User Guide, reference_policies_elements_condition_operators: integers and decimals."""
    assert not when("NumericLessThan", "s3:max-keys", "20", {"s3:max-keys": "10abc"})
    assert not when("NumericLessThan", "s3:max-keys", "20abc", {"s3:max-keys": "10"})
    assert when("NumericLessThan", "s3:max-keys", "20", {"s3:max-keys": "10"})


def test_arns_compare_segment_by_segment_and_string_like_crosses_everything() -> None:
    """IAM User Guide, reference_policies_elements_condition_operators: ARN operators."""
    topic = f"arn:aws:sns:eu-west-1:{OWN}:topic"
    for operator in ("ArnEquals", "ArnLike"):
        assert when(operator, "aws:SourceArn", f"arn:aws:sns:*:{OWN}:top*", {"aws:SourceArn": topic})
        assert not when(operator, "aws:SourceArn", "arn:aws:sns:*", {"aws:SourceArn": topic})
        assert not when(operator, "aws:SourceArn", "arn:aws:sns:*:topic", {"aws:SourceArn": topic})
    assert when("StringLike", "aws:SourceArn", "arn:aws:sns:*:topic", {"aws:SourceArn": topic})
    assert not when("StringLike", "aws:SourceArn", "arn:aws:sqs:*", {"aws:SourceArn": topic})


def test_booleans_and_numbers_act_as_their_text() -> None:
    """IAM User Guide, reference_policies_grammar: quotes are optional around numbers and booleans."""
    assert when("Bool", "aws:SecureTransport", True, {"aws:SecureTransport": "true"})
    assert when("Bool", "aws:SecureTransport", "true", {"aws:SecureTransport": True})
    assert not when("Bool", "aws:SecureTransport", True, {"aws:SecureTransport": False})
    assert when("StringEquals", "aws:RequestTag/k", 10, {"aws:RequestTag/k": "10"})
    assert when("NumericEquals", "s3:max-keys", "10", {"s3:max-keys": 10})
    assert not when("NumericEquals", "s3:max-keys", 10, {"s3:max-keys": 11})


def test_a_list_needs_a_set_operator_and_a_single_value_is_a_list_of_one() -> None:
    """IAM User Guide, reference_policies_condition-single-vs-multi-valued-context-keys."""
    tags = {"aws:TagKeys": ["a", "b"]}
    assert not when("StringEquals", "aws:TagKeys", "a", tags)
    assert not when("StringNotEquals", "aws:TagKeys", "z", tags)
    assert when("ForAnyValue:StringEquals", "aws:TagKeys", "a", tags)
    assert when("ForAllValues:StringEquals", "aws:RequestTag/k", ["x", "y"], {"aws:RequestTag/k": "x"})
    assert not when("ForAnyValue:StringEquals", "aws:RequestTag/k", ["x", "y"], {"aws:RequestTag/k": "z"})
    assert when("ForAllValues:StringEquals", "aws:RequestTag/k", "x", {"aws:RequestTag/k": ""})
    assert not when("ForAnyValue:StringEquals", "aws:RequestTag/k", "", {"aws:RequestTag/k": ""})


# ---- who and which policy


def test_not_resource_means_none_of_them() -> None:
    """IAM User Guide, reference_policies_elements_notresource."""
    listed = [f"{BUCKET}/a", f"{BUCKET}/b"]
    allow = document(statement(resource=None, NotResource=listed))
    deny = document(statement(), statement("Deny", resource=None, NotResource=listed))
    for key in ("a", "b"):
        assert decide(allow, arn=f"{BUCKET}/{key}") == IMPLICIT
        assert decide(deny, arn=f"{BUCKET}/{key}") == ALLOWED
    assert decide(allow, arn=f"{BUCKET}/c") == ALLOWED
    assert decide(deny, arn=f"{BUCKET}/c") == EXPLICIT


def test_a_statement_without_resource_covers_what_it_is_attached_to() -> None:
    """IAM User Guide, reference_policies_elements_resource: only in trust and resource policies."""
    own = {"AWS": ALICE}
    bare = document(statement(resource=None, Principal=own))
    assert decide(resource=bare) == ALLOWED
    trust = document(statement(action="sts:AssumeRole", resource=None, Principal=own))
    assert decide(action="sts:AssumeRole", arn=ROLE, resource=trust, trust=True) == ALLOWED
    with pytest.raises(PolicyevalError, match="Resource"):
        decide(document(statement(resource=None)))


def test_naming_the_account_gives_nothing_by_itself() -> None:
    """IAM User Guide, reference_policies_elements_principal; KMS and trust policies delegate by it."""
    account, key = {"AWS": OWN}, f"arn:aws:kms:eu-west-1:{OWN}:key/1"
    assert decide(resource=document(statement(Principal=account))) == IMPLICIT
    assert decide(EVERYTHING, resource=document(statement(Principal=account))) == ALLOWED
    named = {"action": "kms:Decrypt", "arn": key}
    assert decide(EVERYTHING, **named) == IMPLICIT
    assert decide(EVERYTHING, resource=document(statement(Principal=account)), **named) == ALLOWED
    assume = {"action": "sts:AssumeRole", "arn": ROLE, "trust": True}
    trust = document(statement(action="sts:AssumeRole", resource=None, Principal=account))
    assert decide(resource=trust, **assume) == IMPLICIT
    assert decide(EVERYTHING, resource=trust, **assume) == ALLOWED


def test_whom_a_resource_policy_names_decides_what_it_passes() -> None:
    """IAM User Guide, reference_policies_evaluation-logic and access_policies_boundaries, the interplay."""
    nothing = document(statement(action="sqs:SendMessage"))
    limits: dict[str, Any] = {"boundary": nothing, "session": [nothing]}

    def grant(principal: Any) -> Document:
        return document(statement(Principal=principal))

    assert decide(resource=grant({"AWS": ALICE}), boundary=nothing) == ALLOWED
    assert decide(resource=grant({"AWS": SESSION.arn}), caller=SESSION, **limits) == ALLOWED
    assert decide(resource=grant("*"), caller=SESSION, **limits) == ALLOWED
    assert decide(resource=grant({"AWS": ROLE}), caller=SESSION, **limits) == IMPLICIT
    assert decide(resource=grant({"AWS": ROLE}), caller=SESSION) == ALLOWED
    assert decide(resource=grant({"AWS": ROLE}), caller=SESSION, boundary=nothing) == IMPLICIT
    assert decide(resource=grant({"AWS": ROLE}), caller=SESSION, session=[nothing]) == IMPLICIT


def test_a_grant_to_the_session_is_not_limited_by_its_session_policy() -> None:
    """IAM User Guide, access_policies#policies_session; another reading is told as uncertain."""
    nothing = document(statement(action="sqs:SendMessage"))
    grant = document(statement(Principal={"AWS": SESSION.arn}))
    result = ask(caller=SESSION, resource=grant, session=[nothing])
    assert result.decision.value == ALLOWED
    assert [entry.dispute.rule for entry in result.uncertain] == ["session-arn-and-session-policy"]
    denying = document(statement("Deny"))
    assert decide(caller=SESSION, resource=grant, session=[denying]) == EXPLICIT


def test_deny_with_not_principal_hits_whoever_has_a_boundary() -> None:
    """IAM User Guide, access_policies_boundaries: such a Deny hits whatever it lists."""
    deny = document(statement("Deny", NotPrincipal={"AWS": [ALICE, f"arn:aws:iam::{OWN}:root"]}))
    assert decide(EVERYTHING, resource=deny) == ALLOWED
    assert decide(EVERYTHING, resource=deny, boundary=EVERYTHING) == EXPLICIT
    unlisted = document(statement("Deny", NotPrincipal={"AWS": f"arn:aws:iam::{OWN}:user/bob"}))
    assert decide(EVERYTHING, resource=unlisted) == EXPLICIT


def test_root_web_identities_and_whom_scps_bind() -> None:
    """IAM User Guide, id_root-user; Organizations User Guide, orgs_manage_policies_scps."""
    root = Principal.from_arn(OWN)
    assert decide(caller=root) == ALLOWED
    assert decide(caller=root, owner=OTHER) == IMPLICIT
    google = Principal(PrincipalType.FEDERATED, provider="accounts.google.com")
    trust = document(
        statement(action="sts:AssumeRoleWithWebIdentity", resource=None, Principal={"Federated": "accounts.google.com"})
    )
    web = {"action": "sts:AssumeRoleWithWebIdentity", "arn": ROLE, "resource": trust, "trust": True}
    assert google.account is None
    assert decide(caller=google, **web) == ALLOWED
    assert decide(caller=Principal(PrincipalType.FEDERATED, provider="www.amazon.com"), **web) == IMPLICIT
    nothing: list[Document] = [document(statement(action="sqs:SendMessage"))]
    manager = Principal(PrincipalType.USER, ALICE, OWN, management_account=True)
    linked = Principal.session(f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
    service = Principal(PrincipalType.SERVICE, service="logging.s3.amazonaws.com")
    to_service = document(statement(Principal={"Service": "logging.s3.amazonaws.com"}))
    assert decide(EVERYTHING, scp=[nothing]) == IMPLICIT
    assert decide(EVERYTHING, caller=manager, scp=[nothing]) == ALLOWED
    assert decide(EVERYTHING, caller=linked, scp=[nothing]) == ALLOWED
    assert decide(caller=service, resource=to_service, scp=[nothing]) == ALLOWED


def test_scps_of_a_level_are_a_union_and_levels_an_intersection() -> None:
    """Organizations User Guide, orgs_manage_policies_scps_evaluation."""
    nothing = document(statement(action="sqs:SendMessage"))
    assert decide(EVERYTHING, scp=[[nothing, EVERYTHING]]) == ALLOWED
    assert decide(EVERYTHING, scp=[[nothing], [EVERYTHING]]) == IMPLICIT
    assert decide(EVERYTHING, scp=[[EVERYTHING], []]) == IMPLICIT
    assert decide(EVERYTHING, scp=[[EVERYTHING], [EVERYTHING]]) == ALLOWED


def test_get_caller_identity_is_always_allowed() -> None:
    """STS API Reference, GetCallerIdentity: no permission is needed, and a Deny does not matter."""
    deny = document(statement("Deny"))
    assert decide(deny, action="sts:GetCallerIdentity", arn="*") == ALLOWED
    assert decide(deny, action="sts:GetFederationToken", arn="*") == EXPLICIT


def test_a_deny_that_cannot_be_judged_is_said_aloud() -> None:
    """An evaluator that cannot judge a Deny must not answer "allowed" without saying so."""
    deny = document(
        statement(),
        statement("Deny", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    )
    result = ask(deny)
    assert result.decision.value == ALLOWED
    assert [(missing.key, missing.could_change) for missing in result.missing_context] == [("aws:SourceIp", True)]
    disputed = document(statement(), statement("Deny", Condition={"NumericNotEquals": {"s3:max-keys": "ten"}}))
    result = ask(disputed, context={"s3:max-keys": "10"})
    assert result.decision.value == EXPLICIT
    assert [entry.other_decision.value for entry in result.uncertain] == [ALLOWED]
    with pytest.raises(PolicyevalError):
        ask(document(statement(), statement("Deny", Condition={"Unheard": {"aws:SourceIp": "x"}})))
