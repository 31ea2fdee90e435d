"""The forms of principals that a policy may name.

Source: IAM User Guide, reference_policies_elements_principal; for unique ids, reference_identifiers.
"""

from __future__ import annotations

import re

from policyeval.policy.spelling import ACCOUNT_PLACEHOLDER
from policyeval.syntax.arn import is_account_id, split_arn

PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
_UNIQUE_ID = re.compile(r"A(?:IDA|ROA|CCA|GPA|NPA|NVA|PKA|SCA|SIA)[A-Z0-9]{4,}")


def type_of_bare(text: str) -> str:
    """Under which key a bare principal string was meant to stand."""
    if text.endswith((".amazonaws.com", ".amazonaws.com.cn", ".amazon.com")):
        return "Service"
    return "Federated" if ":saml-provider/" in text or ":oidc-provider/" in text else "AWS"


def is_aws_principal(text: str) -> bool:
    """An account id, an ARN, a unique id, or text that a person is meant to replace."""
    return (
        text == "*"
        or is_account_id(text)
        or (text.startswith("arn:") and len(split_arn(text)) == 6)
        or _UNIQUE_ID.fullmatch(text) is not None
        or ACCOUNT_PLACEHOLDER in text
    )
