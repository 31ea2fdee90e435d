"""Which actions work on a resource, by the types of resource that AWS lists for each action.

Source: Service Authorization Reference, "Actions defined by ...", column "Resource types".

Cost: the first question reads the resource types of all services (about 30 ms), since a service may act on resources of
another; then the actions of the few services that know such resources.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from policyeval.catalog.catalog import catalog
from policyeval.evaluation.action_sets import action_sets
from policyeval.syntax.arn import split_arn


@lru_cache(maxsize=1024)
def actions_on(arn: str) -> int:
    """The actions, as a set of bits, that name a resource type to which an ARN can belong."""
    service = split_arn(arn)[2].lower()
    found = 0
    for prefix, type_name in (*_types_by_service().get(service, ()), *_types_by_service().get(_ANY, ())):
        owner = catalog().service(prefix)
        resource_type = owner.resource_type(type_name) if owner is not None else None
        if resource_type is not None and resource_type.fits(arn):
            found |= _actions_by_type(prefix).get(type_name.lower(), 0)
    return found


_ANY = "*"


@lru_cache(maxsize=1)
def _types_by_service() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The resource types, as service and name, by the service segment of their ARNs; `*` for a placeholder there."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for prefix in catalog().services:
        service = catalog().service(prefix)
        for name, resource_type in service.resource_types.items() if service is not None else ():
            for form in resource_type.arn_formats:
                named = split_arn(form)[2].lower() if form.count(":") >= 2 else _ANY
                found.setdefault(_ANY if "{" in named or "*" in named else named, {})[prefix, name] = None
    return {service: tuple(types) for service, types in found.items()}


@lru_cache(maxsize=512)
def _actions_by_type(prefix: str) -> Mapping[str, int]:
    """The actions of a service by the lower-cased names of the resource types that they work on."""
    service, table = catalog().service(prefix), action_sets().table
    found: dict[str, int] = {}
    for action in service.actions.values() if service is not None else ():
        at = table.index(action.full_name)
        for resource in action.resource_types if at is not None else ():
            found[resource.name.lower()] = found.get(resource.name.lower(), 0) | 1 << (at or 0)
    return found
