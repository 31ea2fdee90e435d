"""A fix that is called safe changes no decision (`diagnostics.fix.Fix`): not one of those that AWS could be asked for.

AWS's rules that fixes have gone wrong by: an operator without a set operator is never true of a list (semantics 5.3); a
variable without a value keeps an entry, and under `NotResource` the statement, from matching (3.2, 4); what AWS would
refuse grants nothing, and nobody knows what is meant by it.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from policyeval.diagnostics.finding import Finding
from policyeval.evaluation.request import ContextValue, Request, Resource
from policyeval.fixing import apply_fixes, fix_all
from policyeval.linter.files import Asked, check_source
from policyeval.linter.selection import Selection
from policyeval.policy.kind import PolicyKind
from policyeval.source import Source
from tests.proof.sampling import allows
from tests.rules.sampling import IDENTITIES, KINDS, differences, draw_policy, read

POLICIES_OF_A_ROUND = 16
USER, SESSION = IDENTITIES


def findings(source: Source, kind: PolicyKind) -> list[Finding]:
    return check_source(source, Asked(Selection(), kind=kind)).findings


def safely_fixed(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> str:
    return fix_all(Source("policy.json", text), lambda source: findings(source, kind), unsafe=False).text


@pytest.mark.parametrize("round_", range(8))
def test_no_request_tells_a_policy_from_what_safe_fixes_make_of_it(round_: int) -> None:
    for seed in range(round_ * POLICIES_OF_A_ROUND, (round_ + 1) * POLICIES_OF_A_ROUND):
        rng = random.Random(seed)
        kind = rng.choice(KINDS)
        text = draw_policy(rng, kind)
        fixed = safely_fixed(text, kind)
        if fixed != text:
            assert not differences(text, fixed, kind, seed, tries=100), f"{seed}: {text}"


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    given = [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"} | each for each in statements
    ]
    for statement in given:
        if "NotResource" in statement:
            del statement["Resource"]
    return json.dumps({"Version": version, "Statement": given})


def on(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values) if len(values) != 1 else values[0]}}}


def deny(statement: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A Deny, and an Allow of everything beside it."""
    return {"Resource": "*"}, {"Effect": "Deny", **statement}


B = "arn:aws:s3:::b/"
TELLING = {
    "a list of a key known to hold one": (policy(on("StringLike", "aws:TagKeys", "*")), {"aws:TagKeys": ["a", "b"]}),
    "a list of a key that nobody knows": (
        policy(on("StringLike", "example.com:groups", "*")),
        {"example.com:groups": ["a", "b"]},
    ),
    "a list with IfExists": (policy(on("StringLikeIfExists", "aws:TagKeys", "*")), {"aws:TagKeys": ["a"]}),
    "a list with IfExists in a Deny": (
        policy(*deny(on("StringLikeIfExists", "example.com:groups", "*"))),
        {"example.com:groups": ["a"]},
    ),
    "an escape is no wildcard": (policy({"Resource": [f"{B}${{*}}", f"{B}${{aws:username}}"]}), {"aws:username": "k"}),
    "an escape among values": (
        policy(on("StringLike", "s3:prefix", "${*}", "${aws:username}")),
        {"s3:prefix": "k", "aws:username": "k"},
    ),
    "a default is no wildcard": (
        policy({"Resource": [f"{B}${{aws:PrincipalTag/t, '*'}}", f"{B}${{aws:PrincipalTag/t, 'k'}}"]}),
        {},
    ),
    "a netmask is no prefix length": (
        policy(on("IpAddress", "aws:SourceIp", "10.0.0.0/255.0.0.0", "10.1.0.0/16")),
        {"aws:SourceIp": "10.1.2.3"},
    ),
    "a netmask with bits beyond it": (
        policy(on("IpAddress", "aws:SourceIp", "10.1.2.3/255.255.0.0")),
        {"aws:SourceIp": "10.1.2.3"},
    ),
    "a variable that moves the segments of an ARN": (
        policy(on("ArnLike", "aws:SourceArn", "arn:aws:*:*::*", "arn:aws:${aws:userid}::foo:bar")),
        {"aws:SourceArn": "arn:aws:s3::foo:bar", "aws:userid": "s3"},
    ),
}


