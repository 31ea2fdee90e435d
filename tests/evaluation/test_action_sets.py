"""Sets of actions: what a pattern expands to is what it matches, and shrinking is the way back."""

from __future__ import annotations

import random
from functools import reduce
from itertools import combinations
from operator import or_

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyeval.evaluation.action_sets import action_sets
from policyeval.evaluation.shrinking import _places, _Service, shrink
from policyeval.syntax.action import compile_action
from policyeval.syntax.wildcard import compile_pattern

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
    assert shrink(SETS, SETS.of_patterns(asked)) == (shrunk, True)


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
    patterns = shrink(SETS, wanted).patterns
    assert SETS.of_patterns(patterns) == wanted
    assert len(patterns) <= max(wanted.bit_count(), 1)
    for left_out in patterns:
        assert SETS.of_patterns(pattern for pattern in patterns if pattern != left_out) != wanted


@pytest.mark.parametrize(
    "pattern",
    ["ec2:Describe*Gateway*", "iam:*Role*Polic*", "s3:Get*Object*", "ec2:Create*Vpn*", "iam:Get*Polic*", "s3:*Acce?s*"],
)
def test_a_pattern_that_is_given_or_of_three_pieces_shrinks_to_one(pattern: str) -> None:
    wanted = SETS.of_patterns([pattern])
    assert len(shrink(SETS, wanted, [pattern]).patterns) == 1
    if "?" not in pattern:
        [found], fewest = shrink(SETS, wanted)
        assert (SETS.of_patterns([found]), fewest) == (wanted, True)


def test_a_cut_between_words_is_taken_where_as_few_will_do() -> None:
    names = ["s3:GetObject", "s3:PutObject"]
    assert shrink(SETS, SETS.of_names(names)).patterns == ["s3:*tObject"]
    assert shrink(SETS, SETS.of_names(names), whole_words=True).patterns == names
    assert shrink(SETS, SETS.of_patterns(["ec2:Describe*Gateway*"])).patterns == ["ec2:Describe*Gateway*"]


def fewest_by_definition(names: list[str], wanted: int) -> int:
    """How many patterns of up to two pieces of a wanted name, cut anywhere, or of one in its middle that begins with a
    word, cover what is wanted: every choice tried."""
    patterns = set(names)
    for name in (name for at, name in enumerate(names) if wanted >> at & 1):
        ends = range(len(name) + 1)
        patterns |= {f"{name[:head]}*{name[tail:]}" for head in ends for tail in ends if head <= tail}
        patterns |= {f"*{name[start:end]}*" for start in _places(name) for end in ends if start < end}
    covers = set()
    for pattern in patterns:
        matches = compile_pattern(pattern.lower())
        covered = sum(1 << at for at, name in enumerate(names) if matches(name.lower()))
        if covered and not covered & ~wanted:
            covers.add(covered)
    for count in range(wanted.bit_count() + 1):
        for chosen in combinations(covers, count):
            if reduce(or_, chosen, 0) == wanted:
                return count
    raise AssertionError


WORDS = ["Get", "Put", "Role", "Tag"]


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True).map("".join),
        min_size=2,
        max_size=4,
        unique=True,
    ),
    st.integers(1),
)
def test_no_fewer_patterns_of_two_pieces_will_do(names: list[str], drawn: int) -> None:
    wanted = drawn % (1 << len(names)) or 1
    found = _Service(names, wanted).shrink()
    assert found.fewest
    assert len(found.patterns) <= fewest_by_definition(names, wanted)
