"""Actions and action patterns: `service:Name`, both halves without regard to case.

Source: IAM User Guide, reference_policies_elements_action. The name may hold `*` and `?`; the service prefix may not,
except in `*:*`, which is everything as `*` is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from policyeval.errors import RequestError
from policyeval.syntax.wildcard import Matcher, compile_pattern, has_wildcard

_ENTRY = re.compile(r"[A-Za-z0-9.-]+:[A-Za-z0-9*?_./-]+|\*+|\*:\*")
_REQUEST = re.compile(r"[A-Za-z0-9.-]+:[A-Za-z0-9_.-]+")


def never(_action: str) -> bool:
    """Match nothing: what an action entry does that AWS stores but never matches."""
    return False


@lru_cache(maxsize=65536)
def compile_action(pattern: str) -> Matcher:
    """A function that says whether a *lower-cased* action fits the pattern.

    Entries that AWS stores but never matches (white space, a comma, an empty name, no colon) match nothing, so a
    `NotAction` of only such entries matches everything (semantics section 2, rule 6).
    """
    return compile_pattern(pattern.lower()) if is_well_formed(pattern) else never


@lru_cache(maxsize=65536)
def is_well_formed(pattern: str) -> bool:
    """Whether an entry of `Action` can match anything at all.

    >>> is_well_formed("iam:*AccessKey*"), is_well_formed("*"), is_well_formed("iam>DeleteAccessKey")
    (True, True, False)
    """
    return _ENTRY.fullmatch(pattern) is not None


def has_wildcard_in_prefix(pattern: str) -> bool:
    """Whether the service prefix holds a wildcard, which AWS refuses: "Vendor s3* is not valid"."""
    prefix, colon, _ = pattern.partition(":")
    return bool(colon) and has_wildcard(prefix) and pattern != "*:*"


def action_matches(pattern: str, action: str) -> bool:
    """Whether a request's action fits an entry of `Action`.

    >>> action_matches("iam:Create?ccessKey", "IAM:CreateAccessKey")
    True
    """
    return compile_action(pattern)(action.lower())


@lru_cache(maxsize=65536)
def check_request_action(action: str) -> str:
    """The action itself when it can be asked for; raises `RequestError` otherwise."""
    if _REQUEST.fullmatch(action) is None:
        if has_wildcard(action):
            raise RequestError(
                f"`{action}` is a pattern, and a request has one action",
                help="list what it matches with `policyeval expand`",
            )
        raise RequestError(f"`{action}` is no action", help="the form is `service:Name`, for example `s3:GetObject`")
    return action
