"""Policies that safe fixes are made in, and requests near a policy: its actions, resources and values, and others."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from policyeval.evaluation.cardinality import Cardinality, cardinality
from policyeval.evaluation.request import ContextValue, Request, Resource
from policyeval.linter.kinds import infer_kind
from policyeval.policy.kind import PolicyKind
from policyeval.policy.loading import examine, find_document
from policyeval.policy.model import Condition, Policy
from policyeval.rules.expansion import expand_pattern
from policyeval.source import Source
from policyeval.syntax.variable import variable_keys
from tests.proof.sampling import CALLERS, allows, as_list, draw_list

TRIES = 300
WORDS = ("", "x", "a/b", "team", "*", "?", "$")


def read(text: str, kind: PolicyKind | None) -> Policy | None:
    """The policy of a text; nothing when AWS would refuse it."""
    document = find_document(Source("policy.json", text))
    policy, problems = examine(document, kind or infer_kind(document.value), "policy.json")
    return None if problems else policy


# ---- policies


ACTIONS = ("s3:Get*", "s3:GetObject", "S3:getobject", "s3:Get?bject", "s3:*", "*", "*:*", "s3:Get Object", "s3:${*}")
RESOURCES = (
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/?",
    "arn:aws:s3:::*",
    "arn:*:s3:::b/*",
    "arn:aws:s3",
    "arn:aws:s3:*",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/${aws:username}*",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${AWS:UserName}/k",
    "arn:aws:s3:::b/${aws:PrincipalTag/t, 'd'}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/t, '*'}",
    "arn:aws:s3:::b/${aws:PrincipalTag/t}/*",
    "arn:aws:s3:::b/${*}",
    "arn:aws:s3:::b/${?}",
    "arn:aws:s3:::b/$*}",
)
TEXTS = (
    "*",
    "**",
    "",
    "a",
    "A",
    "a*",
    "a?",
    "${aws:username}",
    "${aws:username}*",
    "${aws:userid, 'a'}",
    "${*}",
    "${?}",
    "$*}",
)
ARNS = (
    "*",
    "arn:*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::*",
    "arn:aws:*:*:*:*",
    "arn:aws:*:*::*",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::${*}",
    "arn:aws:${aws:userid}::foo:bar",
    "arn:aws:s3:*:${k:a}*",
    "arn:aws:s3:*:${k:a}x:foo",
)
NETWORKS = (
    "10.0.0.0/8",
    "10.1.2.3/8",
    "10.1.0.0/16",
    "10.0.0.0/255.0.0.0",
    "10.1.2.3/255.255.0.0",
    "10.1.2.3/0.0.255.255",
    "10.1.2.3",
    "0.0.0.0/0",
    "::/0",
    "fe80::1%1/64",
    "2001:db8::1/32",
    "10.1.2.3/08",
)
NUMBERS = ("1", "1.0", "5", 5, 10, "1e1", "x", "")
DATES = ("1798761600", 1798761600, "01798761600", "2027-01-01T00:00:00Z", "2027", "99999", "10000000000000000000000")
BOOLEANS = ("true", True, "false", False, "TRUE")
VALUES: Mapping[str, tuple[Any, ...]] = {
    "String": TEXTS,
    "Arn": ARNS,
    "IpAddress": NETWORKS,
    "Numeric": NUMBERS,
    "Date": DATES,
    "Bool": BOOLEANS,
    "Null": BOOLEANS,
}
OPERATORS = (
    *("StringLike",) * 6,
    *("StringNotLike",) * 3,
    "stringlike",
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "ArnLike",
    "ArnEquals",
    "ArnNotLike",
    "IpAddress",
    "NotIpAddress",
    "NumericLessThan",
    "NumericGreaterThanEquals",
    "NumericEquals",
    "DateLessThan",
    "DateNotEquals",
    "DateGreaterThan",
    "Bool",
    "Null",
)
KEYS = (
    "aws:username",
    "aws:PrincipalTag/t",
    *("aws:TagKeys", "example.com:groups") * 2,
    "aws:CalledVia",
    "aws:UserAgent",
    "aws:SourceIp",
    "aws:SourceArn",
    "s3:prefix",
    "s3:max-keys",
)
PRINCIPALS: tuple[Any, ...] = ("*", {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:user/bob"})
KINDS = (
    *(PolicyKind.IDENTITY,) * 3,
    PolicyKind.BOUNDARY,
    PolicyKind.RESOURCE,
    PolicyKind.SCP,
    PolicyKind.RCP,
    PolicyKind.VPC_ENDPOINT,
)


def draw_policy(rng: random.Random, kind: PolicyKind) -> str:
    """The text of a policy in which safe fixes are likely; AWS would refuse some."""
    statements = [_draw_statement(rng, kind) for _ in range(rng.choice((1, 1, 2)))]
    if rng.random() < 0.1:
        statements.append(_same_in_other_words(rng, rng.choice(statements)))
    document: dict[str, Any] = {"Version": "2012-10-17"}
    if rng.random() < 0.2 and not kind.elements.requires_current_version:
        document = rng.choice(({"Version": "2008-10-17"}, {}))
    document["Statement"] = statements[0] if len(statements) == 1 and rng.random() < 0.5 else statements
    return json.dumps(document, indent=rng.choice((None, 2)))


def _draw_statement(rng: random.Random, kind: PolicyKind) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Deny" if kind is PolicyKind.RCP else rng.choice(("Allow", "Allow", "Deny"))}
    if rng.random() < 0.1:
        statement["Sid"] = ""
    if kind.elements.principal:
        negated = kind.elements.not_principal and statement["Effect"] == "Deny" and rng.random() < 0.2
        statement["NotPrincipal" if negated else "Principal"] = (
            "*" if kind is PolicyKind.RCP else rng.choice(PRINCIPALS)
        )
    if rng.random() < 0.5:
        return {**statement, "Action": "s3:*", "Resource": "*", "Condition": _draw_conditions(rng)}
    actions = ("s3:Get*", "s3:GetObject", "S3:getobject", "s3:*") if kind is PolicyKind.RCP else ACTIONS
    negated = kind is not PolicyKind.RCP and rng.random() < 0.25
    statement["NotAction" if negated else "Action"] = draw_list(rng, actions) if rng.random() < 0.5 else "s3:*"
    resources = [text for text in RESOURCES if text == "*" or text.count(":") > 4 or kind.elements.accepts_empty_lists]
    statement[rng.choice(("Resource", "NotResource"))] = draw_list(rng, tuple(resources))
    if rng.random() < 0.2:
        statement["Condition"] = _draw_conditions(rng)
    return statement


def _draw_conditions(rng: random.Random) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for _ in range(rng.choice((1, 1, 1, 2))):
        base = rng.choice(OPERATORS)
        family = next(name for name in VALUES if name in base or (name == "String" and "string" in base))
        qualifier = rng.choice(("", "", "", "ForAllValues:", "ForAnyValue:"))
        suffix = "IfExists" if base != "Null" and rng.random() < 0.4 else ""
        values: Any = draw_list(rng, VALUES[family])
        if family == "String" and rng.random() < 0.5:
            values = "*"
        keys = block.setdefault(f"{qualifier}{base}{suffix}", {})
        if rng.random() < 0.95:
            keys[rng.choice(KEYS)] = values if rng.random() < 0.95 else []
    return block


def _same_in_other_words(rng: random.Random, statement: dict[str, Any]) -> dict[str, Any]:
    same = json.loads(json.dumps(statement))
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if name in same:
            same[name] = rng.sample(as_list(same[name]), len(as_list(same[name])))
    return {"Sid": "Again", **same} if "Sid" not in same else same


# ---- requests


def requests(policies: list[Policy], seed: int = 1, tries: int = TRIES) -> Iterator[Request]:
    """`tries` requests that the policies speak of, some of them only nearly."""
    rng = random.Random(seed)
    statements = [statement for policy in policies for statement in policy]
    patterns = [e.text for s in statements for e in (*(s.actions or ()), *(s.not_actions or ()))]
    actions = sorted(
        {a for pattern in patterns for a in expand_pattern(pattern)[:20]} | {"s3:GetObject", "iam:PassRole"}
    )
    resources = [e.text for s in statements for e in (*(s.resources or ()), *(s.not_resources or ()))]
    conditions = [condition for s in statements for condition in s.conditions]
    texts = [*resources, *(value.text for condition in conditions for value in condition.values)]
    variables = sorted({key for text in texts for key in variable_keys(text)})
    for _ in range(tries):
        context: dict[str, ContextValue] = {}
        for key in variables:
            if rng.random() < 0.6:
                context[key.lower()] = rng.choice((*WORDS, "bob", "s3", "a:b"))
        for condition in conditions:
            if rng.random() < 0.75:
                context[condition.key.lower()] = draw_value(rng, condition)
        pattern = rng.choice([*resources, *resources, "*", "arn:aws:s3:::team-logs/key"])
        principal = policies[0].kind.elements.principal
        caller = rng.choice(CALLERS if principal else IDENTITIES)
        action = rng.choice(("s3:GetObject", rng.choice(actions)))
        yield Request(caller, action, Resource(concrete(rng, pattern, context)), context)


IDENTITIES = [CALLERS[1], CALLERS[7]]
"""A user, and a session, which has no `aws:username`."""


def draw_value(rng: random.Random, condition: Condition) -> ContextValue:
    """A value near those of a condition; several for a key that can hold them, whatever the operator."""
    texts = [filled(rng, entry.text) for entry in condition.values]
    near = (
        "other",
        "true",
        "false",
        "",
        "10.1.2.9",
        "2001:db8::9",
        "3",
        "7",
        "2026-12-31",
        "2027-01-01",
        "arn:aws:s3:::b",
    )
    values = [*texts, *texts, *rng.sample(near, 3)]
    several = cardinality(condition.key.lower()) is not Cardinality.ONE and rng.random() < 0.6
    return rng.sample(values, rng.choice((0, 1, 2, 2))) if several else rng.choice(values)


def filled(rng: random.Random, pattern: str) -> str:
    """A text that fits a pattern, more often than not."""
    if "/" in pattern and pattern.split("/")[0].count(".") == 3:
        return pattern.split("/")[0]
    return "".join(rng.choice(WORDS) if c == "*" else "q" if c == "?" else c for c in pattern)


def concrete(rng: random.Random, pattern: str, context: Mapping[str, ContextValue]) -> str:
    """An ARN that fits an entry of `Resource`, or `*`."""
    if not pattern.strip("*") or not pattern.startswith("arn:"):
        return rng.choice(("*", "arn:aws:s3:::team-logs/key"))
    for key, value in context.items():
        pattern = pattern.replace(f"${{{key}}}", str(value))
    segments = [filled(rng, part) for part in (pattern.split(":", 5) + ["*"] * 5)[:6]]
    defaults = ["arn", "aws", "s3", "", "", "key"]
    return ":".join(part or default for part, default in zip(segments, defaults, strict=True))


def differences(before: str, after: str, kind: PolicyKind | None, seed: int = 1, tries: int = TRIES) -> list[Request]:
    """The requests that one of two policies allows and the other does not, among those tried."""
    old, new = read(before, kind), read(after, kind)
    assert old is not None, "a safe fix of a policy that AWS refuses promises what nobody can check"
    assert new is not None, "a safe fix makes a policy that AWS refuses"
    return [request for request in requests([old, new], seed, tries) if allows(old, request) != allows(new, request)]
