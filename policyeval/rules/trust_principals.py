"""Identity providers as principals of a role's trust policy.

Source: IAM User Guide, reference_policies_elements_principal; IAM answers "Federated principals must be valid domain
names or SAML metadata ARNs".
"""

from __future__ import annotations

import re
from typing import Literal

from policyeval.policy.model import PrincipalEntry
from policyeval.syntax.arn import split_arn

ProviderKind = Literal["SAML", "OIDC"]
_DOMAIN = r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"


def provider_kind(text: str) -> ProviderKind | None:
    """What kind of provider a `Federated` principal is; nothing when it is none."""
    segments = split_arn(text)
    if segments[0] == "arn":
        if len(segments) < 6 or segments[2] != "iam":
            return None
        kind, slash, name = segments[5].partition("/")
        if not slash or not name:
            return None
        return {"saml-provider": "SAML", "oidc-provider": "OIDC"}.get(kind)  # type: ignore[return-value]  # its values
    return "OIDC" if re.fullmatch(_DOMAIN, text) else None


ASSUMES = {
    "sts:assumerole": "sts:AssumeRole",
    "sts:assumerolewithsaml": "sts:AssumeRoleWithSAML",
    "sts:assumerolewithwebidentity": "sts:AssumeRoleWithWebIdentity",
}
"""The actions that begin a session of a role."""


def action_of(principal: PrincipalEntry) -> str | None:
    """The action by which a principal assumes a role; nothing for a provider that is none."""
    if principal.type != "Federated":
        return "sts:AssumeRole"
    kind = provider_kind(principal.text)
    if kind is None:
        return None
    return "sts:AssumeRoleWithSAML" if kind == "SAML" else "sts:AssumeRoleWithWebIdentity"
