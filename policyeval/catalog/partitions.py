"""Partitions and their Regions.

Source: AWS General Reference, rande; for the partitions that it leaves out, the endpoint data of AWS's SDKs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from policyeval.catalog.overlay import load_overlay

_REGION_FORM = re.compile(r"[a-z]{2,5}(-[a-z]+)+-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Partition:
    """`name` is what stands in an ARN; `region_prefixes` begin the names of its Regions, none for `aws` itself."""

    name: str
    title: str
    region_prefixes: tuple[str, ...]
    regions: tuple[str, ...]


@lru_cache(maxsize=1)
def partitions() -> Mapping[str, Partition]:
    """All partitions by name."""
    return {
        entry["name"]: Partition(
            entry["name"],
            entry["title"],
            tuple(entry["region_prefixes"]),
            tuple(entry["regions"]),
        )
        for entry in load_overlay("partitions")["partitions"]
    }


@lru_cache(maxsize=1)
def regions() -> Mapping[str, str]:
    """All Regions, and the partition of each."""
    return {region: partition.name for partition in partitions().values() for region in partition.regions}


def is_region(text: str) -> bool:
    return text in regions()


def looks_like_region(text: str) -> bool:
    """Whether a text has the form of a Region's name, as one that is newer than the data has.

    >>> looks_like_region("eu-north-7"), looks_like_region("eu-nort1")
    (True, False)
    """
    return _REGION_FORM.fullmatch(text) is not None


def partition_of(region: str) -> str | None:
    """The partition of a Region; for one that is newer than the data, by the beginning of its name.

    >>> partition_of("cn-north-1"), partition_of("us-gov-north-1"), partition_of("nowhere")
    ('aws-cn', 'aws-us-gov', None)
    """
    known = regions().get(region)
    if known is not None:
        return known
    if not looks_like_region(region):
        return None
    for partition in partitions().values():
        if region.startswith(partition.region_prefixes):
            return partition.name
    return "aws"
