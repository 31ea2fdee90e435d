"""Random policies, edits of them, and requests that are likely to tell two policies apart.

Everything is drawn from small pools, so that patterns, values and requests meet; every draw comes from one
`random.Random`, so that a seed reproduces a failure.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from typing import Any

from policyeval.evaluation.decide import decide
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import ContextValue, Principal, PrincipalType, Request, Resource
from policyeval.evaluation.trace import Decision
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy

Document = dict[str, Any]

ACTIONS = (
    "s3:GetObject",
    "S3:getobject",
    "s3:GetObjectAcl",
    "s3:Get*",
    "s3:Get?bject",
    "s3:*Object*",
    "s3:*",
    "s3:?*",
    "s3:Put*",
    "s3:PutObject",
    "*",
    "*:*",
    "ec2:*",
    "ec2:Run*s",
    "ec2:RunInstances",
    "sts:*",
    "sts:GetCallerIdentity",
    "s3:Get Object",
)
ASSUMING = (
    "sts:AssumeRole",
    "STS:assumerole",
    "sts:AssumeRole*",
    "sts:Assume?ole",
    "sts:*Session",
    "sts:TagSession",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetSourceIdentity",
    "sts:*",
    "sts:?*",
    "*",
    "*:*",
    "sts:GetCallerIdentity",
    "sts:Assume Role",
)
"""What may stand in a role trust policy."""
RESOURCES = (
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::*/k",
    "arn:aws:s3:::b/?",
    "arn:aws:s3:::b/?*",
    "arn:aws:s3:::b/a*k",
    "arn:aws:s3:::b/*a*",
    "arn:*:s3:::b/*",
    "arn:aws:*:*:*:*",
    "arn:aws:s3",
    "arn:aws:s3:*",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/${aws:username}",
    "arn:aws:s3:::b/${aws:PrincipalTag/t, 'd'}/*",
    "arn:aws:s3:::b/${AWS:UserName}*",
    "arn:aws:s3:::b/${*}",
    "arn:aws:ec2:*:123456789012:instance/*",
    "arn:aws:ec2:eu-west-1:*:instance/i-1",
    "arn:aws:kms:*:111122223333:key/*",
)
VALUES: Mapping[str, tuple[str, ...]] = {
    "aws:RequestedRegion": ("eu-west-1", "eu-*", "*", "us-east-1", "*-1", "e?-west-1"),
    "aws:username": ("bob", "b*", "alice", "?ob"),
    "aws:PrincipalTag/t": ("d", "x", "*", "${aws:username}"),
    "aws:SourceIp": ("10.0.0.0/8", "0.0.0.0/0", "203.0.113.5", "::/0", "10.1.0.0/16"),
    "aws:CurrentTime": ("2024-01-01", "2025-01-01T00:00:00Z", "1735689600"),
    "aws:MultiFactorAuthPresent": ("true", "false"),
    "aws:TagKeys": ("a", "b", "A*", "*"),
    "aws:SourceArn": ("arn:aws:s3:::b", "arn:aws:*:*:123456789012:*", "arn:*", "arn:aws:s3:::*"),
    "s3:max-keys": ("1", "5", "10.0"),
    "custom:key": ("one", "ONE", "o*", "two", "*", ""),
    "custom:mixed": ("1", "1.0", "2", "true", "TRUE", "a", "2024", "10.0.0.1", "10.0.0.0/8", "MQ==", "1*", "?"),
    "s3:prefix": ("${aws:username}", "${aws:username}/*", "home/${aws:username}", "", "home/*", "bob"),
}
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "aws:RequestedRegion": ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Null"),
    "aws:username": ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Null"),
    "aws:PrincipalTag/t": ("StringEquals", "StringNotEquals", "StringLike", "Null"),
    "aws:SourceIp": ("IpAddress", "NotIpAddress"),
    "aws:CurrentTime": ("DateLessThan", "DateGreaterThan", "DateEquals", "DateNotEquals"),
    "aws:MultiFactorAuthPresent": ("Bool", "Null"),
    "aws:TagKeys": ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "Null"),
    "aws:SourceArn": ("ArnLike", "ArnNotLike", "ArnEquals", "StringLike", "StringEquals"),
    "s3:max-keys": ("NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericEquals"),
    "custom:mixed": (
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "NumericEquals",
        "NumericLessThan",
        "NumericNotEquals",
        "DateGreaterThan",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "Null",
    ),
    "s3:prefix": ("StringEquals", "StringLike", "StringNotLike", "Null"),
    "custom:key": (
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ),
}
SET_KEYS = ("aws:TagKeys", "custom:key", "custom:mixed")
PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": "111122223333"},
    {"AWS": "arn:aws:iam::111122223333:root"},
    {"AWS": "arn:aws:iam::111122223333:user/bob"},
    {"AWS": ["arn:aws:iam::111122223333:role/path/r", "123456789012"]},
    {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"},
    {"AWS": "arn:aws:sts::111122223333:federated-user/f"},
    {"Service": "events.amazonaws.com"},
    {"Service": ["events.amazonaws.com", "sns.amazonaws.com"], "AWS": "123456789012"},
    {"Federated": "accounts.google.com"},
    {"AWS": "AIDAEXAMPLEUSERID1"},
)


# ---- policies


def draw_policy(rng: random.Random, kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    statements = [draw_statement(rng, kind) for _ in range(rng.choice((1, 1, 2, 2, 3)))]
    version = "2012-10-17" if kind in (PolicyKind.SCP, PolicyKind.RCP) or rng.random() < 0.95 else "2008-10-17"
    return {"Version": version, "Statement": statements}


def draw_statement(rng: random.Random, kind: PolicyKind) -> Document:
    statement: Document = {"Effect": "Deny" if kind is PolicyKind.RCP or rng.random() < 0.3 else "Allow"}
    if kind is PolicyKind.RCP:
        statement["Principal"] = "*"
    elif kind.elements.principal:
        negated = kind.elements.not_principal and rng.random() < 0.15
        statement["NotPrincipal" if negated else "Principal"] = copy.deepcopy(rng.choice(PRINCIPALS))
    actions: tuple[str, ...] = ASSUMING if kind is PolicyKind.TRUST else ACTIONS
    if kind is PolicyKind.RCP:
        actions = tuple(a for a in ACTIONS if a.strip("*") and a != "*:*")
    name = "NotAction" if kind is not PolicyKind.RCP and rng.random() < 0.2 else "Action"
    statement[name] = draw_list(rng, actions)
    if kind is not PolicyKind.TRUST:
        usable = tuple(r for r in RESOURCES if accepts(kind, r))
        statement["NotResource" if rng.random() < 0.2 else "Resource"] = draw_list(rng, usable)
    if rng.random() < 0.55:
        statement["Condition"] = draw_conditions(rng)
    return statement


def accepts(kind: PolicyKind, resource: str) -> bool:
    """Whether a kind of policy takes an entry of `Resource` at all (semantics 3.1, rule 7)."""
    short = resource.count(":") < 5 and resource != "*"
    return not short or (kind is not PolicyKind.RCP and (kind is not PolicyKind.SCP or resource.endswith("*")))


def draw_list(rng: random.Random, pool: tuple[str, ...]) -> str | list[str]:
    many = rng.sample(pool, min(rng.choice((1, 1, 2, 3)), len(pool)))
    return many[0] if len(many) == 1 and rng.random() < 0.5 else many


def draw_conditions(rng: random.Random) -> Document:
    block: Document = {}
    for _ in range(rng.choice((1, 1, 1, 2))):
        key = rng.choice(tuple(VALUES))
        operator = rng.choice(OPERATORS[key])
        if operator == "Null":
            block.setdefault("Null", {})[key] = rng.choice(("true", "false"))
            continue
        if key in SET_KEYS and rng.random() < 0.6:
            operator = rng.choice(("ForAllValues:", "ForAnyValue:")) + operator
        if rng.random() < 0.2:
            operator += "IfExists"
        block.setdefault(operator, {})[key] = draw_list(rng, VALUES[key])
    return block


# ---- edits: what people do to policies


def edit(rng: random.Random, document: Document, kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    """The document after one to three random edits."""
    edited = copy.deepcopy(document)
    for _ in range(rng.choice((1, 1, 2, 3))):
        edit_once(rng, edited, kind)
    return edited


def edit_once(rng: random.Random, document: Document, kind: PolicyKind) -> None:
    statements: list[Document] = document["Statement"]
    statement = rng.choice(statements)
    fresh = draw_statement(rng, kind)
    choice = rng.randrange(9)
    if choice == 0:
        statements.insert(rng.randrange(len(statements) + 1), fresh)
    elif choice == 1 and len(statements) > 1:
        statements.remove(statement)
    elif choice == 2:
        replace_element(statement, fresh, ("Action", "NotAction"))
    elif choice == 3 and kind is not PolicyKind.TRUST:
        replace_element(statement, fresh, ("Resource", "NotResource"))
    elif choice == 4:
        statement.pop("Condition", None)
    elif choice == 5:
        statement["Condition"] = {**statement.get("Condition", {}), **draw_conditions(rng)}
    elif choice == 6:
        extend_list(rng, statement, fresh)
    elif choice == 7 and kind is not PolicyKind.RCP:
        statement["Effect"] = "Deny" if statement["Effect"] == "Allow" else "Allow"
    elif kind.elements.principal:
        replace_element(statement, fresh, ("Principal", "NotPrincipal"))


RESOURCE_ELEMENTS = ("Resource", "NotResource")


def replace_element(statement: Document, donor: Document, names: tuple[str, str]) -> None:
    for name in names:
        statement.pop(name, None)
        if name in donor:
            statement[name] = donor[name]


def extend_list(rng: random.Random, statement: Document, donor: Document) -> None:
    for name in ("Action", "Resource"):
        if name in statement and name in donor:
            both = as_list(statement[name]) + as_list(donor[name])
            rng.shuffle(both)
            statement[name] = both


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def draw_pair(rng: random.Random, kind: PolicyKind = PolicyKind.IDENTITY) -> tuple[Document, Document]:
    """Two policies that share most of their text, or now and then nothing."""
    if kind is not PolicyKind.TRUST and rng.random() < 0.15:
        return draw_named_pair(rng, kind)
    first = draw_policy(rng, kind)
    return first, edit(rng, first, kind) if rng.random() < 0.85 else draw_policy(rng, kind)


OWN = ("arn:aws:s3:::b/{}", "arn:aws:s3:::b/{}/*", "arn:aws:s3:::b/{}*", "arn:aws:s3:::{}/{}")
OWNERS: Mapping[str, tuple[str, ...]] = {"aws:username": ("bob", "alice"), "aws:PrincipalTag/t": ("d", "x")}


def draw_named_pair(rng: random.Random, kind: PolicyKind) -> tuple[Document, Document]:
    """Two policies that speak of the same resources, one by a variable, the other by values under a condition.

    Lists are long, so that entries which differ only once the variable has a value stand side by side.
    """
    named, linked = draw_statement(rng, kind), draw_statement(rng, kind)
    if rng.random() < 0.7:
        linked = copy.deepcopy(named)
    for statement in (named, linked):
        if rng.random() < 0.7:
            statement.pop("Condition", None)
    names = [name for key in rng.sample(tuple(OWNERS), rng.choice((1, 1, 2))) for name in draw_owner(rng, key, named)]
    written = [written for written, key, _ in VARIABLES if any(name in names for name in OWNERS[key])]
    form = rng.choice(OWN)
    for statement, texts in ((named, names), (linked, written)):
        forms = (form,) if rng.random() < 0.7 else OWN
        entries = [rng.choice(forms).replace("{}", text) for text in rng.sample(texts, rng.randint(1, len(texts)))]
        if texts is names and rng.random() < 0.1:
            entries.insert(0, rng.choice(("arn:aws:s3:::", "arn:aws::::b/k")))
        name = rng.choice(("Resource", "Resource", "Resource", "NotResource"))
        replace_element(statement, {name: entries}, RESOURCE_ELEMENTS)
    first = draw_policy(rng, kind)
    second: Document = {**first, "Statement": list(first["Statement"]) if rng.random() < 0.3 else [linked]}
    first["Statement"] = [named, *(first["Statement"] if rng.random() < 0.3 else ())]
    if rng.random() < 0.3 and kind is not PolicyKind.RCP:
        first["Statement"].append({**linked, "Effect": "Deny"})
    return (first, second) if rng.random() < 0.7 else (second, first)


def draw_owner(rng: random.Random, key: str, statement: Document) -> tuple[str, ...]:
    """Names under a key; the statement is made to ask for one of them, or for some."""
    operator = rng.choice(("StringEquals", "StringEquals", "StringEquals", "StringEqualsIfExists", "StringLike"))
    wanted = rng.sample(OWNERS[key], rng.choice((1, 1, 1, 2)))
    statement["Condition"] = {**statement.get("Condition", {}), operator: {key: wanted}}
    return OWNERS[key]


def rewrite(rng: random.Random, document: Document) -> Document:
    """The same policy in other words: order, repetition, case of actions, a scalar or a list of one."""
    same = copy.deepcopy(document)
    rng.shuffle(same["Statement"])
    if rng.random() < 0.5:
        same["Statement"].append(copy.deepcopy(rng.choice(same["Statement"])))
    for statement in same["Statement"]:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            if name in statement:
                entries = as_list(statement[name])
                rng.shuffle(entries)
                if name.endswith("Action"):
                    entries = [rng.choice((entry.lower(), entry.upper(), entry)) for entry in entries]
                entries += rng.sample(entries, rng.randrange(len(entries) + 1))
                statement[name] = entries[0] if len(entries) == 1 else entries
        for operator, keys in statement.get("Condition", {}).items():
            statement["Condition"][operator] = {
                rng.choice((key, key.lower(), key.upper())): rng.sample(as_list(value), len(as_list(value)))
                for key, value in keys.items()
            }
    return same


# ---- requests


def read(document: Document, kind: PolicyKind) -> Policy:
    policy, problems = read_policy(document, kind)
    assert not problems, problems
    return policy


CALLERS = (
    Principal(PrincipalType.ANONYMOUS),
    Principal.from_arn("arn:aws:iam::111122223333:user/bob"),
    Principal.from_arn("arn:aws:iam::111122223333:user/alice"),
    Principal(PrincipalType.USER, "arn:aws:iam::111122223333:user/bob", "111122223333", unique_id="AIDAEXAMPLEUSERID1"),
    Principal.from_arn("arn:aws:iam::111122223333:root"),
    Principal.from_arn("arn:aws:iam::123456789012:user/alice"),
    Principal.from_arn("arn:aws:iam::444455556666:user/eve"),
    Principal.session("arn:aws:iam::111122223333:role/path/r", "s"),
    Principal.session("arn:aws:iam::111122223333:role/path/r", "other"),
    Principal.from_arn("arn:aws:sts::111122223333:assumed-role/r/s"),
    Principal.session("arn:aws:iam::123456789012:role/r", "s"),
    Principal.from_arn("arn:aws:sts::111122223333:federated-user/f"),
    Principal.from_arn("arn:aws:sts::444455556666:federated-user/f"),
    Principal(
        PrincipalType.FEDERATED_USER,
        "arn:aws:sts::111122223333:federated-user/g",
        "111122223333",
        user_arn="arn:aws:iam::111122223333:user/bob",
    ),
    Principal(PrincipalType.SERVICE, service="events.amazonaws.com"),
    Principal(PrincipalType.SERVICE, service="ec2.amazonaws.com"),
    Principal(PrincipalType.FEDERATED, provider="accounts.google.com"),
    Principal(PrincipalType.FEDERATED, provider="www.amazon.com"),
)
ACCOUNT = "111122223333"
TRUST_ACTIONS = ("sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity", "sts:SetSourceIdentity")


def draw_request(rng: random.Random, kind: PolicyKind, *documents: Document) -> Request:
    """A request near the policies: their patterns filled in, their values, and values next to these."""
    statements = [statement for document in documents for statement in document["Statement"]]
    context: dict[str, ContextValue] = {}
    for statement in statements:
        for keys in statement.get("Condition", {}).values():
            for key, value in keys.items():
                draw_value(rng, key, as_list(value), context)
    if rng.random() < 0.5:
        context.setdefault("aws:username", rng.choice(("bob", "alice", "*", "k")))
    action = draw_action(rng, statements)
    if kind is PolicyKind.TRUST:
        action = rng.choice(TRUST_ACTIONS)
        resource = Resource("arn:aws:iam::444455556666:role/r", "444455556666")
    else:
        resource = draw_resource(rng, statements, context)
    principal = rng.choice(CALLERS) if kind.elements.principal and kind is not PolicyKind.RCP else CALLERS[1]
    return Request(principal, action, resource, context)


def fill(rng: random.Random, pattern: str, words: tuple[str, ...]) -> str:
    """A text that fits a pattern."""
    return "".join(rng.choice(words) if c == "*" else rng.choice("ak/") if c == "?" else c for c in pattern)


def draw_action(rng: random.Random, statements: list[Document]) -> str:
    patterns = [p for s in statements for n in ("Action", "NotAction") if n in s for p in as_list(s[n])]
    pattern = rng.choice((*patterns, *ACTIONS))
    if pattern.strip("*:") == "" or " " in pattern:
        pattern = rng.choice(("s3:*", "iam:*", "ec2:*"))
    filled = fill(rng, pattern, ("", "Zz", "Get", "Object", "Q", "a")).replace("/", "o")
    return filled if not filled.endswith(":") else filled + "Z"


VARIABLES = (
    ("${aws:username}", "aws:username", "bob"),
    ("${AWS:UserName}", "aws:username", "bob"),
    ("${aws:PrincipalTag/t}", "aws:PrincipalTag/t", "d"),
    ("${aws:PrincipalTag/t, 'd'}", "aws:PrincipalTag/t", "d"),
)
"""Variables as the policies write them, with their key and what to fill in without it."""


def draw_resource(rng: random.Random, statements: list[Document], context: dict[str, ContextValue]) -> Resource:
    patterns = [p for s in statements for n in ("Resource", "NotResource") if n in s for p in as_list(s[n])]
    pattern = rng.choice((*patterns, *patterns, *patterns, *RESOURCES, "arn:aws:s3:::b/k"))
    if pattern == "*":
        if rng.random() < 0.5:
            return Resource("*")
        pattern = rng.choice(("arn:aws:s3:::b/*", "arn:aws-cn:sqs:us-east-1:111122223333:q"))
    segments = (pattern.split(":", 5) + ["*"] * 5)[:6]
    tail = segments[5]
    for written, key, default in VARIABLES:
        value = context.get(key, default)
        tail = tail.replace(written, value if isinstance(value, str) else default)
    if tail.startswith("b/${*}"):
        tail = "b/*"
    head = [fill(rng, s, ("aws", "s3", "eu-west-1", "111122223333")).replace("/", "x") or s for s in segments[1:5]]
    filled = fill(rng, tail, ("", "k", "a", "x/y", "Z", "*", "a:k")) or "b"
    return Resource.parse(":".join(["arn", head[0] or "aws", head[1] or "s3", *head[2:], filled]))


NEARBY: Mapping[str, tuple[str, ...]] = {
    "aws:SourceIp": ("10.0.0.1", "11.0.0.0", "9.255.255.255", "203.0.113.5", "2001:db8::1", "10.1.2.3"),
    "aws:CurrentTime": (
        "2023-12-31T23:59:59Z",
        "2024-01-01T00:00:00Z",
        "1735689600",
        "2025-01-01T00:00:01Z",
        "2024-06-01",
    ),
    "aws:MultiFactorAuthPresent": ("true", "false", "TRUE"),
    "custom:mixed": ("1.00", "01", "0", "3", "True", "b", "2025", "10.0.0.2", "11.0.0.1", "MQ=", "Mg==", "::1", ""),
    "s3:prefix": ("home/bob", "home/alice", "alice", "bob", "bob/x", "/", "home/"),
    "s3:max-keys": ("1", "1.0", "0", "3", "5", "7", "10", "11"),
    "aws:SourceArn": (
        "arn:aws:s3:::b",
        "arn:aws:s3:::c",
        "arn:aws:sns:eu-west-1:123456789012:t",
        "arn:x",
        "arn:a:b:c:d:e:f",
    ),
}


def draw_value(rng: random.Random, key: str, values: list[str], context: dict[str, ContextValue]) -> None:
    name = next(known for known in VALUES if known.lower() == key.lower())
    chance = rng.random()
    if chance < 0.2:
        if name in ("aws:username", "aws:CurrentTime"):
            context[name] = []  # as `context.py` has it: a key given as an empty list is absent
        return
    name_now = context.get("aws:username")
    user = name_now if isinstance(name_now, str) else "bob"
    pool = [fill(rng, value, ("", "x", "west-1", "A")) for value in (*values, *VALUES[name])]
    pool = [user if "${" in text else text for text in pool]
    pool += [text.swapcase() for text in pool] + list(NEARBY.get(name, ("other",)))
    texts = [rng.choice(pool) for _ in range(rng.choice((1, 1, 2, 3)))]
    if name == "aws:TagKeys" or (name in SET_KEYS and rng.random() < 0.5):
        context[name] = texts
    else:
        context[name] = texts[0]


# ---- what a policy by itself allows, by the reference

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_ALL_IDENTITY = Attached(read({"Version": "2012-10-17", "Statement": [EVERYTHING]}, PolicyKind.IDENTITY))
_ALL_RESOURCE = Attached(
    read({"Version": "2012-10-17", "Statement": [{**EVERYTHING, "Principal": "*"}]}, PolicyKind.RESOURCE)
)


def delegation(account: str | None) -> Attached:
    """A resource policy that leaves the decision to the caller's account, as a KMS key's default policy does."""
    statement = {**EVERYTHING, "Principal": {"AWS": account or "*"}}
    return Attached(read({"Version": "2012-10-17", "Statement": [statement]}, PolicyKind.RESOURCE))


def allows(policy: Policy, request: Request) -> bool:
    """Whether the policy lets the request pass when every other layer does.

    A resource policy is asked about resources of another account, where it cannot leave the decision to the caller's
    own policies; every other kind about resources of the caller's account, whose key policies delegate to it.
    """
    only = Attached(policy)
    own = Resource(request.resource.arn, request.principal.account)
    everything = PolicySet(identity=(_ALL_IDENTITY,))
    kind = policy.kind
    session = (_ALL_IDENTITY,) if request.principal.type is PrincipalType.FEDERATED_USER else None
    if kind in (PolicyKind.RESOURCE, PolicyKind.TRUST):
        own = Resource(request.resource.arn, "444455556666")
        if request.principal.account == own.account:
            own = Resource(request.resource.arn, "123456789012")
        everything = PolicySet(identity=(_ALL_IDENTITY,), resource=only, session=session)
    elif kind is PolicyKind.SCP:
        everything = PolicySet(identity=(_ALL_IDENTITY,), resource=delegation(own.account), scp=((only,),))
    elif kind is PolicyKind.RCP:
        everything = PolicySet(identity=(_ALL_IDENTITY,), resource=delegation(own.account), rcp=((only,),))
    elif kind is PolicyKind.VPC_ENDPOINT:
        everything = PolicySet(identity=(_ALL_IDENTITY,), resource=_ALL_RESOURCE, vpc_endpoint=only, session=session)
    elif kind is PolicyKind.BOUNDARY:
        everything = PolicySet(identity=(_ALL_IDENTITY,), resource=delegation(own.account), boundary=only)
    else:
        everything = PolicySet(identity=(only,), resource=delegation(own.account))
    asked = Request(request.principal, request.action, own, request.context, request.time)
    return decide(everything, asked).decision is Decision.ALLOWED


def differences(rng: random.Random, kind: PolicyKind, new: Document, old: Document, tries: int) -> Iterator[Request]:
    """Requests that `new` allows and `old` does not, found by trying."""
    new_policy, old_policy = read(new, kind), read(old, kind)
    for _ in range(tries):
        request = draw_request(rng, kind, new, old)
        if allows(new_policy, request) and not allows(old_policy, request):
            yield request
