"""What all published models have in common, and how their JSON Schemas are written."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from policyeval.source import Position


class Model(BaseModel):
    """Frozen, with the names of its members in camelCase in JSON, and without any others."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid")


class PositionModel(Model):
    line: int = Field(ge=1)
    column: int = Field(ge=1)
    offset: int = Field(ge=0)


def position_model(position: Position) -> PositionModel:
    return PositionModel(line=position.line, column=position.column, offset=position.offset)


def schema_text(envelope: Any) -> str:
    """The JSON Schema of a model, or of a union of models, as it is published in docs/schemas."""
    schema = TypeAdapter(envelope).json_schema(by_alias=True, mode="serialization")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2) + "\n"
