"""Certificates: whoever does not trust the prover can check its proofs, and a forged one fails."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

import policyeval
from policyeval.errors import PolicyevalError
from policyeval.policy.kind import PolicyKind
from policyeval.proof.certificate import certificate_text, policy_object
from policyeval.proof.checker import Flaw, check_certificate
from policyeval.proof.outcome import Verdict
from policyeval.proof.question import no_new_access
from tests.proof.asking import Statement, allow, deny, policy
from tests.proof.sampling import differences, draw_pair, read

REGION = {"aws:RequestedRegion": "eu-west-1"}
PROVED: list[tuple[str, list[Statement], list[Statement]]] = [
    ("a part of the actions", [allow("s3:Get*")], [allow("s3:*")]),
    ("a home directory", [allow(resource="arn:aws:s3:::b/${aws:username}/*")], [allow(resource="arn:aws:s3:::b/*")]),
    ("NotAction as a deny", [allow("*"), deny("s3:*")], [allow(Action=None, NotAction="s3:*")]),
    ("a deny as NotAction", [allow(Action=None, NotAction="s3:*")], [allow("*"), deny("s3:*")]),
    ("NotResource", [allow(resource="arn:aws:s3:::c/*")], [allow(Resource=None, NotResource="arn:aws:s3:::b/*")]),
    ("a condition more", [allow(when={"StringEquals": REGION})], [allow()]),
    ("a value less", [allow(when={"StringEquals": REGION})],
     [allow(when={"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}})]),
    ("a value that exists", [allow(when={"StringEquals": REGION})], [allow(when={"StringEqualsIfExists": REGION})]),
    ("lengths", [allow(resource="arn:aws:s3:::b/*")], [allow(resource=["arn:aws:s3:::b/?*", "arn:aws:s3:::b/"])]),
    ("a deny in other words", [allow("*"), deny(["iam:*", "sts:*"])], [allow("*"), deny("iam:*"), deny("sts:*")]),
]  # fmt: skip


def certified(new: list[Statement], old: list[Statement]) -> dict[str, Any]:
    new_policy, old_policy = policy(*new), policy(*old)
    outcome = no_new_access(new_policy, old_policy)
    assert outcome.verdict is Verdict.PROVED
    document: dict[str, Any] = json.loads(certificate_text(outcome, new_policy, old_policy))
    return document


@pytest.mark.parametrize(("new", "old"), [case[1:] for case in PROVED], ids=[case[0] for case in PROVED])
def test_a_certificate_is_checked(new: list[Statement], old: list[Statement]) -> None:
    assert check_certificate(certified(new, old), {}) > 0


@pytest.mark.parametrize(("new", "old"), [case[1:] for case in PROVED], ids=[case[0] for case in PROVED])
def test_a_certificate_for_other_policies_fails(new: list[Statement], old: list[Statement]) -> None:
    forged = certified(new, old)
    forged["new"] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]}
    with pytest.raises(Flaw):
        check_certificate(forged, {})


def test_the_documents_must_be_the_ones_given() -> None:
    document = certified([allow("s3:Get*")], [allow("s3:*")])
    assert check_certificate(document, {"old": {"Version": "2012-10-17", "Statement": [allow("s3:*")]}})
    with pytest.raises(Flaw, match="another old policy"):
        check_certificate(document, {"old": {"Version": "2012-10-17", "Statement": [allow("iam:*")]}})


@pytest.mark.parametrize("damage", ["{}", "[]", '{"schema": "policyeval.certificate/1"}'])
def test_damage_is_a_flaw(damage: str) -> None:
    with pytest.raises(Flaw):
        check_certificate(json.loads(damage), {})


def test_a_letter_that_is_a_wildcard_is_refused() -> None:
    home = "arn:aws:s3:::b/${aws:username}/*"
    document = certified([allow(resource=home)], [allow(resource="arn:aws:s3:::b/*")])
    for letter in ("\ue000", "b", ""):
        forged = copy.deepcopy(document)
        forged["letters"][0][0] = letter
        with pytest.raises(Flaw):
            check_certificate(forged, {})


def test_no_forged_certificate_is_believed() -> None:
    """Certificates with other policies put in their place: what the checker believes, no request refutes."""
    rng = random.Random("forgery")
    believed = 0
    for _ in range(250):
        new, old = draw_pair(rng)
        outcome = no_new_access(read(new, PolicyKind.IDENTITY), read(old, PolicyKind.IDENTITY))
        if outcome.verdict is not Verdict.PROVED:
            continue
        try:
            text = certificate_text(outcome, read(new, PolicyKind.IDENTITY), read(old, PolicyKind.IDENTITY))
        except PolicyevalError:
            continue
        other, _ = draw_pair(rng)
        for side in ("new", "old"):
            forged = json.loads(text)
            forged[side] = policy_object(read(other, PolicyKind.IDENTITY))
            try:
                check_certificate(forged, {})
            except Flaw:
                continue
            believed += 1
            sides = (other, old) if side == "new" else (new, other)
            assert next(differences(rng, PolicyKind.IDENTITY, *sides, tries=60), None) is None
    assert believed > 5


def test_most_proofs_have_a_certificate() -> None:
    rng = random.Random("certificates")
    written, refused = 0, 0
    for _ in range(200):
        new, old = (read(document, PolicyKind.IDENTITY) for document in draw_pair(rng))
        outcome = no_new_access(new, old)
        if outcome.verdict is Verdict.PROVED:
            try:
                certificate_text(outcome, new, old)
                written += 1
            except PolicyevalError:
                refused += 1
    assert written > 20 * refused


def test_the_checker_is_short_and_shares_only_the_matcher() -> None:
    folder = Path(policyeval.__file__).parent / "proof"
    checker = (folder / "checker.py").read_text(encoding="utf-8")
    rulebook = (folder / "rulebook.py").read_text(encoding="utf-8")
    assert len(checker.splitlines()) < 200
    lines = [*checker.splitlines(), *rulebook.splitlines()]
    imported = {line.split()[1] for line in lines if line.startswith("from policyeval")}
    assert imported == {
        "policyeval.proof.glob",
        "policyeval.proof.rulebook",
        "policyeval.syntax.action",
        "policyeval.syntax.variable",
    }
