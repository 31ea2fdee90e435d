"""Condition values that are meant to pin somebody down and hold a wildcard or variable instead.

Access Analyzer's own list of such keys is not public. Taken are the keys of which AWS says that wildcards make no sense
in their values, `aws:userid`, and the `sub` claim of identity providers.

Source: IAM User Guide, reference_policies_condition-keys (sensitive keys); access-analyzer-reference-policy-checks,
WILDCARD_USAGE_TOO_PERMISSIVE and VARIABLE_USAGE_TOO_PERMISSIVE.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from policyeval.catalog.global_keys import global_key
from policyeval.catalog.oidc import claim_key
from policyeval.policy.model import Condition, Entry, Policy, Statement
from policyeval.syntax.variable import Variable, parse_template
from policyeval.syntax.wildcard import literal_head

LITERAL_CHARACTERS = 6
"""So many plain characters have to stand before the first wildcard or variable of a subject."""
Means = Literal["wildcard", "variable"]


class WideValue(NamedTuple):
    """A value, where in it the wildcard or variable stands, and why it is too wide."""

    condition: Condition
    value: Entry
    within: tuple[int, int]
    reason: str


def wide_values(statement: Statement, policy: Policy, means: Means) -> Iterator[WideValue]:
    """The values that open what the statement should keep closed, by a wildcard or by a variable."""
    for condition in statement.conditions:
        if not narrows(statement, condition):
            continue
        for value in condition.values:
            within = first_place(condition, value, policy, means)
            reason = None if within is None else why(condition.key.lower(), value.text, within[0])
            if within is not None and reason is not None:
                yield WideValue(condition, value, within, reason)


def narrows(statement: Statement, condition: Condition) -> bool:
    """Whether a wider value lets more requests through: positive in an Allow, negated in a Deny."""
    if condition.operator.family not in ("String", "Arn"):
        return False
    return condition.operator.is_negated == (statement.effect == "Deny")


def first_place(condition: Condition, value: Entry, policy: Policy, means: Means) -> tuple[int, int] | None:
    """The first wildcard, where the operator has them, or variable of the caller's, where the document has them."""
    if means == "wildcard":
        if "Like" not in condition.operator.base and condition.operator.family != "Arn":
            return None
        text = _without_variables(value.text) if policy.has_variables else value.text
        at = len(literal_head(text))
        return (at, at + 1) if at < len(text) else None
    if not policy.has_variables:
        return None
    at = 0
    for part in parse_template(value.text):
        end = at + len(part) if isinstance(part, str) else value.text.index("}", at) + 1
        if isinstance(part, Variable) and not is_set_by_aws(part.key):
            return at, end
        at = end
    return None


def is_set_by_aws(key: str) -> bool:
    """Whether a key names an account, organization or network, which a caller cannot choose: comparing
    `aws:ResourceAccount` with `${aws:PrincipalAccount}` asks that the two are the same."""
    found = global_key(key)
    return found is not None and found.sensitive


def _without_variables(text: str) -> str:
    """The text with `x` for every character of a variable or escape, so that places stay what they are."""
    at, pieces = 0, []
    for part in parse_template(text):
        if isinstance(part, str):
            pieces.append(part)
            at += len(part)
        else:
            end = text.index("}", at) + 1
            pieces.append("x" * (end - at))
            at = end
    return "".join(pieces)


def why(key: str, text: str, at: int) -> str | None:
    """Why a wildcard or variable at that place of a value is too wide; nothing when it is not."""
    found = global_key(key)
    if found is not None and found.sensitive:
        return f"the value of `{found.name}` has to be written out"
    if key == "aws:userid":
        if text in ("*", "*:*") or at > text.find(":") >= 0:
            return None
        return "what stands before the colon says who it is, and has to be written out"
    if key.endswith(":sub") and claim_key(key) is not None and at < LITERAL_CHARACTERS:
        return f"fewer than {LITERAL_CHARACTERS} plain characters stand before it"
    return None
