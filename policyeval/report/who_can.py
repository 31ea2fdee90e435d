"""`policyeval.who-can/1`: who may do an action, as data. The JSON Schema is docs/schemas/who-can-1.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from pydantic import Field

from policyeval.account.who_can import Answer, OutsiderKind, WhoCan
from policyeval.diagnostics.style import clean_json
from policyeval.report.model import Model
from policyeval.report.simulation import DecisionName, StatementModel, statement_model

SCHEMA: Final = "policyeval.who-can/1"


class AnswerModel(Model):
    decision: DecisionName
    could_be_allowed: bool = Field(description="Whether missing context keys could turn a denial into an allow.")
    depends_on: list[str] = Field(description="The missing context keys whose value could change the answer.")
    uncertain: list[str] = Field(
        description="The rules about which AWS's texts disagree and on which the answer hangs."
    )
    deciding: list[StatementModel] = Field(
        description="The statements that decide; where `couldBeAllowed`, those that would then allow."
    )


class MemberModel(AnswerModel):
    name: str
    arn: str
    kind: Literal["User", "Role"]


class OutsiderModel(AnswerModel):
    name: str
    kind: OutsiderKind


class WhoCanModel(Model):
    schema_: Literal["policyeval.who-can/1"] = Field(alias="schema")
    action: str
    resource: str
    root: AnswerModel
    allowed: list[MemberModel]
    possible: list[MemberModel] = Field(description="Denied, and allowed with context that the request lacks.")
    denied: list[str] = Field(description="The names of those who are denied whatever the missing context.")
    uncertain: dict[str, list[str]] = Field(
        description="Each rule about which AWS's texts disagree, and the names of those whose answers hang on it."
    )
    outsiders: list[OutsiderModel] = Field(description="Whom the resource's policy lets in from outside the account.")
    notes: list[str]


def who_can_json(found: WhoCan, notes: Sequence[str]) -> str:
    """The envelope as indented JSON text."""
    return clean_json(who_can_model(found, notes).model_dump_json(by_alias=True, indent=2))


def who_can_model(found: WhoCan, notes: Sequence[str]) -> WhoCanModel:
    return WhoCanModel(
        schema=SCHEMA,
        action=found.action,
        resource=found.resource,
        root=AnswerModel(**_answer(found.root)),
        allowed=[MemberModel(name=m.name, arn=m.arn, kind=m.kind, **_answer(m.answer)) for m in found.allowed],
        possible=[MemberModel(name=m.name, arn=m.arn, kind=m.kind, **_answer(m.answer)) for m in found.possible],
        denied=[member.name for member in found.denied],
        uncertain={dispute.rule: list(names) for dispute, names in found.uncertain.items()},
        outsiders=[OutsiderModel(name=o.name, kind=o.kind, **_answer(o.answer)) for o in found.outsiders],
        notes=list(notes),
    )


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "decision": answer.decision.value,
        "could_be_allowed": answer.could_be_allowed,
        "depends_on": list(answer.depends_on),
        "uncertain": [each.dispute.rule for each in answer.uncertain],
        "deciding": [statement_model(match) for match in answer.deciding],
    }
