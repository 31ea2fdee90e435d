"""Policies, layers and requests from small alphabets, in which matches and near misses are common.

Everything is drawn from one `Random`, so that hypothesis can drive and shrink it and a long run can go without. A
question is asked again with one clause changed, and again, so that most decisions differ from their neighbours by the
one thing that decides.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any

from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.syntax.action import action_matches

Document = dict[str, Any]

OWN, OTHER = "111122223333", "444455556666"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

ACTIONS = (
    "s3:GetObject",
    "s3:PutObject",
    "S3:getobject",
    "s3:ListAllMyBuckets",
    "s3:PutBucketPolicy",
    "kms:Decrypt",
    "kms:ListKeys",
    "iam:GetRole",
    "iam:GetUser",
    "sts:AssumeRole",
    "sts:TagSession",
    "sts:GetCallerIdentity",
    "ec2:RunInstances",
    "zzz:Get-It",
)
ACTION_PATTERNS = (
    "*",
    "*:*",
    "**",
    "s3:*",
    "s3:Get*",
    "s3:*Object",
    "s3:?etObject",
    "s3:*t*",
    "S3:PUTOBJECT",
    "s3:List*",
    "kms:*",
    "kms:Decrypt",
    "iam:Get*",
    "iam:GetUser",
    "sts:*",
    "sts:AssumeRole",
    "ec2:Run*s",
    "zzz:*",
    "s3:",
    "s3:GetObject ",
    "s3*",
)
ARNS = (
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/",
    "arn:aws:s3:::b/a",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/alice",
    "arn:aws:s3:::b/alice/k",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/a?",
    "arn:aws:s3:::b/a\nb:c",
    "arn:aws:s3:::bb/k",
    "arn:aws-cn:s3:::b/k",
    f"arn:aws:kms:eu-west-1:{OWN}:key/1",
    f"arn:aws:kms:eu-west-1:{OTHER}:key/1",
    f"arn:aws:kms:eu-west-1:{OWN}:alias/1",
    f"arn:aws:iam::{OWN}:role/app",
    f"arn:aws:iam::{OWN}:role/p/app",
    f"arn:aws:iam::{OTHER}:role/app",
    f"arn:aws:iam::{OWN}:user/alice",
    f"arn:aws:ec2:eu-west-1:{OWN}:instance/i-1",
    "arn:aws:zzz:r::x:y:z",
)
ARN_PATTERNS = (
    "*",
    "**",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::*/k",
    "arn:aws:s3:::b/*/k",
    "arn:aws:s3:::b/?????",
    "arn:aws:s3:::b/a*e*k",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${AWS:UserName, 'k'}",
    "arn:aws:s3:::b/${s3:prefix}",
    "arn:aws:s3:::b/${s3:prefix, 'alice'}/*",
    "arn:aws:s3:::${aws:PrincipalTag/team}/k",
    "arn:aws:s3:::b${aws:PrincipalTag/empty}",
    "arn:aws:s3:::b/${aws:PrincipalTag/empty, 'k'}",
    "arn:aws:s3:::b/${*}",
    "arn:aws:s3:::b/a${?}",
    "arn:aws:s3:::b/${aws:TagKeys}",
    "arn:aws:s3:::b/${unfinished",
    "arn:aws:s3:${aws:username}::b/k",
    "arn:*:s3:::b/k",
    "arn:aws:?3:::b/k",
    "arn:aws:*:*:*:*",
    "arn:aws:s*3:::b/k",
    "arn:aws:s3",
    "arn:aws:s3:*",
    "arn:aws:s3:::",
    "arn:aws:kms:*:*:key/*",
    f"arn:aws:kms:*:{OWN}:*",
    f"arn:aws:iam::{OWN}:role/*",
    "arn:aws:iam::*:role/app",
    f"arn:aws:iam::{OWN}:*/a*",
    "arn:aws:iam::*:user/${aws:username}",
    f"arn:aws:ec2:*:{OWN}:instance/*",
    "arn:aws:zzz:r::x:*",
)
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotLike",
    "ArnLike",
)
KEYS = (
    "s3:prefix",
    "S3:Prefix",
    "aws:username",
    "aws:PrincipalTag/team",
    "aws:principaltag/TEAM",
    "aws:PrincipalArn",
    "aws:PrincipalType",
    "aws:PrincipalAccount",
    "aws:userid",
    "aws:TagKeys",
    "aws:CalledVia",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:ResourceAccount",
    "aws:ViaAWSService",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalServiceName",
    "x:n",
)
VALUES: tuple[Any, ...] = (
    "alice",
    "Alice",
    "a*",
    "*",
    "*e",
    "a*c*",
    "?lice",
    "",
    "team",
    "${aws:username}",
    "${aws:username}*",
    "${s3:prefix}",
    "${s3:prefix, 'alice'}",
    "${aws:PrincipalTag/team, ''}",
    "${aws:TagKeys}",
    "${aws:CurrentTime}",
    "${*}",
    "true",
    False,
    5,
    "5.0",
    "10abc",
    "-1",
    "2026-01-01",
    "2026-06-01T12:00:00Z",
    "1780315200",
    "203.0.113.0/24",
    "203.0.113.7",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::1",
    "YWxpY2U=",
    OWN,
    "User",
    f"arn:aws:iam::{OWN}:user/alice",
    f"arn:aws:iam::{OWN}:*",
    "arn:aws:iam::*:${aws:username}",
    "arn:aws:*:*:*:role/app",
    "arn:aws:iam::*/alice",
    "arn:aws:iam::${aws:PrincipalAccount}:user/*",
    "arn:*",
)
CONTEXT: dict[str, tuple[Any, ...]] = {
    "s3:prefix": ("alice", "a", "", "alice/k", "*", ["alice"], ["alice", "team"], [], "a:b"),
    "S3:PREFIX": ("Alice", []),
    "aws:TagKeys": ("team", ["team"], ["team", "alice"], [""], [], ""),
    "aws:CalledVia": (["alice"], "alice"),
    "aws:SourceIp": (
        "203.0.113.7",
        "203.0.114.1",
        "2001:db8::1",
        "2001:0db8:0:0::1",
        "nowhere",
        "203.0.113.07",
        "1.2.3",
    ),
    "aws:MultiFactorAuthPresent": ("true", True, False, "TRUE", "yes"),
    "aws:CurrentTime": ("2026-01-01", "1780315200", "Jan 5, 2020"),
    "aws:username": ("bob", [], ["alice"], ""),
    "aws:PrincipalTag/team": ("alice", "*", []),
    "AWS:PRINCIPALARN": (f"arn:aws:iam::{OTHER}:user/alice", "arn:aws"),
    "aws:ResourceAccount": (OTHER, OWN, []),
    "x:n": (5, 5.0, "5", "5.00", 10**30, "1e3", -1, [5, 6], "10abc", True),
    "x:never-asked": ("1", ["2"], 3),
}
BAD_CONTEXT: tuple[Any, ...] = (None, {"a": "b"}, [["a"]], [None], b"bytes")


def _principals() -> tuple[Principal, ...]:
    kind = PrincipalType
    alice, role = f"arn:aws:iam::{OWN}:user/alice", f"arn:aws:iam::{OWN}:role/p/app"
    session = f"arn:aws:sts::{OWN}:assumed-role/app/s"
    federated = f"arn:aws:sts::{OWN}:federated-user/alice"
    slr = f"arn:aws:iam::{OWN}:role/aws-service-role/x.amazonaws.com/linked"
    return (
        Principal(kind.USER, alice, OWN),
        Principal(kind.USER, alice, OWN, tags={"team": "alice", "empty": ""}, unique_id="AIDAEXAMPLE"),
        Principal(kind.USER, alice, OWN, tags={"TEAM": "*", "team": "b"}, management_account=True),
        Principal(kind.USER, f"arn:aws:iam::{OTHER}:user/p/alice", OTHER),
        Principal(kind.USER, f"arn:aws-cn:iam::{OWN}:user/alice", OWN),
        Principal(kind.ASSUMED_ROLE, session, OWN, role_arn=role, tags={"team": "b"}, unique_id="AROAEXAMPLE:s"),
        Principal.session(f"arn:aws:iam::{OWN}:role/app"),
        Principal.session(f"arn:aws:iam::{OTHER}:role/app"),
        Principal.session(slr),
        Principal(kind.FEDERATED_USER, federated, OWN),
        Principal(kind.FEDERATED_USER, federated, OWN, user_arn=alice),
        Principal.from_arn(OWN),
        Principal.from_arn(OTHER),
        Principal(kind.ACCOUNT, f"arn:aws:iam::{OWN}:root", OWN, management_account=True),
        Principal(kind.ANONYMOUS),
        Principal(kind.SERVICE, service="x.amazonaws.com"),
        Principal(kind.FEDERATED, provider="accounts.google.com"),
        Principal(kind.FEDERATED, provider=f"arn:aws:iam::{OWN}:saml-provider/p"),
    )


PRINCIPALS = _principals()
PRINCIPAL_ENTRIES: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": OWN},
    {"AWS": OTHER},
    {"AWS": f"arn:aws:iam::{OWN}:root"},
    {"AWS": f"arn:aws:iam::{OWN}:user/alice"},
    {"AWS": [f"arn:aws:iam::{OWN}:user/alice", OWN]},
    {"AWS": f"arn:aws:iam::{OWN}:role/p/app"},
    {"AWS": [f"arn:aws:iam::{OWN}:role/app", f"arn:aws:iam::{OTHER}:role/app"]},
    {"AWS": f"arn:aws:sts::{OWN}:assumed-role/app/s"},
    {"AWS": f"arn:aws:sts::{OWN}:federated-user/alice"},
    {"AWS": "AIDAEXAMPLE"},
    {"AWS": "AROAEXAMPLE"},
    {"Service": "x.amazonaws.com"},
    {"Federated": "accounts.google.com"},
    {"AWS": OTHER, "Service": ["x.amazonaws.com", "y.amazonaws.com"]},
    {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
)


@dataclass(frozen=True)
class World:
    """The documents of every layer, as the case format has them."""

    layers: Document

    def policy_set(self) -> PolicySet:
        """The policies as the evaluator takes them; every document is one that AWS accepts."""
        held = self.layers
        return PolicySet(
            identity=tuple(_read(document, PolicyKind.IDENTITY) for document in held["identity"]),
            resource=_read(*held["resource"]) if held["resource"] is not None else None,
            boundary=_read(held["boundary"], PolicyKind.BOUNDARY) if held["boundary"] is not None else None,
            session=_read_all(held["session"], PolicyKind.SESSION),
            scp=_read_levels(held["scp"], PolicyKind.SCP),
            rcp=_read_levels(held["rcp"], PolicyKind.RCP),
            vpc_endpoint=_read(held["endpoint"], PolicyKind.VPC_ENDPOINT) if held["endpoint"] is not None else None,
            settings=_read(held["settings"], PolicyKind.IDENTITY) if held["settings"] is not None else None,
        )


def _read(document: Document, kind: PolicyKind) -> Attached:
    policy, _ = read_policy(document, kind)
    return Attached(policy)


def _read_all(documents: list[Document] | None, kind: PolicyKind) -> tuple[Attached, ...] | None:
    return None if documents is None else tuple(_read(document, kind) for document in documents)


def _read_levels(levels: list[list[Document]] | None, kind: PolicyKind) -> tuple[tuple[Attached, ...], ...] | None:
    return None if levels is None else tuple(_read_all(level, kind) or () for level in levels)


# ---- policies


def _some(random: Random, words: tuple[Any, ...], most: int = 3) -> Any:
    """One word standing alone, or a list of some."""
    if random.random() < 0.5:
        return random.choice(words)
    return [random.choice(words) for _ in range(random.randint(1, most))]


def draw_conditions(random: Random, about: Request) -> Document:
    block: Document = {}
    for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
        operator, key, value = draw_condition(random, about)
        block.setdefault(operator, {})[key] = value
    return block


def draw_condition(random: Random, about: Request) -> tuple[str, str, Any]:
    if random.random() < 0.1:
        return (
            random.choice(("Null", "Null", "ForAllValues:Null")),
            random.choice(KEYS),
            random.choice(("true", "false")),
        )
    head = random.choice(("", "", "", "ForAllValues:", "ForAnyValue:"))
    tail = random.choice(("", "", "IfExists"))
    key, value = random.choice(KEYS), [] if random.random() < 0.03 else _some(random, VALUES)
    if about.context and random.random() < 0.6:
        key, given = random.choice(sorted(about.context.items(), key=lambda item: item[0]))
        if not any(given is bad for bad in BAD_CONTEXT) and random.random() < 0.7:
            value = given
    return f"{head}{random.choice(OPERATORS)}{tail}", key, value


def draw_statement(random: Random, kind: PolicyKind, about: Request) -> Document:
    """A statement of which most clauses speak of a request, and some of anything."""

    def aims() -> bool:
        return random.random() < 0.75

    effect = "Deny" if kind is PolicyKind.RCP or random.random() < 0.25 else "Allow"
    statement: Document = {"Effect": effect}
    negated = random.random() < 0.15 and kind is not PolicyKind.RCP
    actions = _patterns_of_action(about.action) if aims() != negated else ACTION_PATTERNS
    statement["NotAction" if negated else "Action"] = _some(random, actions)
    if kind.elements.resource and not (random.random() < 0.1 and kind is PolicyKind.RESOURCE):
        negated = random.random() < 0.15
        # Many patterns at once bring in the index of resources, which a few do without.
        most = 20 if random.random() < 0.2 else 3
        patterns = _some(random, ARN_PATTERNS, most)
        if aims() != negated:
            patterns = [
                *([patterns] if isinstance(patterns, str) else patterns),
                _pattern_of_arn(random, about.resource.arn),
            ]
        statement["NotResource" if negated else "Resource"] = patterns
    if kind.elements.principal:
        negated = kind.elements.not_principal and random.random() < 0.2
        entry = _entry_of_principal(random, about.principal) if aims() != negated else random.choice(PRINCIPAL_ENTRIES)
        statement["NotPrincipal" if negated else "Principal"] = "*" if kind is PolicyKind.RCP else entry
    condition = draw_conditions(random, about)
    if condition:
        statement["Condition"] = condition
    return statement


@cache
def _patterns_of_action(action: str) -> tuple[str, ...]:
    return tuple(pattern for pattern in ACTION_PATTERNS if action_matches(pattern, action))


def _pattern_of_arn(random: Random, arn: str) -> str:
    """A pattern that an ARN fits: itself, or with a part of one segment given up."""
    segments = arn.split(":", 5)
    if len(segments) < 6:
        return "*"
    choice = random.randrange(4)
    if choice == 0:
        segments[random.randrange(1, 6)] = "*"
    elif choice == 1:
        segments[5] = segments[5][: random.randrange(len(segments[5]))] + "*"
    elif choice == 2:
        segments[5] = "*" + segments[5][random.randrange(len(segments[5])) :]
    return ":".join(segments)


def _entry_of_principal(random: Random, principal: Principal) -> Any:
    """An entry that speaks of a principal, by one of its names."""
    if principal.service is not None:
        return {"Service": principal.service}
    if principal.provider is not None:
        return {"Federated": principal.provider}
    names = (principal.arn, principal.role_arn, principal.user_arn, principal.account, principal.unique_id)
    return {"AWS": random.choice(["*", *(name for name in names if name is not None)])}


def draw_policy(random: Random, kind: PolicyKind, about: Request) -> Document:
    if random.random() < 0.25 and kind is not PolicyKind.RCP:
        everything: Document = {"Effect": "Allow", "Action": "*"}
        if kind.elements.resource:
            everything["Resource"] = "*"
        if kind.elements.principal:
            everything["Principal"] = _entry_of_principal(random, about.principal)
        statements = [everything, *([draw_statement(random, kind, about)] if random.random() < 0.3 else [])]
    else:
        statements = [draw_statement(random, kind, about) for _ in range(random.randint(1, 4))]
    document: Document = {"Statement": statements}
    version = random.choice(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", None))
    if kind.elements.requires_current_version:
        version = "2012-10-17"
    if version is not None:
        document["Version"] = version
    return document


def draw_world(random: Random, about: Request) -> World:
    """Policies for some of the layers, most of which speak of a request."""

    def maybe(chance: float, draw: Callable[[], Any]) -> Any:
        return draw() if random.random() < chance else None

    def several(kind: PolicyKind, most: int) -> list[Document]:
        return [draw_policy(random, kind, about) for _ in range(random.randint(0, most))]

    def levels(kind: PolicyKind) -> list[list[Document]]:
        return [several(kind, 2) for _ in range(random.randint(1, 2))]

    resource_kind = PolicyKind.TRUST if ":role/" in about.resource.arn else PolicyKind.RESOURCE
    if random.random() < 0.1:
        resource_kind = random.choice((PolicyKind.RESOURCE, PolicyKind.TRUST))
    return World(
        {
            "identity": [
                draw_policy(random, PolicyKind.IDENTITY, about) for _ in range(random.choice((0, 1, 1, 1, 2)))
            ],
            "resource": maybe(0.5, lambda: (draw_policy(random, resource_kind, about), resource_kind)),
            "boundary": maybe(0.2, lambda: draw_policy(random, PolicyKind.BOUNDARY, about)),
            "session": maybe(0.2, lambda: several(PolicyKind.SESSION, 2)),
            "scp": maybe(0.2, lambda: levels(PolicyKind.SCP)),
            "rcp": maybe(0.2, lambda: levels(PolicyKind.RCP)),
            "endpoint": maybe(0.1, lambda: draw_policy(random, PolicyKind.VPC_ENDPOINT, about)),
            "settings": maybe(0.1, lambda: draw_policy(random, PolicyKind.IDENTITY, about)),
        }
    )


# ---- requests


def draw_context(random: Random) -> dict[str, ContextValue]:
    names = random.sample(sorted(CONTEXT), random.choice((0, 1, 2, 3)))
    return {name: random.choice(CONTEXT[name]) for name in names}


def draw_resource(random: Random) -> Resource:
    read = Resource.parse(random.choice(ARNS))
    account = random.choice((read.account, read.account, OWN, OTHER))
    return Resource(read.arn, account, management_account=random.random() < 0.1)


def draw_request(random: Random) -> Request:
    return Request(random.choice(PRINCIPALS), random.choice(ACTIONS), draw_resource(random), draw_context(random), NOON)


def mutate_request(random: Random, request: Request) -> Request:
    """The request with one part of it changed."""
    principal, action, resource, context = request.principal, request.action, request.resource, dict(request.context)
    part = random.randrange(5)
    if part == 0:
        principal = random.choice(PRINCIPALS)
    elif part == 1:
        action = random.choice(ACTIONS)
    elif part == 2:
        resource = draw_resource(random)
    elif part == 3 or not context:
        name = random.choice(sorted(CONTEXT))
        context[name] = random.choice(CONTEXT[name])
    elif random.random() < 0.05:
        context[random.choice(sorted(context))] = random.choice(BAD_CONTEXT)
    else:
        del context[random.choice(sorted(context))]
    return Request(principal, action, resource, context, NOON)


def mutate_world(random: Random, world: World, about: Request) -> World:
    """The world with one clause of one statement changed, or one layer drawn anew."""
    layers = copy.deepcopy(world.layers)
    statements = list(_statements(layers))
    if not statements or random.random() < 0.1:
        name = random.choice(sorted(layers))
        return World({**layers, name: draw_world(random, about).layers[name]})
    statement, kind = random.choice(statements)
    fresh = draw_statement(random, kind, about)
    pairs = (
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
        ("Principal", "NotPrincipal"),
        ("Condition",),
        ("Effect",),
    )
    group = random.choice(pairs)
    for name in group:
        statement.pop(name, None)
        if name in fresh:
            statement[name] = fresh[name]
    statement.setdefault("Effect", fresh["Effect"])
    return World(layers)


def _statements(layers: Document) -> Iterator[tuple[Document, PolicyKind]]:
    resource = layers["resource"]
    held: list[tuple[Document, PolicyKind]] = [(document, PolicyKind.IDENTITY) for document in layers["identity"]]
    if resource is not None:
        held.append(resource)
    for name, kind in (("boundary", PolicyKind.BOUNDARY), ("endpoint", PolicyKind.VPC_ENDPOINT)):
        if layers[name] is not None:
            held.append((layers[name], kind))
    held += ((document, PolicyKind.SESSION) for document in layers["session"] or ())
    for name, kind in (("scp", PolicyKind.SCP), ("rcp", PolicyKind.RCP)):
        held += ((document, kind) for level in layers[name] or () for document in level)
    for document, kind in held:
        for statement in document["Statement"]:
            yield statement, kind


def draw_questions(random: Random, worlds: int, requests: int) -> Iterator[tuple[World, PolicySet, list[Request]]]:
    """A chain of worlds, each with one clause changed from the one before, and for each a chain of requests."""
    request = draw_request(random)
    world = draw_world(random, request)
    for _ in range(worlds):
        chain = []
        for _ in range(requests):
            chain.append(request)
            changed = mutate_request(random, chain[0])
            request = mutate_request(random, changed) if random.random() < 0.3 else changed
        request = draw_request(random) if _is_bad(request) else request
        yield world, world.policy_set(), chain
        world = mutate_world(random, world, request)


def _is_bad(request: Request) -> bool:
    return any(any(value is bad for bad in BAD_CONTEXT) for value in request.context.values())
