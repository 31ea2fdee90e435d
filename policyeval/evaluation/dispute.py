"""Where AWS's own texts, or the people who tested AWS, disagree: semantics section 12.

Each dispute has a reading that policyeval takes and another. The evaluator can be told to take the other, which is
how a result says what it would then decide.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class _Dispute(NamedTuple):
    question: str
    taken: str
    other: str


class Dispute(Enum):
    """The disputes that a decision can hang on. The values give both readings in a person's words."""

    SESSION_ARN_AND_SESSION_POLICY = _Dispute(
        "does a grant to the session's own ARN pass the implicit deny of a session policy",
        "it passes, as AWS's pages say",
        "it does not pass",
    )
    MISSING_VARIABLE_NEGATED = _Dispute(
        "is a negated operator true when the variable in its value cannot be resolved",
        "it is true, as AWS's example has it",
        "it is false",
    )
    VARIABLE_IN_OLD_VERSION = _Dispute(
        "are variables text under Version 2008-10-17 or none",
        "they are text, as AWS's pages say",
        "they are variables",
    )
    FEDERATED_WITHOUT_SESSION_POLICY = _Dispute(
        "has a federated user without a session policy any permissions",
        "none, as the GetFederationToken pages say",
        "those of the IAM user, by a default session policy",
    )
    SHORT_ARN = _Dispute(
        "what does a resource with fewer than six segments match",
        "its missing segments count as `*`, each within its own segment",
        "its `*` runs on over the colons that follow",
    )
    TAG_VALUE_CASE = _Dispute(
        "are the values of tags compared with regard to case",
        "they are, as AWS's page of 2026 says",
        "they are not",
    )
    VARIABLE_IN_BOOL = _Dispute(
        "are variables replaced under `Bool`",
        "they are not, as the page on variables says",
        "they are, as the page on operators says",
    )
    TRUST_OF_EVERYONE = _Dispute(
        "does `*` work as the principal of a trust policy",
        "it works, as AWS's pages say",
        "it matches nobody",
    )
    ANY_VALUE_IF_EXISTS = _Dispute(
        "is `ForAnyValue:…IfExists` true when the key is missing",
        "it is true: IfExists comes first",
        "it is false: no value matches",
    )
    EMPTY_VALUE_LIST = _Dispute(
        "what does a condition with an empty list of values say",
        "no value matches, so a positive operator is false and a negated one true",
        "the reverse",
    )
    TYPE_WILDCARD = _Dispute(
        "may a wildcard stand in the resource type of an IAM ARN",
        "it matches like any other",
        "it matches nothing",
    )
    NOT_RESOURCE_UNRESOLVED = _Dispute(
        "does `NotResource` hold when a variable in it cannot be resolved",
        "the statement does not match",
        "it matches, since the entry matches no resource",
    )
    PRINCIPAL_ARN_OF_SESSION = _Dispute(
        "what is `aws:PrincipalArn` of a role session",
        "the role's ARN",
        "the session's ARN",
    )
    SCP_ACTION_CASE = _Dispute(
        "do the actions of an SCP ignore case",
        "they do, as everywhere",
        "they do not",
    )
    LIST_OF_BUCKETS = _Dispute(
        "does `arn:aws:s3:::*` let a caller list all buckets",
        "it does not: `*` is needed, as IAM's page on NotAction says",
        "it does, as S3's walkthrough of user policies has it",
    )
    MALFORMED_VALUE_NEGATED = _Dispute(
        "is a negated operator true when a value cannot be read (a number or an address that is none)",
        "the value is passed over, so it is true unless another value matches",
        "it is false",
    )
    PARTIAL_NOT_PRINCIPAL = _Dispute(
        "does `NotPrincipal` spare a caller whose account, role and session are not all listed",
        "it spares a caller of whom any entry speaks",
        "it spares only callers listed in full",
    )
    CANONICAL_USER = _Dispute(
        "is the caller's account the one with this canonical user id",
        "it is not: canonical ids are not known offline",
        "it is",
    )

    @property
    def rule(self) -> str:
        """Its name in output: kebab-case."""
        return self.name.lower().replace("_", "-")

    @property
    def question(self) -> str:
        return self.value.question

    @property
    def taken(self) -> str:
        return self.value.taken

    @property
    def other(self) -> str:
        return self.value.other
