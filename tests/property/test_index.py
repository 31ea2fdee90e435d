"""The index says what the reference says (design, section 4: every fast path is held to its obvious twin).

`python -m benchmarks.differential --examples 100000` asks many more questions of the same kind.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyeval.cases.model import Case
from policyeval.cases.reader import Accounts, read_cases
from policyeval.evaluation.dispute import Dispute
from policyeval.evaluation.policies import Attached, PolicySet
from policyeval.evaluation.request import Principal, Request
from policyeval.evaluation.simulator import Simulator
from policyeval.policy.model import Policy
from tests.property.agreement import disagreements, index_answer, other_doubts, reference_answer, reference_doubts
from tests.property.questions import PRINCIPALS, draw_questions

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
ACCOUNTS = Accounts()


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_index_and_permissions_agree_with_the_reference(random: Random) -> None:
    for world, policies, requests in draw_questions(random, worlds=3, requests=6):
        assert not disagreements(policies, requests), world


@pytest.mark.parametrize("seed", range(40))
def test_they_agree_on_fixed_questions(seed: int) -> None:
    """The same questions in every run, so that a change of decisions never hides behind luck."""
    for world, policies, requests in draw_questions(Random(seed), worlds=6, requests=8):
        assert not disagreements(policies, requests), world


def test_the_questions_have_every_answer() -> None:
    """Worlds in which nothing matches would agree about anything."""
    answers: dict[str, int] = {}
    for seed in range(60):
        for _, policies, requests in draw_questions(Random(seed), worlds=3, requests=6):
            for request in requests:
                answer = reference_answer(policies, request).partition(":")[0]
                answers[answer] = answers.get(answer, 0) + 1
    total = sum(answers.values())
    assert answers["allowed"] > total // 10
    assert answers["explicitDeny"] > total // 25
    assert answers["error"] > 0


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_what_is_disputed_is_found_without_asking_the_reference_of_every_request(random: Random) -> None:
    for world, policies, requests in draw_questions(random, worlds=3, requests=6):
        assert not other_doubts(policies, requests), world


@pytest.mark.parametrize("seed", range(40))
def test_disputes_of_fixed_questions_are_found(seed: int) -> None:
    for world, policies, requests in draw_questions(Random(seed), worlds=6, requests=8):
        assert not other_doubts(policies, requests), world


@pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::b"])
def test_the_list_of_buckets_is_asked_for_at_every_resource_whatever_is_named(resource: str) -> None:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}
    policies = PolicySet(identity=(Attached(Policy.parse({"Version": "2012-10-17", "Statement": statement})),))
    request = Request("arn:aws:iam::111122223333:user/alice", "s3:ListAllMyBuckets", resource)
    assert [each.dispute for each in Simulator.of(policies).uncertain(request)] == [Dispute.LIST_OF_BUCKETS]


def test_the_questions_have_disputes_of_many_kinds() -> None:
    found = set()
    for seed in range(60):
        for _, policies, requests in draw_questions(Random(seed), worlds=3, requests=6):
            for request in requests:
                found |= {each.dispute for each in reference_doubts(policies, request) or ()}
    assert len(found) > 5


def all_cases() -> list[Case]:
    paths = [*(FIXTURES / "decisions").glob("*.json"), *FIXTURES.glob("*/cases*.yaml")]
    return [case for path in sorted(paths) for case in read_cases(path, ACCOUNTS).cases if isinstance(case, Case)]


@pytest.mark.parametrize("use_index", [True, False])
def test_every_decision_case_comes_out_the_same(use_index: bool) -> None:
    cases = all_cases()
    assert len(cases) > 100
    for case in cases:
        for question in case.questions:
            simulator = Simulator.of(question.policies, use_index=use_index)
            assert index_answer(simulator, question.request) == reference_answer(question.policies, question.request)
            assert not other_doubts(question.policies, [question.request])


def test_a_simulator_remembers_no_caller_by_an_address_used_twice() -> None:
    """Principals are known by identity; one that is gone must not lend its rights to the next object in its place."""
    for _, policies, requests in draw_questions(Random(7), worlds=4, requests=8):
        simulator = Simulator.of(policies)
        for request in requests:
            for principal in PRINCIPALS:
                parts = {name: getattr(principal, name) for name in Principal.__dataclass_fields__}
                short_lived = Request(
                    Principal(**parts), request.action, request.resource, request.context, request.time
                )
                assert index_answer(simulator, short_lived) == reference_answer(policies, short_lived)
