"""Service principals: `lambda.amazonaws.com`.

AWS publishes no complete list, so a name that is not known here may still be right; only its form can be wrong.

Source: IAM User Guide, reference_policies_elements_principal, and the services' own pages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from policyeval.catalog.overlay import load_overlay
from policyeval.catalog.partitions import is_region
from policyeval.vocabulary import nearest

_LABELS = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


@lru_cache(maxsize=1)
def suffixes() -> tuple[str, ...]:
    """The ends of service principals, each with its leading dot; the longest first."""
    return tuple(sorted(load_overlay("principals")["suffixes"], key=len, reverse=True))


@lru_cache(maxsize=1)
def known_service_principals() -> frozenset[str]:
    """Well-known service principals, for "did you mean"."""
    return frozenset(load_overlay("principals")["known"])


@lru_cache(maxsize=1)
def _regional() -> frozenset[str]:
    return frozenset(entry["principal"].replace("${Region}", "*") for entry in load_overlay("principals")["regional"])


def is_service_principal(text: str) -> bool:
    """Whether a text has the form of a service principal: lower-case labels and one of AWS's suffixes.

    >>> [is_service_principal(text) for text in ("lambda.amazonaws.com", "lambda", "*.amazonaws.com")]
    [True, False, False]
    """
    return service_of_principal(text) is not None


def service_of_principal(text: str) -> str | None:
    """What stands before the suffix: `ecs-tasks` of `ecs-tasks.amazonaws.com`."""
    for suffix in suffixes():
        if text.endswith(suffix):
            name = text[: -len(suffix)]
            return name if _LABELS.fullmatch(name) else None
    return None


def is_known_service_principal(text: str) -> bool:
    """Whether a service principal is well known, or a regional form of one (`logs.eu-west-1.amazonaws.com`)."""
    if text in known_service_principals():
        return True
    return any(is_region(label) and text.replace(label, "*", 1) in _regional() for label in text.split("."))


def did_you_mean_principal(text: str) -> str | None:
    """The well-known service principal that is nearest to a text; one without a suffix is tried with it."""
    if len(text) > 128:
        return None
    candidate = text.lower() if "." in text else f"{text.lower()}.amazonaws.com"
    if candidate in known_service_principals():
        return candidate
    return nearest(candidate, known_service_principals(), cutoff=0.85)


def misspelt_principal(text: str) -> str | None:
    """The well-known service principal of which a text in the form of one is a slip of the pen.

    Nothing for one that is known, for the name of a service, for a name with a dot (a part of a service, or a Region's)
    and for short names, of which others are always near.

    >>> misspelt_principal("lamda.amazonaws.com"), misspelt_principal("ec3.amazonaws.com")
    ('lambda.amazonaws.com', None)
    """
    from policyeval.catalog.catalog import catalog

    name = service_of_principal(text)
    if name is None or "." in name or len(name) < 5 or is_known_service_principal(text) or catalog().has_service(name):
        return None
    suffix = text[len(name) :]
    known = [each.removesuffix(suffix) for each in known_service_principals() if each.endswith(suffix)]
    best = nearest(name, [each for each in known if "." not in each], cutoff=0.9)
    if best is None or best.rstrip("v0123456789") == name.rstrip("v0123456789"):
        return None  # a newer version of a service is another one
    return f"{best}{suffix}"
