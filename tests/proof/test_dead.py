"""What is called dead is dead: no request that the fuzzer finds matches it."""

from __future__ import annotations

import random

from policyeval.evaluation.context import Context
from policyeval.evaluation.matching import StatementMatcher
from policyeval.evaluation.reading import Reading
from policyeval.evaluation.trace import Layer
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, Statement
from policyeval.proof.dead import idle_denies, never_matches, shadowed_allows
from tests.proof.asking import allow, deny, policy
from tests.proof.sampling import draw_policy, draw_request, read


def matches(one: Policy, statement: Statement, request: object) -> bool:
    from policyeval.evaluation.request import Request

    assert isinstance(request, Request)
    matcher = StatementMatcher(request, Context.of(request), Reading(), has_boundary=False)
    return matcher.judge(one, statement, Layer.IDENTITY).matched


def shadowing(one: Policy) -> dict[int, tuple[Statement, ...]]:
    return {allow.index: denies for allow, denies in shadowed_allows(one)}


def test_dead_statements_match_nothing_and_shadowed_allows_are_denied() -> None:
    rng = random.Random("dead")
    dead = shadowed = apart = 0
    for _ in range(250):
        document = draw_policy(rng)
        one = read(document, PolicyKind.IDENTITY)
        requests = [draw_request(rng, PolicyKind.IDENTITY, document) for _ in range(12)]
        shadows = shadowing(one)
        idle = {statement.index for statement in idle_denies(one)}
        for statement in one:
            if never_matches(one, statement):
                dead += 1
                assert not any(matches(one, statement, request) for request in requests)
            elif denies := shadows.get(statement.index):
                shadowed += 1
                for request in requests:
                    denied = any(matches(one, deny, request) for deny in denies)
                    assert denied or not matches(one, statement, request)
            elif statement.index in idle:
                apart += 1
                allows = [other for other in one if other.effect == "Allow"]
                for request in requests:
                    allowed = any(matches(one, allow, request) for allow in allows)
                    assert not (allowed and matches(one, statement, request))
    assert dead > 10
    assert shadowed > 1
    assert apart > 5


def test_only_the_denies_that_are_needed_are_named() -> None:
    one = policy(allow("s3:GetObject"), deny("ec2:*"), deny("s3:*"), deny("s3:Put*"))
    assert [[deny.index for deny in denies] for denies in shadowing(one).values()] == [[2]]


def test_a_statement_that_matches_something_is_alive() -> None:
    one = policy(allow("s3:GetObject"), deny("s3:Put*"))
    assert not never_matches(one, one.statements[0])
    assert shadowing(one) == {}


def test_a_deny_that_meets_an_allow_in_one_request_has_an_effect() -> None:
    one = policy(allow("s3:Get*", "arn:aws:s3:::b/*"), deny("s3:*Object", "arn:aws:s3:::*/k"))
    assert not list(idle_denies(one))
    other = policy(allow("s3:Get*", "arn:aws:s3:::b/*"), deny("s3:*Object", "arn:aws:s3:::c*/k"))
    assert list(idle_denies(other)) == [other.statements[1]]
