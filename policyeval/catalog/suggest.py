"""The nearest action for one that does not exist: "did you mean"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from policyeval.catalog.action_names import WORD, nearest_name
from policyeval.catalog.catalog import Catalog, Service
from policyeval.catalog.operations import operation, operations
from policyeval.catalog.overlay import load_overlay
from policyeval.vocabulary import nearest

_MAX_LENGTH = 128
_SEPARATOR = re.compile(r"[^A-Za-z0-9-]")
_SURE = 0.8  # how like a name of the same service must be to be preferred to the very name in another service


def did_you_mean_action(text: str, catalog: Catalog) -> str | None:
    """The action that an unknown `service:Name` was most likely to be, as AWS spells it, or nothing.

    Another separator than `:` is understood (`iam>DeleteAccessKey`), a service may be misspelt or called by another
    name (`elb:`), and an action may have been looked for in the wrong service (`iam:AssumeRole`). A text that ends in
    `*` gets the nearest beginning. Cost: a few milliseconds for the actions of one service, 15 when all are searched.

    >>> from policyeval.catalog.catalog import catalog
    >>> did_you_mean_action("iam>DeleteAccesKey", catalog())
    'iam:DeleteAccessKey'
    >>> did_you_mean_action("iam:AssumeRole", catalog())
    'sts:AssumeRole'
    """
    text = text.strip()
    if not text or len(text) > _MAX_LENGTH:
        return None
    prefix, name = _split(text, catalog)
    if not name:
        return None
    service = catalog.service(prefix) or catalog.service(other_prefix(prefix) or "")
    if name.endswith("*") and "*" not in name[:-1] and "?" not in name:
        service = service or catalog.service(did_you_mean_service(prefix, catalog) or "")
        return _nearest_beginning(service, name[:-1]) if service is not None else None
    if "*" in name or "?" in name:
        return None
    if service is not None:
        found = service.action(name)
        if found is not None:
            return found.full_name
        called = operation(f"{service.prefix}:{name}")
        if called is not None:
            return called.actions[0]
        own, likeness = _nearest_of(service, name)
        return own if likeness >= _SURE else _in_other_service(name, prefix, catalog) or own
    elsewhere = _in_other_service(name, prefix, catalog)
    if elsewhere is not None:
        return elsewhere
    guess = catalog.service(did_you_mean_service(prefix, catalog) or "")
    return _nearest_of(guess, name)[0] if guess is not None else None


def did_you_mean_service(prefix: str, catalog: Catalog) -> str | None:
    """The service prefix that an unknown one was most likely to be.

    >>> from policyeval.catalog.catalog import catalog
    >>> did_you_mean_service("elb", catalog()), did_you_mean_service("dynamdb", catalog())
    ('elasticloadbalancing', 'dynamodb')
    """
    if len(prefix) > _MAX_LENGTH:
        return None
    return other_prefix(prefix) or nearest(prefix, catalog.services, cutoff=0.78)


def other_prefix(prefix: str) -> str | None:
    """The prefix that IAM uses for a service that its SDK or its users call otherwise: `elb`, `stepfunctions`."""
    found: str | None = load_overlay("prefixes")["entries"].get(prefix.lower())
    return found


def _split(text: str, catalog: Catalog) -> tuple[str, str]:
    """The service and the name, around `:` or whatever stands in its place."""
    prefix, colon, name = text.partition(":")
    if colon:
        return prefix, name
    for separator in _SEPARATOR.finditer(text):
        prefix, name = text[: separator.start()], text[separator.end() :]
        if catalog.has_service(prefix) or other_prefix(prefix) is not None:
            return prefix, name
    return "", text


def _nearest_of(service: Service, name: str) -> tuple[str | None, float]:
    """The action of a service, by its name or by that of an operation, that a name is nearest to, and how near."""
    meant = _meant_by(service)
    found = nearest_name(name, meant)
    return (meant[found[0]], found[1]) if found is not None else (None, 0.0)


@lru_cache(maxsize=64)
def _meant_by(service: Service) -> Mapping[str, str]:
    """The action of each name of an action or operation of a service."""
    called = {
        operation.name.partition(":")[2]: operation.actions[0]
        for lower, operation in operations().items()
        if lower.startswith(f"{service.prefix}:")
    }
    return called | {full_name.partition(":")[2]: full_name for full_name in service.spelled_actions.values()}


def _in_other_service(name: str, prefix: str, catalog: Catalog) -> str | None:
    """The action of exactly this name in another service; of several, the one whose service is nearest."""
    found = catalog.actions_named(name)
    if len(found) <= 1:
        return found[0] if found else None
    services = [full_name.partition(":")[0] for full_name in found]
    best = nearest(prefix, services, cutoff=0.6) if prefix else None
    return found[services.index(best)] if best is not None else None


def _nearest_beginning(service: Service, head: str) -> str | None:
    """A pattern `service:Head*` whose head is some actions' first words and nearest to `head`."""
    beginnings = _beginnings([action.name for action in service.actions.values()])
    best = nearest(head, beginnings, cutoff=0.7) if head else None
    return f"{service.prefix}:{best}*" if best is not None else None


def _beginnings(names: Sequence[str]) -> Iterable[str]:
    """The first word of each name, the first two, and so on; a word begins with a capital."""
    found: dict[str, None] = {}
    for name in names:
        for word in WORD.finditer(name):
            found[name[: word.end()]] = None
    return found
