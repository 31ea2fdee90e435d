"""Certificates: whoever does not trust the prover can check its proofs, and a forged one fails."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

import policyeval
from policyeval.cli.main import main
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.proof.certificate import NoCertificate, certificate_text
from policyeval.proof.checker import Flaw, check_certificate
from policyeval.proof.outcome import Verdict
from policyeval.proof.question import no_new_access
from policyeval.proof.search import Search
from tests.proof.asking import Statement, allow, deny, policy
from tests.proof.fuzz import KINDS
from tests.proof.sampling import Document, differences, draw_pair, edit, read

REGION = {"aws:RequestedRegion": "eu-west-1"}
HOME = "arn:aws:s3:::b/${aws:username}/*"
BOB = {"StringEquals": {"aws:username": "bob"}}


def limited(operator: str, key: str, *values: str) -> list[Statement]:
    return [allow(when={operator: {key: list(values)}})]


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
    ("a value that a variable has", [allow(resource="arn:aws:s3:::b/bob/*", when=BOB)], [allow(resource=HOME)]),
    ("cases by a variable's value", [allow(resource=HOME)],
     [allow(resource=HOME, when={"StringNotEquals": {"aws:username": "bob"}}), allow(resource="arn:aws:s3:::b/bob/*")]),
    ("a smaller number", limited("NumericLessThan", "s3:max-keys", "5"),
     limited("NumericLessThanEquals", "s3:max-keys", "9")),
    ("all numbers", limited("NumericLessThan", "s3:max-keys", "5"),
     [*limited("NumericLessThan", "s3:max-keys", "2"), *limited("NumericGreaterThanEquals", "s3:max-keys", "2")]),
    ("a later date", limited("DateGreaterThan", "aws:CurrentTime", "2025-01-01"),
     limited("DateGreaterThan", "aws:CurrentTime", "2024-06-01T00:00:00Z")),
    ("a smaller network", limited("IpAddress", "aws:SourceIp", "10.1.0.0/16"),
     limited("IpAddress", "aws:SourceIp", "10.0.0.0/8")),
    ("two halves", limited("IpAddress", "aws:SourceIp", "10.0.0.0/8"),
     limited("IpAddress", "aws:SourceIp", "10.0.0.0/9", "10.128.0.0/9")),
    ("a part of a pattern", limited("StringLike", "s3:prefix", "home/a*"),
     limited("StringLike", "s3:prefix", "home/*")),
    ("a deny with exceptions", [allow("*"), deny("s3:*", when={"StringNotEquals": REGION})],
     [allow(Action=None, NotAction="s3:*"), allow(when={"StringEquals": REGION})]),
]  # fmt: skip
STATEMENTS: dict[PolicyKind, tuple[list[Statement], list[Statement]]] = {
    PolicyKind.RESOURCE: (
        [allow(Principal={"AWS": "111122223333"})],
        [allow(Principal={"AWS": ["111122223333", "123456789012"]})],
    ),
    PolicyKind.TRUST: (
        [allow("sts:AssumeRole", None, Principal={"AWS": "111122223333"}, when=BOB)],
        [allow("sts:*", None, Principal={"AWS": "111122223333"})],
    ),
    PolicyKind.RCP: (
        [deny("s3:*", Principal="*", when={"StringNotEquals": {"aws:PrincipalOrgID": "o-abc1234567"}})],
        [deny("s3:Get*", Principal="*", when={"StringNotEquals": {"aws:PrincipalOrgID": ["o-abc1234567", "o-x"]}})],
    ),
    PolicyKind.SCP: ([allow("*"), deny(["iam:*", "s3:*"])], [allow("*"), deny("iam:*")]),
    PolicyKind.VPC_ENDPOINT: ([allow("s3:Get*", Principal="*")], [allow(Principal="*")]),
    PolicyKind.BOUNDARY: ([allow("s3:Get*")], [allow()]),
    PolicyKind.SESSION: ([allow("s3:Get*")], [allow()]),
}
"""For each further kind of policy, statements that grant nothing beside others."""


def certified(new: list[Statement], old: list[Statement]) -> dict[str, Any]:
    assert no_new_access(policy(*new), policy(*old)).verdict is Verdict.PROVED
    document: dict[str, Any] = json.loads(certificate_text(policy(*new), policy(*old)))
    return document


@pytest.mark.parametrize(("new", "old"), [case[1:] for case in PROVED], ids=[case[0] for case in PROVED])
def test_a_certificate_is_checked(new: list[Statement], old: list[Statement], tmp_path: Path) -> None:
    """By the command, so through its own reading of numbers, and by the function that it calls."""
    assert check_certificate(certified(new, old), policy(*new), policy(*old)) > 0
    assert verify(tmp_path, "identity", new, old) == 0


@pytest.mark.parametrize("kind", STATEMENTS, ids=lambda kind: kind.value)
def test_every_kind_of_policy_has_certificates(kind: PolicyKind, tmp_path: Path) -> None:
    new, old = STATEMENTS[kind]
    assert verify(tmp_path, kind.value, new, old) == 0
    assert verify(tmp_path, kind.value, old, new, prove=False) == 1


def verify(folder: Path, kind: str, new: list[Statement], old: list[Statement], *, prove: bool = True) -> int:
    """Have `prove` write a certificate about the statements of `PROVED`, and `verify-proof` check it against these."""
    paths = [folder / "old.json", folder / "new.json"]
    for path, statements in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}), encoding="utf-8")
    proof = folder / "proof.json"
    named = [*map(str, paths), "--kind", kind]
    if prove:
        assert status("prove", "no-new-access", *named, "--certificate", str(proof)) == 0
    return status("verify-proof", str(proof), *named)


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


@pytest.mark.parametrize(("new", "old"), [case[1:] for case in PROVED], ids=[case[0] for case in PROVED])
def test_a_certificate_for_other_policies_fails(new: list[Statement], old: list[Statement]) -> None:
    document = certified(new, old)
    with pytest.raises(Flaw):
        check_certificate(document, policy(*new, allow("iam:*", when=BOB)), policy(*old))
    with pytest.raises(Flaw):
        check_certificate(document, policy(allow("iam:*")), policy(*old))


def test_a_certificate_of_another_kind_of_policy_fails() -> None:
    """Whether `arn:aws:sqs` is cut short or exact hangs on the kind, which the caller says and no certificate does."""
    document = certified([allow("s3:Get*")], [allow()])
    with pytest.raises(Flaw, match="another kind"):
        check_certificate(document, policy(allow("s3:Get*"), kind=PolicyKind.SCP), policy(allow(), kind=PolicyKind.SCP))


NOT_PROVED: list[tuple[str, list[Statement], list[Statement]]] = [
    ("a resource of no partition", [allow(resource="arn:aws:s3:::b/*")], [allow(resource="arn::s3:::b/*")]),
    ("a statement without a resource", [allow()], [allow(Resource=None, NotResource="*")]),
    ("an operator in lower case", limited("stringnotequals", "aws:username", "a"),
     limited("stringnotequals", "aws:username", "a", "b")),
]  # fmt: skip


@pytest.mark.parametrize(("new", "old"), [case[1:] for case in NOT_PROVED], ids=[case[0] for case in NOT_PROVED])
def test_no_node_shows_what_is_not_so(new: list[Statement], old: list[Statement]) -> None:
    asked = policy(*new), policy(*old)
    assert no_new_access(*asked).verdict is Verdict.REFUTED
    atom = ["StringNotEquals", "aws:username", ["a", "b"], False]
    for node in (["held", 0], ["held", 1], ["impossible"], ["if", atom, ["held", 1], ["impossible"]]):
        forged = {"schema": "policyeval.certificate/1", "kind": "identity", "letters": [], "allows": [[node]]}
        with pytest.raises(Flaw):
            check_certificate({**forged, "denies": []}, *asked)


def test_the_documents_are_read_as_policies(tmp_path: Path) -> None:
    """What AWS would refuse is no policy, whatever a certificate says of it."""
    (tmp_path / "proof.json").write_text(json.dumps(certified([allow("s3:Get*")], [allow()])), encoding="utf-8")
    for statement in (allow(resource="nope:aws:s3:::b/*"), {"Effect": "Allow", "Action": "s3:*"}):
        assert verify(tmp_path, "identity", [allow()], [statement], prove=False) == 2


def test_a_case_in_other_spelling_is_refused() -> None:
    """Two spellings of one operator are one condition, and what follows from it hangs on what it is."""
    asked = (
        policy(*limited("StringNotEquals", "aws:username", "a")),
        policy(*limited("StringNotEquals", "aws:username", "a", "b")),
    )

    def atom(operator: str, *values: str) -> list[Any]:
        return [operator, "aws:username", list(values), False]

    inner = ["if", atom("stringnotequals", "a", "b"), ["impossible"], ["impossible"]]
    outer = ["if", atom("stringnotequals", "a"), inner, ["impossible"]]
    node = ["if", atom("StringNotEquals", "a", "b"), ["held", 1], outer]
    forged = {"schema": "policyeval.certificate/1", "kind": "identity", "letters": [], "allows": [[node]], "denies": []}
    with pytest.raises(Flaw, match="an operator is none"):
        check_certificate(forged, *asked)


@pytest.mark.parametrize("damage", ["{}", "[]", '{"schema": "policyeval.certificate/1", "kind": "identity"}'])
def test_damage_is_a_flaw(damage: str) -> None:
    with pytest.raises(Flaw):
        check_certificate(json.loads(damage), policy(allow()), policy(allow()))


def test_a_letter_that_is_a_wildcard_is_refused() -> None:
    new, old = [allow(resource=HOME)], [allow(resource="arn:aws:s3:::b/*")]
    document = certified(new, old)
    for letter in ("\ue000", "b", ""):
        forged = copy.deepcopy(document)
        forged["letters"][0][0] = letter
        with pytest.raises(Flaw):
            check_certificate(forged, policy(*new), policy(*old))


def drawn(rng: random.Random, kind: PolicyKind) -> tuple[Document, Document, dict[str, Any]] | None:
    """A pair with a certificate, if one can be had of a pair that is drawn."""
    new, old = draw_pair(rng, kind)
    policies: tuple[Policy, Policy] = (read(new, kind), read(old, kind))
    if no_new_access(*policies).verdict is not Verdict.PROVED:
        return None
    try:
        return new, old, json.loads(certificate_text(*policies))
    except NoCertificate:
        return None


def forge(rng: random.Random, value: Any, pool: list[Any]) -> Any:
    """A certificate with some of its parts left out, doubled, changed, or taken from elsewhere in it."""
    if isinstance(value, list) and value and rng.random() < 0.8:
        copied = [*value]
        at = rng.randrange(len(copied))
        copied[at] = forge(rng, copied[at], pool)
        return copied
    if isinstance(value, dict) and value:
        key = rng.choice(("allows", "allows", "denies", "letters") if "allows" in value else list(value))
        return {**value, key: forge(rng, value[key], pool)}
    if isinstance(value, int) and not isinstance(value, bool):
        return rng.randrange(4)
    return rng.choice((*pool, value[:-1] if isinstance(value, list) else value))


def parts_of(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(part for one in inner for part in parts_of(one))]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_no_forged_certificate_is_believed(kind: PolicyKind) -> None:
    """Certificates and policies changed at random: what the checker believes, no request refutes."""
    rng = random.Random(f"forgery {kind.value}")
    believed = 0
    for _ in range(60):
        found = drawn(rng, kind)
        if found is None:
            continue
        new, old, document = found
        for _ in range(12):
            sides = [side if rng.random() < 0.5 else edit(rng, side, kind) for side in (new, old)]
            nodes = [["held", number] for number in range(4)] + [["impossible"], ["barred"], ["nothing"]]
            forged = document if rng.random() < 0.3 else forge(rng, document, [*nodes, *parts_of(document)])
            try:
                check_certificate(forged, read(sides[0], kind), read(sides[1], kind))
            except Flaw:
                continue
            believed += 1
            assert next(differences(rng, kind, sides[0], sides[1], tries=25), None) is None, (forged, sides)
    assert believed > 20


def test_nearly_every_proof_has_a_certificate() -> None:
    written, refused = 0, 0
    for kind in KINDS:
        rng = random.Random(f"certificates {kind.value}")
        for _ in range(40):
            new, old = (read(document, kind) for document in draw_pair(rng, kind))
            if no_new_access(new, old).verdict is Verdict.PROVED:
                try:
                    certificate_text(new, old)
                    written += 1
                except NoCertificate:
                    refused += 1
    assert written > 12 * refused


def test_a_proof_without_a_certificate_is_still_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`StringLike` with `?` counts characters, which the checker does not."""
    for name, values in (("old", ["a?", "a", "a??*"]), ("new", ["a*"])):
        text = json.dumps({"Version": "2012-10-17", "Statement": limited("StringLike", "s3:prefix", *values)})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    proof = tmp_path / "proof.json"
    asked = [str(tmp_path / f"{name}.json") for name in ("old", "new")]
    assert status("prove", "no-new-access", *asked, "--certificate", str(proof)) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("PROVED")
    assert shown.err.startswith("note: no certificate was written: ")
    assert not proof.exists()


