"""`policyeval.rules/1`: the rules as data. The JSON Schema is docs/schemas/rules-1.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

from policyeval.diagnostics.rule_info import RuleInfo
from policyeval.report.model import Model

SCHEMA: Final = "policyeval.rules/1"


class RuleModel(Model):
    name: str
    code: str = Field(description="Access Analyzer's issue code, or the name in its spelling.")
    severity: Literal["error", "security-warning", "warning", "suggestion"]
    pedantic: bool = Field(description="Off unless asked for.")
    summary: str
    manual: str = Field(description="Markdown.")
    link: str


class RulesModel(Model):
    schema_: Literal["policyeval.rules/1"] = Field(alias="schema")
    rules: list[RuleModel]


def rules_json(infos: Sequence[RuleInfo]) -> str:
    """The envelope as indented JSON text."""
    models = [
        RuleModel(
            name=info.name,
            code=info.code,
            severity=info.severity.value,
            pedantic=info.pedantic,
            summary=info.summary,
            manual=info.manual,
            link=info.link,
        )
        for info in infos
    ]
    return RulesModel(schema=SCHEMA, rules=models).model_dump_json(by_alias=True, indent=2)
