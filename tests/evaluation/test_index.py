"""The parts of the fast path, each against its obvious twin over a whole grid of small words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from policyeval.evaluation.authorisation import authorised_request
from policyeval.evaluation.compiled import compile_condition
from policyeval.evaluation.conditions import judge_condition
from policyeval.evaluation.context import Context, derive
from policyeval.evaluation.decide import decide
from policyeval.evaluation.globs import compile_glob
from policyeval.evaluation.index import ActionIndex, HeadIndex
from policyeval.evaluation.keys import FromRequest, KeySources, Texts, holds_list
from policyeval.evaluation.matching import StatementMatcher
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.request import Principal, Request, Resource
from policyeval.evaluation.simulator import Simulator
from policyeval.evaluation.statements import CompiledStatement, any_statement
from policyeval.evaluation.trace import Layer
from policyeval.policy.document import read_policy
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.syntax.action import compile_action
from policyeval.syntax.operator import BASE_OPERATORS, parse_operator
from policyeval.syntax.wildcard import compile_tokens, tokenize
from tests.property.questions import (
    ACTION_PATTERNS,
    ACTIONS,
    ARN_PATTERNS,
    ARNS,
    NOON,
    OTHER,
    OWN,
    PRINCIPAL_ENTRIES,
    PRINCIPALS,
    VALUES,
)

ALICE = PRINCIPALS[1]
FIXED: dict[str, Texts] = {
    key: value.texts if value.multivalued else value.texts[0]
    for key, value in Context(derive(Request(ALICE, "s3:ListBucket", time=NOON))).items()
}

# ---- conditions (semantics section 5)

QUALIFIED = [
    f"{head}{base}{tail}"
    for head, base, tail in product(("", "ForAllValues:", "ForAnyValue:"), BASE_OPERATORS, ("", "IfExists"))
    if parse_operator(f"{head}{base}{tail}") is not None
]
VALUE_LISTS: list[tuple[str, ...]] = [
    (),
    *((str(value).lower() if isinstance(value, bool) else str(value),) for value in VALUES),
    ("alice", "bob"),
    ("a*", "5", "2026-01-01"),
    ("10abc", "${aws:TagKeys}", "team"),
    ("${s3:prefix}", "${aws:username}"),
]
CONTEXTS: list[dict[str, Any]] = [
    {},
    {"s3:prefix": ""},
    {"s3:prefix": []},
    {"s3:prefix": [""]},
    {"s3:prefix": "alice"},
    {"S3:PREFIX": "Alice"},
    {"s3:prefix": ["alice", "team"]},
    {"s3:prefix": ["alice"], "S3:prefix": []},
    {"s3:prefix": 5.0},
    {"s3:prefix": True},
    {"s3:prefix": "2026-06-01T12:00:00Z"},
    {"s3:prefix": "203.0.113.7"},
    {"s3:prefix": "2001:0db8::0001"},
    {"s3:prefix": f"arn:aws:iam::{OWN}:user/alice"},
    {"aws:username": []},
    {"aws:username": "alice*", "aws:TagKeys": "team"},
    {"aws:TagKeys": ["team", "cost"], "s3:prefix": "*"},
]


ASKED_KEYS: dict[str, list[dict[str, Any]]] = {
    "s3:Prefix": CONTEXTS,
    "aws:username": [{}, {"aws:username": []}, {"aws:username": "alice*"}, {"aws:username": ["alice"]}],
    "aws:TagKeys": [{}, {"aws:TagKeys": "team"}, {"aws:TagKeys": ["team", "cost"]}],
}


@pytest.mark.parametrize("operator", QUALIFIED)
def test_a_compiled_condition_holds_when_the_reference_says_so(operator: str) -> None:
    parsed = parse_operator(operator)
    assert parsed is not None
    for key, contexts in ASKED_KEYS.items():
        for given in contexts:
            context = Context.of(Request(ALICE, "s3:ListBucket", "*", given, NOON))
            for values in VALUE_LISTS:
                condition = Condition(parsed, key, tuple(Entry(text, "") for text in values), "")
                for has_variables in {True, not any("${" in text for text in values)}:
                    clause = judge_condition(condition, context, Reading(), has_variables=has_variables, is_allow=True)
                    compiled = _compiled(condition, given, has_variables=has_variables)
                    assert compiled is clause.matched, (condition, given)


def _compiled(condition: Condition, given: dict[str, Any], *, has_variables: bool) -> bool:
    lowered: dict[str, Texts] = {}
    for name in given:
        value = Context({name: given[name]}).get(name)
        if value is not None:
            lowered[name.lower()] = value.texts if value.multivalued else value.texts[0]
        else:
            lowered.setdefault(name.lower(), ())
    sources = {
        name: None if value == () else FromRequest(name, holds_list(name, value)) for name, value in lowered.items()
    }
    test = compile_condition(condition, KeySources(FIXED, sources), has_variables=has_variables)
    return test if isinstance(test, bool) else test("*", lowered)


# ---- resources (semantics section 3)


@pytest.mark.parametrize("version", ["2012-10-17", "2008-10-17"])
@pytest.mark.parametrize("kind", [PolicyKind.IDENTITY, PolicyKind.RESOURCE])
@pytest.mark.parametrize("element", ["Resource", "NotResource"])
def test_a_compiled_resource_fits_when_the_reference_says_so(element: str, kind: PolicyKind, version: str) -> None:
    lists = [*((pattern,) for pattern in ARN_PATTERNS), ARN_PATTERNS[3:16], ("arn:aws:s3:::z", *ARN_PATTERNS[6:30:4])]
    statements = [{"Effect": "Allow", "Action": "*", element: list(patterns)} for patterns in lists]
    document = {"Version": version, "Statement": [{**statement, "Principal": "*"} for statement in statements]}
    if kind is PolicyKind.IDENTITY:
        document["Statement"] = statements
    policy = read_policy(document, kind)[0]
    compiled = [CompiledStatement(policy, statement) for statement in policy]
    contexts: list[dict[str, str]] = [{}, {"s3:prefix": "alice"}, {"s3:prefix": ""}, {"aws:username": "a*"}]
    for context in contexts:
        sources = KeySources(FIXED, {name: FromRequest(name, multivalued=False) for name in context})
        bound = [statement.bind(sources) for statement in compiled]
        tests = [any_statement([statement]) if statement is not None else None for statement in bound]
        for arn in ARNS:
            request = Request(ALICE, "zzz:Get", Resource(arn), context, NOON)
            matcher = StatementMatcher(request, Context.of(request), Reading(), has_boundary=False)
            for statement, test in zip(policy, tests, strict=True):
                expected = matcher.judge(policy, statement, Layer.RESOURCE).matched
                assert (test is not None and test(arn, context)) is expected, (statement, request)


def everything(kind: PolicyKind, principal: Any = None) -> Attached:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "*"}
    if kind is not PolicyKind.TRUST:
        statement["Resource"] = "*"
    if principal is not None:
        statement["Principal"] = principal
    return Attached(read_policy({"Version": "2012-10-17", "Statement": statement}, kind)[0])


def nothing(kind: PolicyKind) -> Attached:
    return Attached(Policy(kind, ()))


def assert_agreement(policies: PolicySet, requests: Iterator[Request]) -> None:
    simulator = Simulator.of(policies)
    for request in requests:
        expected = decide(policies, authorised_request(request)).decision.value
        assert simulator.decide(request) == expected, (policies, request)


# ---- who is granted what (semantics sections 6 and 7)

ASKED = [
    ("s3:GetObject", Resource("arn:aws:s3:::b/k", OTHER)),
    ("s3:GetObject", Resource("arn:aws:s3:::b/k")),
    ("s3:GetBucketPolicy", Resource("arn:aws:s3:::b", OWN)),
    ("kms:Decrypt", Resource(f"arn:aws:kms:eu-west-1:{OWN}:key/1", OWN)),
    ("sts:AssumeRole", Resource(f"arn:aws:iam::{OWN}:role/app", OWN)),
    ("sts:AssumeRole", Resource(f"arn:aws:iam::{OTHER}:role/app", OTHER)),
    ("iam:GetRole", Resource(f"arn:aws:iam::{OWN}:role/app", OWN)),
]


@pytest.mark.parametrize("entry", PRINCIPAL_ENTRIES, ids=str)
@pytest.mark.parametrize("negated", [False, True], ids=["Principal", "NotPrincipal"])
def test_grants_pass_what_the_reference_lets_them_pass(entry: Any, negated: bool) -> None:
    statement = {"Effect": "Deny" if negated else "Allow", "Action": "*", "Resource": "*"}
    statement["NotPrincipal" if negated else "Principal"] = entry
    resource = Attached(read_policy({"Version": "2012-10-17", "Statement": statement}, PolicyKind.RESOURCE)[0])
    full, session = (everything(PolicyKind.IDENTITY),), (everything(PolicyKind.SESSION),)
    own_sides: list[tuple[Any, Any, Any]] = [
        ((), None, None),
        (full, None, None),
        ((), nothing(PolicyKind.BOUNDARY), None),
        ((), None, ()),
        (full, everything(PolicyKind.BOUNDARY), session),
    ]
    for identity, boundary, session in own_sides:
        policies = PolicySet(identity=identity, resource=resource, boundary=boundary, session=session)
        assert_agreement(
            policies,
            (Request(principal, action, asked, {}, NOON) for principal, (action, asked) in product(PRINCIPALS, ASKED)),
        )


@pytest.mark.parametrize("principal", PRINCIPALS, ids=lambda principal: f"{principal.type.value} {principal.display}")
def test_limits_bind_whom_the_reference_binds(principal: Principal) -> None:
    deny: dict[str, Any] = {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"}
    rcp = Attached(read_policy({"Version": "2012-10-17", "Statement": deny}, PolicyKind.RCP)[0])
    allowing, empty = everything(PolicyKind.SCP), nothing(PolicyKind.SCP)
    scps = (None, (), ((),), ((allowing,),), ((allowing,), (empty,)), ((empty, allowing), (allowing,)))
    endpoints = (None, everything(PolicyKind.VPC_ENDPOINT, {"AWS": OTHER}))
    for scp, endpoint, rcps, settings in product(
        scps, endpoints, (None, ((rcp,),)), (None, nothing(PolicyKind.IDENTITY))
    ):
        policies = PolicySet(
            identity=(everything(PolicyKind.IDENTITY),),
            resource=everything(PolicyKind.RESOURCE, "*"),
            scp=scp,
            rcp=rcps,
            vpc_endpoint=endpoint,
            settings=settings,
        )
        owned = (Resource("arn:aws:s3:::b/k", OWN, management_account=managed) for managed in (False, True))
        assert_agreement(
            policies,
            (
                Request(principal, action, resource, {}, NOON)
                for resource, action in product(owned, ("s3:GetObject", "zzz:Get", "sts:GetCallerIdentity"))
            ),
        )


# ---- the index itself


HEADS = ["", "a", "ab", "abc", "abd", "b", "bab", "abca", "abcab", "abcb", "ab"]


@pytest.mark.parametrize("heads", [HEADS, HEADS[1:], ["ab", "abc"]], ids=len)
@pytest.mark.parametrize("text", ["", "a", "ab", "abc", "abcd", "abd", "ac", "b", "ba", "c", "abcabc"])
def test_heads_are_found_that_begin_a_text(text: str, heads: list[str]) -> None:
    index = HeadIndex((head, number) for number, head in enumerate(heads))
    assert sorted(index.find(text)) == [number for number, head in enumerate(heads) if text.startswith(head)]


def test_an_index_without_heads_finds_nothing() -> None:
    assert not list(HeadIndex[int](()).find("a"))


@pytest.mark.parametrize("action", ACTIONS)
def test_the_action_index_finds_the_statements_that_match(action: str) -> None:
    entries = [tuple(Entry(text, "") for text in pair) for pair in product(ACTION_PATTERNS, repeat=2)]
    statements = [
        *(Statement(number, "", "Allow", actions=pair) for number, pair in enumerate(entries)),
        *(Statement(number, "", "Allow", not_actions=pair) for number, pair in enumerate(entries)),
        Statement(0, "", "Allow"),
        Statement(0, "", "Allow", actions=()),
        Statement(0, "", "Allow", not_actions=()),
    ]
    lower = action.lower()

    def matches(statement: Statement) -> bool:
        if statement.actions is not None:
            return any(compile_action(entry.text)(lower) for entry in statement.actions)
        negated = statement.not_actions
        return negated is not None and not any(compile_action(entry.text)(lower) for entry in negated)

    expected = tuple(number for number, statement in enumerate(statements) if matches(statement))
    assert ActionIndex(statements).find(lower) == expected


def test_a_glob_without_regular_expressions_fits_what_one_with_them_fits() -> None:
    """Every pattern over {a,b,*,?} up to length 4 against every text over {a,b} up to length 5, and some longer ones
    with several texts between stars."""
    texts = ["".join(letters) for length in range(6) for letters in product("ab", repeat=length)]
    longer = ("*".join(("", *runs, "")) for runs in product(("a", "b", "ab", "aa"), repeat=2))
    short = ("".join(letters) for length in range(5) for letters in product("ab*?", repeat=length))
    for pattern in (*short, *longer):
        tokens = tokenize(pattern)
        glob, expression = compile_glob(tokens), compile_tokens(tokens)
        assert [glob(text) for text in texts] == [expression(text) for text in texts], pattern


def test_a_glob_of_many_stars_stays_linear() -> None:
    tokens = tokenize("*a" * 60 + "b")
    assert not compile_glob(tokens)("a" * 20_000)
