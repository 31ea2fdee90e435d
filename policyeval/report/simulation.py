"""`policyeval.simulate/1`: a decision as data. The JSON Schema is docs/schemas/simulate-1.json.

Lines and columns count from 1; offsets from 0, in characters. Pointers are JSON Pointers into the named file.
"""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field

from policyeval.diagnostics.style import clean_json
from policyeval.evaluation.request import Principal
from policyeval.evaluation.trace import Clause, LayerResult, Result, StatementMatch
from policyeval.locating import locate
from policyeval.policy.model import Policy
from policyeval.report.model import Model, PositionModel, position_model
from policyeval.source import Source as SourceText

DecisionName = Literal["allowed", "implicitDeny", "explicitDeny"]
LayerName = Literal["scp", "rcp", "vpcEndpoint", "resource", "identity", "permissionsBoundary", "session", "settings"]
SCHEMA: Literal["policyeval.simulate/1"] = "policyeval.simulate/1"


class PlaceModel(Model):
    """A place in a file; `start` and `end` are left out for policies that no file holds."""

    file: str
    pointer: str
    start: PositionModel | None
    end: PositionModel | None


class ClauseModel(Model):
    element: Literal["Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"]
    matched: bool
    place: PlaceModel
    entry: str | None = Field(description="The entry that decided, when a single one did.")
    actual: str | None = Field(description="What the request had.")
    key: str | None = Field(description="The condition key, or the variable that has no value.")
    reason: str | None


class StatementModel(Model):
    layer: LayerName
    level: int | None = Field(description="For SCPs and RCPs, counted from 1 at the organization's root.")
    policy: str
    origin: str | None = Field(description="How the policy came to apply, such as `group PowerUsers`.")
    sid: str | None
    index: int = Field(description="The statement's place in its policy, from 0.")
    effect: Literal["Allow", "Deny"]
    matched: bool
    principal_class: Literal["wild", "account", "role", "direct"] | None
    place: PlaceModel
    clauses: list[ClauseModel]


class LayerModel(Model):
    layer: LayerName
    level: int | None
    decision: DecisionName
    applies: bool
    blocks: bool
    reason: str | None


class MissingKeyModel(Model):
    key: str
    could_change: bool


class UncertaintyModel(Model):
    rule: str
    question: str
    taken: str
    other: str
    other_decision: DecisionName


class PrincipalModel(Model):
    type: str
    arn: str | None
    account: str | None
    role_arn: str | None
    service: str | None
    provider: str | None


class ResultModel(Model):
    decision: DecisionName
    principal: PrincipalModel
    action: str
    resource: str
    reason: LayerName | None = Field(description="The layer that made the decision.")
    layers: list[LayerModel]
    deciding: list[StatementModel]
    nearest_misses: list[StatementModel]
    missing_context: list[MissingKeyModel]
    uncertain: list[UncertaintyModel]
    notes: list[str]
    considered: list[StatementModel] | None = Field(description="Every statement judged; only with `--trace`.")


class SimulationModel(Model):
    """One request on one or several resources; `decision` is the strictest of the results."""

    schema_: Literal["policyeval.simulate/1"] = Field(alias="schema")
    decision: DecisionName
    results: list[ResultModel]


_STRICTNESS: tuple[DecisionName, ...] = ("allowed", "implicitDeny", "explicitDeny")


def simulation_json(results: list[Result], *, trace: bool = False) -> str:
    """The envelope as indented JSON text."""
    data = simulation_model(results, trace=trace).model_dump(by_alias=True)
    # What came from a command line may hold bytes that are no text; in JSON they stay what Python made of them.
    return clean_json(json.dumps(data, indent=2, ensure_ascii=False))


def simulation_model(results: list[Result], *, trace: bool = False) -> SimulationModel:
    models = [result_model(result, trace=trace) for result in results]
    strictest = max((model.decision for model in models), key=_STRICTNESS.index)
    return SimulationModel(schema=SCHEMA, decision=strictest, results=models)


def result_model(result: Result, *, trace: bool = False) -> ResultModel:
    return ResultModel(
        decision=result.decision.value,
        principal=_principal(result.request.principal),
        action=result.request.action,
        resource=result.request.resource.arn,
        reason=result.reason.value if result.reason else None,
        layers=[_layer(layer) for layer in result.layers],
        deciding=[statement_model(match) for match in result.deciding],
        nearest_misses=[statement_model(match) for match in result.nearest_misses],
        missing_context=[
            MissingKeyModel(key=missing.key, could_change=missing.could_change) for missing in result.missing_context
        ],
        uncertain=[
            UncertaintyModel(
                rule=uncertainty.dispute.rule,
                question=uncertainty.dispute.question,
                taken=uncertainty.dispute.taken,
                other=uncertainty.dispute.other,
                other_decision=uncertainty.other_decision.value,
            )
            for uncertainty in result.uncertain
        ],
        notes=list(result.notes),
        considered=[statement_model(match) for match in result.considered] if trace else None,
    )


def _principal(principal: Principal) -> PrincipalModel:
    return PrincipalModel(
        type=principal.type.value,
        arn=principal.arn,
        account=principal.account,
        role_arn=principal.role_arn,
        service=principal.service,
        provider=principal.provider,
    )


def _layer(layer: LayerResult) -> LayerModel:
    return LayerModel(
        layer=layer.layer.value,
        level=None if layer.level is None else layer.level + 1,
        decision=layer.decision.value,
        applies=layer.applies,
        blocks=layer.blocks,
        reason=layer.reason,
    )


def statement_model(match: StatementMatch) -> StatementModel:
    statement = match.statement
    return StatementModel(
        layer=match.layer.value,
        level=None if match.level is None else match.level + 1,
        policy=match.policy.name,
        origin=match.origin,
        sid=statement.sid,
        index=statement.index,
        effect=statement.effect,
        matched=match.matched,
        principal_class=match.principal_class.value if match.principal_class else None,
        place=_place(match.policy, statement.pointer),
        clauses=[_clause(match.policy, clause) for clause in match.clauses],
    )


def _clause(policy: Policy, clause: Clause) -> ClauseModel:
    return ClauseModel(
        element=clause.element,
        matched=clause.matched,
        place=_place(policy, clause.pointer),
        entry=clause.entry,
        actual=clause.actual,
        key=clause.key,
        reason=clause.reason,
    )


def _place(policy: Policy, pointer: str) -> PlaceModel:
    source: SourceText | None = policy.source
    if source is None:
        return PlaceModel(file=policy.name, pointer=pointer, start=None, end=None)
    span = locate(source).find(pointer)
    start, end = (position_model(source.position(offset)) for offset in (span.start, span.end))
    return PlaceModel(file=source.name, pointer=pointer, start=start, end=end)