def test_a_proof_that_the_checker_finds_wrong_is_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Search, "missed_places", lambda *_: [])
    for name, bucket in (("old", "b"), ("new", "c")):
        statement = allow(resource=f"arn:aws:s3:::{bucket}/*")
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    asked = [str(tmp_path / f"{name}.json") for name in ("old", "new")]
    assert status("prove", "no-new-access", *asked, "--certificate", str(tmp_path / "proof.json")) == 2
    shown = capsys.readouterr()
    assert "PROVED" not in shown.out
    assert "does not pass its own check" in shown.err


def test_an_empty_value_is_a_value() -> None:
    """A key that holds the empty text is there and resolves no variable; numbers, dates and addresses know it too."""
    condition = {"NumericNotEquals": {"s3:max-keys": "5"}}
    old = policy({"Effect": "Allow", "Action": "s3:ListBucket", "NotResource": "arn:aws:s3:::b/${s3:max-keys}",
                  "Condition": condition})  # fmt: skip
    new = policy(allow("s3:ListBucket", "arn:aws:s3:::x", when={**condition, "Null": {"s3:max-keys": "false"}}))
    forged = {
        "schema": "policyeval.certificate/1",
        "kind": "identity",
        "letters": [["\ue010", "s3:max-keys", None]],
        "allows": [[["if", ["Resolves", "s3:max-keys", [], False], ["held", 1], ["impossible"]]]],
        "denies": [],
    }
    with pytest.raises(Flaw, match="conditions that should exclude each other do not"):
        check_certificate(forged, new, old)


def test_the_checker_shares_only_the_matcher_with_the_prover() -> None:
    folder = Path(policyeval.__file__).parent / "proof"
    texts = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in ("checker", "facts", "rulebook")]
    assert len(texts[0].splitlines()) < 200
    assert sum(len(text.splitlines()) for text in texts) < 550
    imported = {line.split()[1] for text in texts for line in text.splitlines() if line.startswith("from policyeval")}
    of_the_prover = {name for name in imported if name.startswith("policyeval.proof")}
    own = {"policyeval.proof", "policyeval.proof.rulebook", "policyeval.proof.facts"}
    assert of_the_prover - own == {"policyeval.proof.glob"}
