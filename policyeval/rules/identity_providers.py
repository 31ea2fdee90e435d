"""OpenID Connect providers that a trust policy names, and the claims of their tokens that it asks for.

Source: IAM User Guide, id_roles_create_for-idp_oidc; reference_policies_iam-condition-keys.
"""

from __future__ import annotations

from typing import NamedTuple

from policyeval.policy.model import Condition, PrincipalEntry, Statement
from policyeval.rules.key_support import is_false_without_key
from policyeval.syntax.action import compile_action
from policyeval.syntax.arn import split_arn

AUDIENCE = "aud"


class Trusted(NamedTuple):
    """A provider as a statement names it; `host` is the prefix of its condition keys, in lower case."""

    entry: PrincipalEntry
    host: str


def trusted_providers(statement: Statement) -> tuple[Trusted, ...]:
    """The OpenID Connect providers whose tokens a statement takes."""
    if statement.effect != "Allow" or not any(entry.type == "Federated" for entry in statement.principals or ()):
        return ()
    if not any(compile_action(entry.text)("sts:assumerolewithwebidentity") for entry in statement.actions or ()):
        return ()
    found = ((entry, provider_host(entry.text)) for entry in statement.principals or () if entry.type == "Federated")
    return tuple(Trusted(entry, host.lower()) for entry, host in found if host)


def provider_host(principal: str) -> str | None:
    """The prefix of a provider's condition keys: of its ARN what follows `oidc-provider/`."""
    from policyeval.catalog.oidc import provider_domains

    segments = split_arn(principal)
    if len(segments) == 6 and segments[5].startswith("oidc-provider/"):
        return segments[5].removeprefix("oidc-provider/")
    return principal if principal in provider_domains() else None


def claim_of(condition: Condition) -> tuple[str, str]:
    """The provider and the claim of a condition's key, both in lower case."""
    host, _, claim = condition.key.lower().rpartition(":")
    return host, claim


def asked_claims(statement: Statement, host: str) -> dict[str, Condition]:
    """The claims of a provider's tokens that a statement asks for, so that it fails without them."""
    return {
        claim: condition
        for condition in statement.conditions
        for provider, claim in (claim_of(condition),)
        if provider == host and condition.operator.base != "Null" and is_false_without_key(condition)
    }


def holder_claims(statement: Statement, host: str) -> tuple[str, ...]:
    """The claims of a shared provider's tokens that a statement compares so that only those of known holders fit."""
    from policyeval.catalog.oidc import ties_to_holder

    return tuple(
        claim
        for claim, condition in asked_claims(statement, host).items()
        if condition.values and all(ties_to_holder(condition.key, value.text) for value in condition.values)
    )
