"""`policyeval.permissions/1`: what a caller may do, as data. The JSON Schema is docs/schemas/permissions-1.json."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from pydantic import Field

from policyeval.diagnostics.style import clean_json
from policyeval.evaluation.permissions import Permissions
from policyeval.evaluation.reservations import Reservations
from policyeval.report.model import Model

SCHEMA: Final = "policyeval.permissions/1"


class SummaryModel(Model):
    allowed: int = Field(ge=0)
    explicit_deny: int = Field(ge=0)
    implicit_deny: int = Field(ge=0)
    not_applicable: int = Field(ge=0, description="Actions that do not work on a resource of this type.")
    without_resource: int = Field(ge=0, description="Actions that work on no particular resource, where one is given.")


class PermissionsModel(Model):
    schema_: Literal["policyeval.permissions/1"] = Field(alias="schema")
    user: str
    resource: str
    summary: SummaryModel
    allowed: list[str]
    explicit_deny: list[str]
    could_change: dict[str, list[str]] = Field(
        description="The context keys that are missing, and the actions that some value of them could decide otherwise."
    )
    uncertain: dict[str, list[str]] = Field(
        description="The rules about which AWS's texts disagree, and the actions whose decision hangs on them."
    )
    notes: list[str]


class DifferenceModel(Model):
    """Two callers, compared by `--compare`."""

    schema_: Literal["policyeval.permissions/1"] = Field(alias="schema")
    users: list[str] = Field(min_length=2, max_length=2)
    resource: str
    both: list[str] = Field(description="What both may do.")
    only_first: list[str]
    only_second: list[str]
    notes: list[str] = Field(description="Sentences as about one caller; one that is not about both names the caller.")


def permissions_json(
    user: str, resource: str, found: Permissions, selected: int, told: Reservations, notes: Iterable[str]
) -> str:
    """The envelope as indented JSON text, of the selected actions."""

    def names(bits: int) -> list[str]:
        return list(found.sets.names(bits & selected))

    model = PermissionsModel(
        schema=SCHEMA,
        user=user,
        resource=resource,
        summary=SummaryModel(
            allowed=(found.allowed_bits & selected).bit_count(),
            explicit_deny=(found.explicit_bits & selected).bit_count(),
            implicit_deny=(found.implicit_bits & selected).bit_count(),
            not_applicable=(found.not_applicable_bits & selected).bit_count(),
            without_resource=(found.without_resource_bits & selected).bit_count(),
        ),
        allowed=names(found.allowed_bits),
        explicit_deny=names(found.explicit_bits),
        could_change={key: names(bits) for key, bits in told.missing.items() if bits & selected},
        uncertain={dispute.rule: names(bits) for dispute, bits in told.uncertain.items() if bits & selected},
        notes=list(notes),
    )
    return clean_json(model.model_dump_json(by_alias=True, indent=2))


def difference_json(
    users: tuple[str, str],
    resource: str,
    both: Iterable[str],
    first: Iterable[str],
    second: Iterable[str],
    *,
    notes: Iterable[str],
) -> str:
    model = DifferenceModel(
        schema=SCHEMA,
        users=list(users),
        resource=resource,
        both=list(both),
        only_first=list(first),
        only_second=list(second),
        notes=list(notes),
    )
    return clean_json(model.model_dump_json(by_alias=True, indent=2))
