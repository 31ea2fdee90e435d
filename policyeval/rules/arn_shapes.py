"""The ARN formats that an entry of `Resource` can be meant as.

Source: Service Authorization Reference, "Resource types defined by ...". A service's resources may stand in the table
of another one (recovery points of AWS Backup are snapshots of EC2), so the services of the statement's actions are
asked besides the one that the ARN names.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from policyeval.catalog.arn_format import pattern_overlaps, resource_overlaps
from policyeval.catalog.catalog import catalog
from policyeval.policy.model import Statement
from policyeval.rules.once import once_a_statement
from policyeval.rules.written_arns import REGION, RESOURCE, SERVICE, WrittenArn
from policyeval.syntax.wildcard import has_wildcard

_PLAIN_HEAD = r"[^$*?{]*"


class Shape(NamedTuple):
    """One ARN format of a resource type; `region` and `account` are its segments, empty or a placeholder."""

    service: str
    resource_type: str
    format: str
    region: str
    account: str
    head: str
    """The text of the resource part before its first placeholder."""
    excluded: tuple[tuple[str, str], ...]


@lru_cache(maxsize=512)
def _shapes_of(prefix: str) -> tuple[Shape, ...]:
    service = catalog().service(prefix)
    if service is None:
        return ()
    return tuple(
        _shape(prefix, kind.name, form, kind.excluded_characters)
        for kind in service.resource_types.values()
        for form in kind.arn_formats
    )


def _shape(service: str, resource_type: str, form: str, excluded: tuple[tuple[str, str], ...]) -> Shape:
    region, account, resource = form.split(":", RESOURCE)[REGION:]
    head = re.match(_PLAIN_HEAD, resource).group()  # type: ignore[union-attr]  # the empty text matches
    return Shape(service, resource_type, form, region, account, head, excluded)


@once_a_statement
def action_services(statement: Statement) -> frozenset[str]:
    """The services that a statement's actions name, in lower case."""
    entries = (*(statement.actions or ()), *(statement.not_actions or ()))
    prefixes = (entry.text.partition(":")[0].lower() for entry in entries if ":" in entry.text)
    return frozenset(prefix for prefix in prefixes if not has_wildcard(prefix))


def shapes_of_service(arn: WrittenArn, statement: Statement) -> tuple[Shape, ...]:
    """All formats that ARNs of the service can have; none when the service is not named, or has no resources."""
    name = arn.literal(SERVICE)
    return _shapes(name.lower(), action_services(statement)) if name else ()


@lru_cache(maxsize=1024)
def _shapes(name: str, others: frozenset[str]) -> tuple[Shape, ...]:
    own = _shapes_of(name)
    more = (shape for other in sorted(others - {name}) for shape in _shapes_of(other))
    return (*own, *(shape for shape in more if _names(shape.format, name)))


def _names(form: str, service: str) -> bool:
    segment = form.split(":", SERVICE + 1)[SERVICE]
    return segment == service or "$" in segment


def shapes_that_fit(arn: WrittenArn, statement: Statement) -> tuple[Shape, ...]:
    """The formats that an ARN's resource part can have, whatever its partition, Region and account are."""
    name = arn.literal(SERVICE)
    if not arn.is_whole or not name:
        return ()
    return _fitting(name.lower(), arn.segments[RESOURCE], action_services(statement))


@lru_cache(maxsize=65536)
def _fitting(name: str, resource: str, others: frozenset[str]) -> tuple[Shape, ...]:
    """Cost: one comparison of literal beginnings for each format, and a run of the automaton for those that agree."""
    head = re.match(_PLAIN_HEAD, resource).group()  # type: ignore[union-attr]  # the empty text matches
    return tuple(
        shape
        for shape in _shapes(name, others)
        if (shape.head.startswith(head) or head.startswith(shape.head))
        and pattern_overlaps(shape.format, f"arn:*:{name}:*:*:*", shape.excluded)
        and resource_overlaps(shape.format, resource, shape.excluded)
    )


def named_types(shapes: tuple[Shape, ...]) -> str:
    """The resource types of formats for a sentence: ``a `bucket` of `s3` ``, or ``a resource of `s3` ``."""
    services = sorted({shape.service for shape in shapes})
    types = sorted({shape.resource_type for shape in shapes})
    what = f"`{types[0]}`" if len(types) == 1 else "a resource"
    return f"{what} of `{services[0]}`" if len(services) == 1 else what
