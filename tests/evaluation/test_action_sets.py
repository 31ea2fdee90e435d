"""Sets of actions: what a pattern expands to is what it matches, and shrinking is the way back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyeval.evaluation.action_sets import action_sets
from policyeval.evaluation.shrinking import shrink
from policyeval.syntax.action import compile_action

SETS = action_sets()
NAMES = SETS.table.names


def by_definition(pattern: str) -> set[str]:
    matches = compile_action(pattern)
    return {name for name in NAMES if matches(name.lower())}


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "***",
        "*:*",
        "s3:*",
        "S3:get*",
        "s3:GetObject",
        "s3:getobject",
        "s3:*Object",
        "s3:*t*t*",
        "s3:Get?bject",
        "s3:?*",
        "s3:Get**Acl",
        "ec2:*Instance*s",
        "iam:",
        "iam",
        "s3*:Get*",
        "*:Get*",
        "s3:Get Object",
        "s3:Get:*",
        "s3:Get*,s3:Put*",
        "nosuch:*",
        "",
        ":",
        "s3:\u212a*",
    ],
)
def test_a_pattern_expands_to_what_it_matches(pattern: str) -> None:
    assert set(SETS.names(SETS.of_patterns([pattern]))) == by_definition(pattern)


def test_random_patterns_expand_to_what_they_match() -> None:
    drawn = random.Random(5)
    for name in drawn.sample(NAMES, 60):
        start = name.index(":") + 1
        letters = list(name)
        for _ in range(drawn.randint(1, 3)):
            letters[drawn.randrange(start, len(letters))] = drawn.choice("*?")
        pattern = "".join(letters)
        assert set(SETS.names(SETS.of_patterns([pattern]))) == by_definition(pattern), pattern


def test_a_set_of_patterns_is_their_union() -> None:
    patterns = ["s3:Get*", "s3:GetObject", "kms:*", "nosuch:*", "iam:*Role"]
    assert set(SETS.names(SETS.of_patterns(patterns))) == set().union(*map(by_definition, patterns))


def test_names_services_and_everything() -> None:
    assert list(SETS.names(SETS.everything)) == list(NAMES)
    assert SETS.of_names(["S3:GETOBJECT", "s3:NoSuch"]) == SETS.of_patterns(["s3:GetObject"])
    assert SETS.of_services(["S3", "nosuch"]) == SETS.of_patterns(["s3:*"])
    assert list(SETS.names(0)) == []


# ---- the way back


@pytest.mark.parametrize(
    ("asked", "shrunk"),
    [
        (["*"], ["*"]),
        (["s3:*"], ["s3:*"]),
        (["s3:Get*"], ["s3:Get*"]),
        (["s3:GetObject"], ["s3:GetObject"]),
        (["kms:Decrypt", "kms:Decapsulate"], ["kms:Dec*"]),
        (["sqs:*Message", "sqs:ListQueues"], ["sqs:*Message", "sqs:ListQueues"]),
        (["iam:*AccessKey*"], ["iam:*AccessKey*"]),
        (["s3:Get*", "s3:PutObject"], ["s3:Get*", "s3:PutObject"]),
        (["ec2:*Instance*", "kms:ListKeys"], ["ec2:*Instance*", "kms:ListKeys"]),
        ([], []),
    ],
)
def test_the_fewest_patterns_are_found(asked: list[str], shrunk: list[str]) -> None:
    assert shrink(SETS, SETS.of_patterns(asked)) == shrunk


@settings(max_examples=40)
@given(
    st.sampled_from(["sqs", "kms", "sns", "sts", "iam", "dynamodb"]),
    st.randoms(use_true_random=False),
    st.floats(0.05, 0.95),
)
def test_shrinking_matches_the_same_actions_with_no_more_patterns(
    service: str, drawn: random.Random, share: float
) -> None:
    wanted = SETS.of_names(name for name in SETS.names(SETS.of_services([service])) if drawn.random() < share)
    patterns = shrink(SETS, wanted)
    assert SETS.of_patterns(patterns) == wanted
    assert len(patterns) <= max(wanted.bit_count(), 1)
    for left_out in patterns:
        assert SETS.of_patterns(pattern for pattern in patterns if pattern != left_out) != wanted
