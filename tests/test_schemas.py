"""Every published JSON Schema is one, is named where its format is described, and fits what is written."""

from __future__ import annotations

import contextlib
import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policyeval.cases.envelope import TestRunModel
from policyeval.cli.main import main
from policyeval.policy.kind import PolicyKind
from policyeval.proof.certificate import NoCertificate, certificate_text
from policyeval.proof.outcome import Verdict
from policyeval.proof.question import no_new_access
from policyeval.report.check import CheckModel
from policyeval.report.model import schema_text
from policyeval.report.permissions import DifferenceModel, PermissionsModel
from policyeval.report.rules import RulesModel
from policyeval.report.simulation import SimulationModel
from policyeval.report.who_can import WhoCanModel
from tests.proof.asking import Statement, allow, deny, policy
from tests.proof.sampling import draw_pair, read

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "docs" / "schemas"
FORMATS = ROOT / "docs" / "formats"
MODELS: dict[str, object] = {
    "check-1": CheckModel,
    "permissions-1": PermissionsModel | DifferenceModel,
    "rules-1": RulesModel,
    "simulate-1": SimulationModel,
    "test-run-1": TestRunModel,
    "who-can-1": WhoCanModel,
}


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_a_published_schema_is_one_and_is_named(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    name, _, version = path.stem.rpartition("-")
    index = (FORMATS / "README.md").read_text(encoding="utf-8")
    assert f"`policyeval.{name}/{version}`" in index
    assert f"(../schemas/{path.name})" in index
    pages = [page.read_text(encoding="utf-8") for page in FORMATS.glob("*.md") if page.name != "README.md"]
    assert any(f"(../schemas/{path.name})" in page for page in pages)


@pytest.mark.parametrize("name", MODELS)
def test_a_published_schema_is_that_of_its_model(name: str) -> None:
    """After a change of a model, write the file anew: it is what `schema_text` gives."""
    assert (SCHEMAS / f"{name}.json").read_text(encoding="utf-8") == schema_text(MODELS[name])


def test_a_baseline_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "baseline.json"
    policies = [str(path) for path in (ROOT / "fixtures" / "guide").glob("*.json")]
    with pytest.raises(SystemExit):
        main(["check", *policies, "--pedantic", "--baseline", str(file), "--write-baseline"])
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["findings"]
    jsonschema.validate(written, schema("baseline-1"))
    for wrong in ({}, {**written, "more": 1}, {**written, "findings": {"a.json": {"rule": {"place": 0}}}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema("baseline-1"))


def kinds_of(node: list[Any]) -> set[str]:
    """The kinds of a node and of all nodes in it; other lists hold numbers, or nodes."""
    found = {node[0]} if node and isinstance(node[0], str) else set()
    return found.union(*(kinds_of(part) for part in node if isinstance(part, list)))


PROVED: list[tuple[list[Statement], list[Statement]]] = [
    ([allow("*"), deny("s3:*")], [allow(Action=None, NotAction="s3:*")]),
    ([allow(resource="arn:aws:s3:::b/*")], [allow(resource=["arn:aws:s3:::b/?*", "arn:aws:s3:::b/"])]),
    ([allow("s3:Get*"), deny("ec2:*")], [allow(resource="arn:aws:s3:::b/*"), allow("s3:*", Principal=None)]),
    ([allow(resource="arn:aws:s3:::b/${aws:username}/*")], [allow(resource="arn:aws:s3:::b/*")]),
]
"""What needs steps of several kinds."""


def test_certificates_fit() -> None:
    rng = random.Random("schemas")
    pairs = [(policy(*new), policy(*old)) for new, old in PROVED]
    for kind in (PolicyKind.IDENTITY, PolicyKind.SCP, PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP):
        pairs += [(read(new, kind), read(old, kind)) for new, old in (draw_pair(rng, kind) for _ in range(40))]
    written = []
    for new, old in pairs:
        if no_new_access(new, old).verdict is Verdict.PROVED:
            with contextlib.suppress(NoCertificate):
                written.append(json.loads(certificate_text(new, old)))
    validator = jsonschema.Draft202012Validator(schema("certificate-1"))
    for document in written:
        validator.validate(document)
    kinds = {kind for document in written for kind in kinds_of([document["allows"], *map(list, denied(document))])}
    assert {"held", "if", "impossible", "places", "except", "lengths"} <= kinds, kinds
    one = written[0]
    for wrong in ({**one, "kind": "user"}, {**one, "allows": [[["guess"]]]}, {**one, "denies": [{"not": []}]}):
        assert not validator.is_valid(wrong)


def denied(document: dict[str, Any]) -> list[list[Any]]:
    return [nodes for shown in document["denies"] for nodes in shown.values()]
