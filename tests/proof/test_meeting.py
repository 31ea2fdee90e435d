"""No two statements that match one request are taken for statements that cannot meet."""

from __future__ import annotations

import random

from policyeval.policy.kind import PolicyKind
from policyeval.proof.meeting import Meetings
from tests.proof.asking import allow, deny, policy
from tests.proof.sampling import draw_policy, draw_request, read
from tests.proof.test_dead import matches


def test_statements_that_match_one_request_could_meet() -> None:
    rng = random.Random("meeting")
    met = apart = 0
    for _ in range(150):
        document = draw_policy(rng)
        one = read(document, PolicyKind.IDENTITY)
        meetings = Meetings(one.statements)
        could_meet = {statement.index: {other.index for other in meetings.of(statement)} for statement in one}
        apart += sum(len(one.statements) - len(others) for others in could_meet.values())
        for _ in range(20):
            request = draw_request(rng, PolicyKind.IDENTITY, document)
            matching = {statement.index for statement in one if matches(one, statement, request)}
            met += len(matching) > 1
            for index in matching:
                assert matching <= could_meet[index]
    assert met > 50
    assert apart > 50


def test_beginnings_are_compared_in_both_directions_and_without_the_case_of_actions() -> None:
    one = policy(
        allow("S3:GetObject", "arn:aws:s3:::logs/2024/*"),
        deny("s3:get*", "arn:aws:s3:::logs/*"),
        deny("s3:Put*", "arn:aws:s3:::logs/*"),
        deny("s3:*", "arn:aws:s3:::logs/${aws:username}/*"),
        deny("*", "arn:aws:s3:::log?/2024/*"),
        deny("s3:GetObject", "arn:aws:s3:::logs/2025/*"),
        deny("*", "*"),
    )
    assert [other.index for other in Meetings(one.statements[1:]).of(one.statements[0])] == [1, 3, 4, 6]
