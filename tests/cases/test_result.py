"""Running cases: when a case passes, and what it says when it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policyeval.cases.drawing import draw_case
from policyeval.cases.files import run_files
from policyeval.cases.reader import Accounts
from policyeval.cases.result import CaseResult
from policyeval.diagnostics.style import Style
from policyeval.evaluation.trace import Decision

ALICE = "arn:aws:iam::111122223333:user/alice"


def allow(sid: str = "All", **more: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": "*", "Resource": "*", **more}


def deny(sid: str = "No", **more: Any) -> dict[str, Any]:
    return {**allow(sid, **more), "Effect": "Deny"}


def run(folder: Path, *statements: dict[str, Any], request: Any = None, **case: Any) -> CaseResult:
    """The result of one case on an identity policy."""
    asked = {"principal": ALICE, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k", **(request or {})}
    whole = {
        "name": "the case",
        "policies": {"identity": [{"Version": "2012-10-17", "Statement": list(statements)}] if statements else []},
        "request": {key: value for key, value in asked.items() if value is not None},
        "expect": "allowed",
        **case,
    }
    path = folder / "a.json"
    path.write_text(json.dumps({"schema": "policyeval.test/1", "cases": [whole]}), encoding="utf-8")
    (result,) = run_files([str(path)], Accounts()).results
    return result


@pytest.mark.parametrize("expected", list(Decision))
@pytest.mark.parametrize("actual", list(Decision))
def test_a_case_passes_when_the_decision_is_the_expected_one(
    tmp_path: Path, expected: Decision, actual: Decision
) -> None:
    statements = {Decision.ALLOWED: [allow()], Decision.IMPLICIT_DENY: [], Decision.EXPLICIT_DENY: [deny()]}[actual]
    result = run(tmp_path, *statements, expect=expected.value)
    assert result.actual is actual
    assert result.passed is (expected is actual)
    if not result.passed:
        assert result.faults == (f"expected `{expected.value}`, and the decision is `{actual.value}`",)


def test_the_statement_that_decides(tmp_path: Path) -> None:
    assert run(tmp_path, allow("A"), allow("B"), **{"expect-statement": "B"}).passed
    wrong = run(tmp_path, allow("A"), allow("B"), **{"expect-statement": "C"})
    assert wrong.faults == ("expected the statement `C` to decide, and it is `A`, `B`",)
    nothing = run(tmp_path, **{"expect-statement": "C"})
    assert nothing.faults[1] == "expected the statement `C` to decide, and it is none"
    ruled_out = run(tmp_path, allow("A"), deny("B"), expect="explicitDeny", **{"expect-statement": "A"})
    assert not ruled_out.passed, "an Allow does not decide an explicit deny"


def test_the_layer_that_decides(tmp_path: Path) -> None:
    assert run(tmp_path, allow(), **{"expect-layer": "identity"}).passed
    wrong = run(tmp_path, allow(), **{"expect-layer": "resource"})
    assert wrong.faults == ("expected the layer `resource` to decide, and it is `identity`",)


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


@pytest.mark.parametrize(
    ("expected", "passes"),
    [
        (["aws:MultiFactorAuthPresent"], True),
        (["AWS:multifactorauthpresent"], True),
        ([], False),
        (["aws:SourceIp"], False),
        (["aws:MultiFactorAuthPresent", "aws:SourceIp"], False),
    ],
)
def test_the_missing_context(tmp_path: Path, expected: list[str], passes: bool) -> None:
    result = run(tmp_path, allow(Condition=MFA), expect="implicitDeny", **{"expect-missing-context": expected})
    assert result.passed is passes
    assert result.actual is Decision.IMPLICIT_DENY


def test_a_missing_key_that_cannot_change_the_decision_need_not_be_expected(tmp_path: Path) -> None:
    statements = [allow("Open"), allow("WithMfa", Condition=MFA)]
    assert run(tmp_path, *statements, **{"expect-missing-context": []}).passed
    assert run(tmp_path, *statements, **{"expect-missing-context": ["aws:MultiFactorAuthPresent"]}).passed


@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ([allow()], Decision.ALLOWED),
        ([allow(Resource="arn:aws:s3:::b/one")], Decision.IMPLICIT_DENY),
        ([allow(), deny(Resource="arn:aws:s3:::b/two")], Decision.EXPLICIT_DENY),
        ([allow(Resource="arn:aws:s3:::b/one"), deny(Resource="arn:aws:s3:::b/two")], Decision.EXPLICIT_DENY),
    ],
)
def test_a_request_on_several_resources_is_as_strict_as_the_strictest(
    tmp_path: Path, statements: list[dict[str, Any]], decision: Decision
) -> None:
    """EC2 User Guide, iam-policy-structure: every resource of a request must be allowed."""
    several = {"resource": None, "resources": ["arn:aws:s3:::b/one", {"arn": "arn:aws:s3:::b/two"}]}
    result = run(tmp_path, *statements, request=several, expect=decision.value)
    assert result.actual is decision
    assert result.passed
    assert len(result.results) == 2


def test_a_failure_is_drawn_with_what_was_expected_why_and_the_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(Path(), deny("Nothing"), because="she needs it")
    lines = draw_case(result, Style(width=80))
    text = "\n".join(lines)
    assert lines[0] == "FAILED  the case"
    assert "expected `allowed`, and the decision is `explicitDeny`" in text
    assert "because she needs it" in text
    assert "EXPLICIT DENY" in text
    assert "^" in text, "the statement is drawn in the case file"
    assert max(map(len, lines)) <= 80


def test_control_codes_of_a_case_reach_no_terminal(tmp_path: Path) -> None:
    hostile = "\x1b[31m\u202e\u0007\x9b"
    policy = allow(Resource=f"arn:aws:s3:::{hostile}/*")
    request = {"resource": f"arn:aws:s3:::b/{hostile}", "context": {f"aws:{hostile}": hostile}}
    result = run(tmp_path, policy, request=request, name=f"the {hostile} case", because=hostile)
    assert not result.passed
    lines = draw_case(result, Style())
    assert all(line.isprintable() for line in lines)
    assert any("\\x1b[31m" in line for line in lines)


def test_a_case_without_a_fault_asks_for_no_explanation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def explain(*_: object) -> None:
        raise AssertionError("explained")

    monkeypatch.setattr("policyeval.cases.result.explain", explain)
    assert run(tmp_path, allow()).passed
    with pytest.raises(AssertionError, match="explained"):
        run(tmp_path, allow(), **{"expect-missing-context": []})
