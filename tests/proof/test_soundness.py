"""Whatever is proved is tried with the reference evaluator, on pairs of policies drawn at random.

The long run is `python -m tests.proof.fuzz --pairs 100000`.
"""

from __future__ import annotations

import copy
import random

import pytest

from policyeval.policy.kind import PolicyKind
from policyeval.proof.outcome import Verdict
from policyeval.proof.question import no_new_access
from tests.proof.fuzz import KINDS, Tally, run, try_to_refute
from tests.proof.sampling import Document, draw_pair, draw_policy, draw_statement, read, rewrite

IDENTITY = PolicyKind.IDENTITY


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_no_proof_can_be_refuted(kind: PolicyKind) -> None:
    tally = run(20261123, kind, pairs=150, tries=12)
    assert tally.verdicts["proved"] > 40
    assert tally.verdicts["refuted"] > 25
    assert tally.verdicts["unknown"] <= 6, tally.doubts


def verdict(new: Document, old: Document, kind: PolicyKind = IDENTITY) -> Verdict:
    return no_new_access(read(new, kind), read(old, kind)).verdict


def with_statement(policy: Document, statement: Document) -> Document:
    return {**policy, "Statement": [*policy["Statement"], statement]}


def draws(seed: str, count: int) -> list[tuple[random.Random, Document]]:
    rng = random.Random(seed)
    return [(rng, draw_policy(rng)) for _ in range(count)]


def test_a_policy_grants_nothing_new_beside_itself() -> None:
    for _, policy in draws("itself", 150):
        assert verdict(policy, copy.deepcopy(policy)) is Verdict.PROVED


def test_an_added_allow_takes_nothing_away() -> None:
    for rng, policy in draws("allow", 150):
        wider = with_statement(policy, {**draw_statement(rng, IDENTITY), "Effect": "Allow"})
        assert verdict(policy, wider) is Verdict.PROVED


def test_an_added_deny_grants_nothing() -> None:
    for rng, policy in draws("deny", 150):
        narrower = with_statement(policy, {**draw_statement(rng, IDENTITY), "Effect": "Deny"})
        assert verdict(narrower, policy) is Verdict.PROVED


def test_other_words_mean_the_same() -> None:
    for rng, policy in draws("words", 150):
        same = rewrite(rng, policy)
        assert verdict(policy, same) is Verdict.PROVED
        assert verdict(same, policy) is Verdict.PROVED


def test_proofs_are_transitive() -> None:
    rng = random.Random("transitive")
    chains = 0
    for _ in range(250):
        first, second = draw_pair(rng)
        third = with_statement(second, {**draw_statement(rng, IDENTITY), "Effect": "Allow"})
        if verdict(first, second) is Verdict.PROVED and verdict(second, third) is Verdict.PROVED:
            chains += 1
            assert verdict(first, third) is not Verdict.REFUTED
    assert chains > 50


def test_the_fuzzer_notices_a_prover_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prover that drops every Deny of the old side is caught within a few hundred pairs."""
    from tests.proof import fuzz

    def without_old_denies(new: object, old: object) -> object:
        from dataclasses import replace

        from policyeval.policy.model import Policy

        assert isinstance(new, Policy)
        assert isinstance(old, Policy)
        kept = tuple(statement for statement in old.statements if statement.effect == "Allow")
        return no_new_access(new, replace(old, statements=kept))

    monkeypatch.setattr(fuzz, "no_new_access", without_old_denies)
    rng = random.Random(4)

    def hunt() -> None:
        for _ in range(400):
            first, second = draw_pair(rng)
            try_to_refute(rng, IDENTITY, first, second, 25, Tally())

    with pytest.raises(fuzz.Unsound):
        hunt()