@pytest.mark.parametrize(("text", "context"), [pytest.param(*case, id=name) for name, case in TELLING.items()])
def test_a_request_is_decided_as_before(text: str, context: dict[str, ContextValue]) -> None:
    before, after = read(text, PolicyKind.IDENTITY), read(safely_fixed(text), PolicyKind.IDENTITY)
    assert before is not None
    assert after is not None
    request = Request(USER, "s3:GetObject", Resource(f"{B}k"), context)
    assert allows(after, request) == allows(before, request)


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_variable_without_a_value_still_keeps_a_not_resource_from_matching(effect: str) -> None:
    statement = {"Effect": effect, "NotResource": [f"{B}*", f"{B}${{aws:username}}/*"]}
    text = policy({"Resource": "*"}, statement) if effect == "Deny" else policy(statement)
    before, after = read(text, PolicyKind.IDENTITY), read(safely_fixed(text), PolicyKind.IDENTITY)
    assert before is not None
    assert after is not None
    request = Request(SESSION, "s3:GetObject", Resource("arn:aws:s3:::other/k"), {})
    assert allows(after, request) == allows(before, request) == (effect == "Deny")


@pytest.mark.parametrize(
    ("version", "entries", "left"),
    [
        ("2012-10-17", [f"{B}*", f"{B}${{aws:username}}/*"], 2),
        ("2012-10-17", [f"{B}*", f"{B}${{aws:username, 'x'}}/*"], 1),
        ("2012-10-17", [f"{B}${{aws:username}}*", f"{B}${{aws:username}}/*"], 1),
        ("2012-10-17", [f"{B}*", f"{B}${{aws:username}}*", f"{B}${{AWS:username}}/*", f"{B}k"], 3),
        ("2008-10-17", [f"{B}*", f"{B}${{aws:username}}/*"], 1),
    ],
)
def test_an_entry_of_not_resource_goes_when_its_variables_are_needed_anyway(
    version: str, entries: list[str], left: int
) -> None:
    text = policy({"Effect": "Deny", "NotResource": entries}, version=version)
    (statement,) = json.loads(safely_fixed(text))["Statement"]
    kept = statement["NotResource"]
    assert (1 if isinstance(kept, str) else len(kept)) == left


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringLike": {"aws:username": "*"}, "StringNotLike": {"aws:PrincipalTag/t": "*"}},
        {"StringLike": {"aws:username": "*"}, "stringlike": {"aws:PrincipalTag/t": "*"}},
        {"StringLike": {"aws:username": "*"}, "Null": {}},
    ],
)
def test_fixes_write_no_member_twice(conditions: dict[str, Any]) -> None:
    text = policy({"Condition": conditions})
    assert not differences(text, safely_fixed(text), PolicyKind.IDENTITY)


REFUSED = {"StringEqualz": {"aws:PrincipalTag/t": "x"}}


def test_no_fix_is_safe_in_a_policy_that_aws_would_refuse() -> None:
    text = policy({"Condition": REFUSED | {"StringLikeIfExists": {"aws:username": "*"}}}, {"Sid": ""})
    assert safely_fixed(text) == text


def test_what_could_not_be_read_stays_when_a_condition_goes() -> None:
    source = Source("policy.json", policy({"Condition": {"StringLikeIfExists": {"aws:username": "*"}} | REFUSED}))
    rule = "redundant-key-due-to-wildcard-in-condition"
    found = [finding for finding in findings(source, PolicyKind.IDENTITY) if finding.rule == rule]
    (statement,) = json.loads(apply_fixes(source, found, unsafe=True).text)["Statement"]
    assert statement["Condition"] == REFUSED


def test_a_statement_repeats_no_other_that_could_not_be_read_whole() -> None:
    source = Source("policy.json", policy({"Effect": "Deny", "Condition": REFUSED}, {"Effect": "Deny"}))
    assert "redundant-statement" not in {finding.rule for finding in findings(source, PolicyKind.IDENTITY)}
