"""Who is meant by a statement for everybody: whether a condition, or a Deny beside it, keeps strangers out.

Source: Amazon S3 User Guide, access-control-block-public-access ("The meaning of public"). AWS takes a condition for
one that keeps strangers out when it fixes the value of a key that AWS fills in from who calls, or from where. A value
with a wildcard is taken for fixed here, too, where an account, an organization, a role's id or a bucket is still
written out.
"""

from __future__ import annotations

import re

from policyeval.policy.model import Condition, Entry, Policy, PrincipalEntry, Statement
from policyeval.rules.contract import RuleContext
from policyeval.rules.cover import resource_covers
from policyeval.rules.wide_values import first_place
from policyeval.syntax.arn import is_account_id, split_arn
from policyeval.syntax.operator import Qualifier

_ROLE_ID = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{4,}:")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}/")
_CALLS_OF_SERVICES = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})


def everybody(statement: Statement) -> PrincipalEntry | None:
    """The entry of `Principal` that means everybody."""
    return next((entry for entry in statement.principals or () if entry.type == "AWS" and entry.text == "*"), None)


def gap(condition: Condition, policy: Policy) -> str | None:
    """Why a condition of an Allow lets strangers through, in a few words; nothing when it keeps them out."""
    from policyeval.catalog.global_keys import global_key
    from policyeval.catalog.key_lists import pinning_keys

    operator = condition.operator
    known = global_key(condition.key)
    if known is not None and known.spoofable:
        return "the caller chooses the value"
    if condition.key.lower() not in pinning_keys():
        return "does not say who calls"
    if operator.base == "Null":
        return "asks for no certain value"
    if operator.is_negated:
        return "shuts these out, and nobody else"
    if operator.if_exists or operator.qualifier is Qualifier.FOR_ALL_VALUES:
        return "also true of callers without the key"
    return next((found for value in condition.values if (found := _width(condition, value, policy))), None)


def _width(condition: Condition, value: Entry, policy: Policy) -> str | None:
    """Why a value fits strangers, too."""
    family = condition.operator.family
    if family == "Bool":
        return None if value.text.lower() == "true" else "true of strangers"
    if family == "IpAddress":
        return _breadth(value.text)
    if first_place(condition, value, policy, "variable") is not None:
        return "a variable takes the caller's own value"
    at = first_place(condition, value, policy, "wildcard")
    if at is None or _is_written_out(condition.key.lower(), value.text, at[0]):
        return None
    return "the wildcard fits strangers, too"


def fits_strangers(condition: Condition, value: Entry, policy: Policy) -> bool:
    """Whether a value is so wild that resources, accounts or organizations of strangers fit it."""
    at = first_place(condition, value, policy, "wildcard")
    return at is not None and not _is_written_out(condition.key.lower(), value.text, at[0])


def _is_written_out(key: str, pattern: str, at: int) -> bool:
    """Whether a pattern, whose first wildcard is at an offset, still names an account, organization, role or bucket."""
    segments = split_arn(pattern)
    if len(segments) == 6:
        is_bucket = segments[2] == "s3" and "*" not in segments[5] and "?" not in segments[5]
        return is_account_id(segments[4]) or is_bucket
    head = pattern[:at]
    if key == "aws:userid":
        return _ROLE_ID.match(head) is not None
    return _ORGANIZATION.match(head) is not None


def _breadth(text: str) -> str | None:
    """Why a range of addresses is as good as all of them."""
    from policyeval.catalog.key_lists import narrow_enough
    from policyeval.evaluation.comparison import read_network

    network = read_network(text)
    if network is None:
        return None
    version, first, last = network
    bits = 32 if version == 4 else 128
    if narrow_enough(version, bits - (last - first).bit_length()):
        return None
    return "anybody can have such an address"


def is_narrowed_by_deny(statement: Statement, context: RuleContext) -> bool:
    """Whether Denies of the same policy keep strangers from all that an Allow gives: `StringNotEquals` on
    `aws:PrincipalOrgID`, say, for everybody, the same actions and the same resources."""
    denies = [each for each in context.policy if each.effect == "Deny" and _shuts_strangers_out(each, context.policy)]
    if not denies:
        return False
    actions = context.actions(statement)
    covering = [deny for deny in denies if actions <= context.actions(deny)]
    if statement.resources is None:
        return any(deny.resources is None or _covers("*", deny) for deny in covering)
    return all(any(_covers(entry.text, deny) for deny in covering) for entry in statement.resources)


def _covers(resource: str, deny: Statement) -> bool:
    if deny.not_resources is not None:
        return not any(resource_covers(entry.text, resource) for entry in deny.not_resources)
    return deny.resources is None or any(resource_covers(entry.text, resource) for entry in deny.resources)


def _shuts_strangers_out(deny: Statement, policy: Policy) -> bool:
    """Whether every stranger fulfils all conditions of a Deny for everybody, or for everybody but some."""
    if everybody(deny) is None and deny.not_principals is None:
        return False
    return all(_is_true_of_strangers(condition, policy) for condition in deny.conditions)


def _is_true_of_strangers(condition: Condition, policy: Policy) -> bool:
    from policyeval.catalog.key_lists import pinning_keys

    key, operator = condition.key.lower(), condition.operator
    if key in _CALLS_OF_SERVICES:
        return operator.base == "Bool" and all(value.text.lower() == "false" for value in condition.values)
    if not operator.is_negated or operator.qualifier is Qualifier.FOR_ANY_VALUE:
        return False
    if key.startswith("aws:resourcetag/"):
        return True
    return key in pinning_keys() and all(_width(condition, value, policy) is None for value in condition.values)
