"""Facts about condition keys that AWS states as lists: which pin a request, which need another key or an action, which
say nothing in a policy of some kind.

Source: S3 User Guide, access-control-block-public-access; IAM User Guide, reference_policies_condition-keys,
reference_policies_iam-condition-keys, confused-deputy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from policyeval.catalog.overlay import load_overlay


@lru_cache(maxsize=1)
def pinning_keys() -> frozenset[str]:
    """Lower-cased keys that keep a policy for everybody (`"Principal": "*"`) from being public when a condition fixes
    their value: they name a principal, an account, an organization, a network or an address.

    A fixed value has no wildcard or variable, except that AWS accepts a wildcard for the name in
    `s3:DataAccessPointArn`, and nothing of the form `AROA...:*` in `aws:userid`. For `aws:SourceIp` see
    `narrow_enough`.
    """
    return frozenset(entry["key"].lower() for entry in load_overlay("key_lists")["pinning"])


def narrow_enough(version: int, prefix_length: int) -> bool:
    """Whether an `aws:SourceIp` range of IPv4 or IPv6 is one that AWS does not call public: no wider than /8 or /32."""
    widest: int = load_overlay("key_lists")["widest_pinning_prefix"][str(version)]
    return prefix_length >= widest


@lru_cache(maxsize=1)
def paired_keys() -> Mapping[str, tuple[str, ...]]:
    """A lower-cased key -> the keys of which one must stand beside it, as a value alone is ambiguous."""
    return {entry["key"].lower(): tuple(entry["needs"]) for entry in load_overlay("key_lists")["pairs"]}


@lru_cache(maxsize=1)
def keys_that_need_an_action() -> Mapping[str, tuple[str, ...]]:
    """A lower-cased key -> the actions of which one must be in the statement for the key ever to be present."""
    return {
        entry["key"].lower(): (entry["action"], *entry.get("also", ()))
        for entry in load_overlay("key_lists")["needs_action"]
    }


@lru_cache(maxsize=1)
def keys_harmless_if_empty() -> Mapping[str, frozenset[str]]:
    """A lower-cased key with several values that may be asked for by `ForAllValues` alone -> the lower-cased actions
    whose requests always carry it; none where a request without it is one that nothing is to be kept from (a request
    that sets no tags)."""
    return {
        entry["key"].lower(): frozenset(map(str.lower, entry["actions"]))
        for entry in load_overlay("key_lists")["harmless_if_empty"]
    }


@lru_cache(maxsize=1)
def other_key_types() -> Mapping[str, str]:
    """A lower-cased key of a service -> a type by which AWS's examples compare it beside that of its table."""
    return {entry["key"].lower(): entry["also"] for entry in load_overlay("key_lists")["other_types"]}


@lru_cache(maxsize=1)
def keys_absent_for_service_principals() -> Mapping[str, str]:
    """A lower-cased key that calls of a service principal lack -> the key that does for them."""
    return {
        entry["key"].lower(): entry["replacement"] for entry in load_overlay("key_lists")["not_for_service_principals"]
    }


@lru_cache(maxsize=1)
def undocumented_keys() -> frozenset[str]:
    """Lower-cased keys that AWS's own policies ask for and its reference does not list."""
    return frozenset(entry["key"].lower() for entry in load_overlay("key_lists")["undocumented"])


@lru_cache(maxsize=1)
def confused_deputy_keys() -> frozenset[str]:
    """Lower-cased keys that tie a service principal's call to one resource, account or organization."""
    return frozenset(entry["key"].lower() for entry in load_overlay("key_lists")["confused_deputy"])


@dataclass(frozen=True, slots=True)
class IrrelevantKey:
    """A key that cannot tell requests apart in a policy of some kind."""

    key: str
    value: Literal["same", "absent"]
    """Whether all requests that the policy is about carry one value, or none of them carries the key."""
    why: str


@lru_cache(maxsize=1)
def irrelevant_keys() -> Mapping[tuple[str, str], IrrelevantKey]:
    """By lower-cased key and kind of policy (`PolicyKind.value`)."""
    return {
        (entry["key"].lower(), kind): IrrelevantKey(entry["key"], entry["value"], entry["why"])
        for entry in load_overlay("key_lists")["irrelevant"]
        for kind in entry["kinds"]
    }
