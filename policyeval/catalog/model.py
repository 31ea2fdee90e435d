"""What AWS defines: actions, resource types and condition keys, as the Service Authorization Reference lists them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from policyeval.catalog.arn_format import arn_fits, pattern_overlaps

KEY_TYPES: Final = {
    name.lower(): name
    for name in (
        "String",
        "ARN",
        "Bool",
        "Date",
        "Numeric",
        "IPAddress",
        "Binary",
        "Null",
        "ArrayOfString",
        "ArrayOfARN",
        "ArrayOfBool",
        "ArrayOfDate",
        "ArrayOfNumeric",
        "ArrayOfIPAddress",
        "ArrayOfBinary",
    )
} | {"boolean": "Bool", "number": "Numeric", "long": "Numeric", "integer": "Numeric", "ip": "IPAddress"}
"""The types of condition keys by lower-cased name, with the other spellings that AWS's tables use."""


@dataclass(frozen=True, slots=True)
class ActionResource:
    """A resource type that an action works on."""

    name: str
    required: bool
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """An action: `service` is the lower-case prefix, `name` is spelled as AWS spells it."""

    service: str
    name: str
    access_levels: tuple[str, ...]
    """Of `List`, `Read`, `Write`, `Tagging`, `Permissions management`; most actions have one."""
    resource_types: tuple[ActionResource, ...]
    condition_keys: tuple[str, ...]
    """Keys of the action itself; a resource type of the action may bring more, see `all_condition_keys`."""

    @property
    def full_name(self) -> str:
        return f"{self.service}:{self.name}"

    @property
    def is_wildcard_only(self) -> bool:
        """Whether the action has no resource-level permissions: only a `Resource` that covers `*` applies to it.

        Source: IAM User Guide, reference_policies_elements_resource.
        """
        return not self.resource_types

    @property
    def all_condition_keys(self) -> tuple[str, ...]:
        """The keys that the action supports, on its own or with one of its resource types; global keys are left out
        unless AWS lists them here."""
        keys = dict.fromkeys(self.condition_keys)
        for resource in self.resource_types:
            keys.update(dict.fromkeys(resource.condition_keys))
        return tuple(keys)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource and the formats of its ARNs, with placeholders such as `${Partition}`."""

    service: str
    name: str
    arn_formats: tuple[str, ...]
    condition_keys: tuple[str, ...]
    excluded_characters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """For a placeholder of the formats, the characters that it cannot hold."""

    def could_be(self, resource_pattern: str) -> bool:
        """Whether an entry of `Resource` can match some resource of this type; see `arn_format.pattern_overlaps`."""
        return any(pattern_overlaps(form, resource_pattern, self.excluded_characters) for form in self.arn_formats)

    def fits(self, arn: str) -> bool:
        """Whether a concrete ARN can be a resource of this type."""
        return any(arn_fits(form, arn, self.excluded_characters) for form in self.arn_formats)


@dataclass(frozen=True, slots=True)
class ConditionKey:
    """A condition key of a service. `name` may be a template, such as `iam:ResourceTag/${TagKey}`."""

    name: str
    type: str
    """`String`, `ARN`, `Bool`, `Date`, `Numeric`, `IPAddress`, `Binary`, or one of these after `ArrayOf`."""

    @property
    def multivalued(self) -> bool:
        """Whether a request can hold several values, so that conditions need `ForAllValues` or `ForAnyValue`.

        Source: IAM User Guide, reference_policies_condition-single-vs-multi-valued-context-keys.
        """
        return self.type.startswith("ArrayOf")
