"""`policyeval.simulate/1`: what is written follows the published schema."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings

from policyeval.evaluation.explain import explain
from policyeval.evaluation.policies import PolicySet
from policyeval.evaluation.request import Request
from policyeval.evaluation.trace import Decision, Layer, PrincipalClass
from policyeval.report.simulation import simulation_json
from tests.evaluation.worlds import policy_sets, requests

PUBLISHED = Path(__file__).parent.parent.parent / "docs" / "schemas" / "simulate-1.json"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(PUBLISHED.read_text(encoding="utf-8")))


@settings(max_examples=60)
@given(policy_sets(), requests())
def test_every_answer_follows_the_schema(policies: PolicySet, request: Request) -> None:
    result = explain(policies, request)
    answer = json.loads(simulation_json([result], trace=True))
    VALIDATOR.validate(answer)
    (told,) = answer["results"]
    assert (answer["decision"], told["decision"]) == (result.decision.value, result.decision.value)
    assert len(told["considered"]) == len(result.considered)
    assert {layer["layer"] for layer in told["layers"]} == {layer.layer.value for layer in result.layers}


@pytest.mark.parametrize("change", ["decision", "results", "schema"])
def test_the_schema_refuses_what_is_none(change: str) -> None:
    answer = json.loads(simulation_json([explain(PolicySet(), Request("111122223333", "s3:ListAllMyBuckets"))]))
    answer[change] = "maybe"
    assert not VALIDATOR.is_valid(answer)


@pytest.mark.parametrize("values", [Decision, Layer, PrincipalClass], ids=lambda values: values.__name__)
def test_the_schema_names_what_a_decision_names(values: type[Enum]) -> None:
    text = PUBLISHED.read_text(encoding="utf-8")
    assert all(f'"{value.value}"' in text for value in values)
