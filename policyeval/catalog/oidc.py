"""OpenID Connect providers and the condition keys that their tokens bring: `provider:claim`.

Source: IAM User Guide, reference_policies_iam-condition-keys (keys of web identity federation),
id_roles_create_for-idp_oidc; the providers' own pages, named in `data/oidc.json`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from policyeval.catalog.key_template import fits_template
from policyeval.catalog.model import ConditionKey
from policyeval.catalog.overlay import load_overlay
from policyeval.syntax.wildcard import has_wildcard

GITHUB = "token.actions.githubusercontent.com"


@dataclass(frozen=True, slots=True)
class Provider:
    """A well-known provider; `prefix` may be a template, such as that of an EKS cluster."""

    prefix: str
    name: str


@lru_cache(maxsize=1)
def providers() -> tuple[Provider, ...]:
    return tuple(Provider(entry["prefix"], entry["name"]) for entry in load_overlay("oidc")["providers"])


def provider_of_key(key: str) -> Provider | None:
    """The well-known provider whose claim a key names.

    >>> provider_of_key("token.actions.githubusercontent.com:sub").name
    'GitHub Actions'
    """
    prefix, colon, _ = key.rpartition(":")
    if not colon:
        return None
    return next((provider for provider in providers() if fits_template(provider.prefix, prefix)), None)


@lru_cache(maxsize=1)
def provider_domains() -> frozenset[str]:
    """The domains that `Principal.Federated` may name without an ARN."""
    return frozenset(entry["prefix"] for entry in load_overlay("oidc")["domains"])


@lru_cache(maxsize=1)
def shared_providers() -> frozenset[str]:
    """The providers at which anyone can sign in, by the host that their tokens come from."""
    return frozenset(entry["prefix"] for entry in load_overlay("oidc")["shared"])


def ties_to_holder(key: str, value: str) -> bool:
    """Whether only tokens of a known holder (an owner, an application, a person) have a claim that fits a value.

    Of a shared provider, that is: whoever runs a workflow chooses its audience, branch and environment, and not whose
    repository it is.

    >>> ties_to_holder("token.actions.githubusercontent.com:sub", "repo:example-corp/*")
    True
    >>> ties_to_holder("token.actions.githubusercontent.com:aud", "sts.amazonaws.com")
    False
    """
    head = _ties().get(key.lower())
    if head is None:
        return False
    return not has_wildcard(value) or (bool(head) and re.match(head, value) is not None)


def claims_of_holders(host: str) -> tuple[str, ...]:
    """The claims that tie a token of a shared provider to its holder."""
    return tuple(key.rpartition(":")[2] for key in _ties() if key.rpartition(":")[0] == host)


@lru_cache(maxsize=1)
def _ties() -> dict[str, str]:
    """For a claim that ties a token to its holder, the head that a value with wildcards must spell out; or nothing."""
    return {f"{entry['prefix']}:{entry['claim']}": entry.get("head", "") for entry in load_overlay("oidc")["shared"]}


@lru_cache(maxsize=1)
def _claims() -> dict[str, str]:
    return {entry["claim"]: entry["type"] for entry in load_overlay("oidc")["claims"]}


def claim_key(key: str) -> ConditionKey | None:
    """The entry for a standard claim of any provider, such as `oidc.example.com:sub`.

    A provider's prefix is a host name, with a path perhaps, so a prefix without a dot is none.
    """
    prefix, _, claim = key.rpartition(":")
    kind = _claims().get(claim.lower()) if "." in prefix else None
    if kind is None:
        return None
    return ConditionKey(name=f"{prefix}:{claim.lower()}", type=kind)
