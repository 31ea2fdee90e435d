"""What statements are about, so that a rule is asked only where it may have something to say.

Half of the rules are about conditions, and most of the others about variables, ARNs or odd spellings; most statements
have none of them. A rule that is not asked costs nothing, and its module is not even loaded.
"""

from __future__ import annotations

import re
from enum import Flag, auto

from policyeval.policy.model import Policy, Statement
from policyeval.syntax.action import is_well_formed


class Topic(Flag):
    """Something that a statement can be about."""

    ANYTHING = 0
    CONDITION = auto()
    NOT_ACTION = auto()
    NOT_RESOURCE = auto()
    PRINCIPAL = auto()
    DENY = auto()
    SOME_RESOURCE = auto()
    """`Resource` or `NotResource` holds something else than one lone `*`."""
    NO_RESOURCE = auto()
    """There is neither `Resource` nor `NotResource`."""
    EVERY_RESOURCE = auto()
    """A resource is `*`, or a run of them."""
    IAM_ACTION = auto()
    """An action of IAM may be meant: one is written, or all actions are, or `NotAction`."""
    MALFORMED_ACTION = auto()
    """An action can match nothing as it is written."""
    VARIABLE = auto()
    """A text holds `$`, `{` or `<`, as variables do and what is taken for them."""
    ODD_CHARACTER = auto()
    """A text holds other than printable ASCII, or begins or ends with a blank."""
    EMPTY_VALUE = auto()
    """The `Sid` is empty, or the document holds an empty list or object somewhere."""
    SEVERAL_ACTIONS = auto()
    SEVERAL_RESOURCES = auto()
    LARGE = auto()
    """The document is as long as the smallest quota, or it is not known how long it is as JSON."""


def topics_of(statement: Statement) -> int:
    """The topics of a statement, as the value of a `Topic`; never one too few. Cost: some 10 µs."""
    action_texts = [entry.text for entry in (*(statement.actions or ()), *(statement.not_actions or ()))]
    resource_texts = [entry.text for entry in (*(statement.resources or ()), *(statement.not_resources or ()))]
    other_texts = [statement.sid or ""]
    if statement.principals is not None or statement.not_principals is not None:
        principals = (*(statement.principals or ()), *(statement.not_principals or ()))
        other_texts += [principal.text for principal in principals]
    for condition in statement.conditions:
        other_texts.append(condition.key)
        other_texts += [value.text for value in condition.values]
    # One search through all texts instead of one through each.
    actions = f"|{'|'.join(action_texts)}|"
    text = "".join((actions, "|".join(resource_texts), "|", "|".join(other_texts), "|"))
    topics = 0
    if statement.conditions:
        topics |= _CONDITION
    if statement.not_actions is not None:
        topics |= _NOT_ACTION
    if statement.not_resources is not None:
        topics |= _NOT_RESOURCE
    if statement.principals is not None or statement.not_principals is not None:
        topics |= _PRINCIPAL
    if statement.effect == "Deny":
        topics |= _DENY
    if resource_texts != ["*"]:
        topics |= _SOME_RESOURCE
    if statement.resources is None and statement.not_resources is None:
        topics |= _NO_RESOURCE
    if any(entry and not entry.strip("*") for entry in resource_texts):
        topics |= _EVERY_RESOURCE
    if statement.not_actions is not None or "|*" in actions or "|iam:" in actions.lower():
        topics |= _IAM_ACTION
    if len(action_texts) > 1:
        topics |= _SEVERAL_ACTIONS
    if len(resource_texts) > 1:
        topics |= _SEVERAL_RESOURCES
    if not all(map(is_well_formed, action_texts)):
        topics |= _MALFORMED_ACTION
    if "$" in text or "{" in text or "<" in text:
        topics |= _VARIABLE
    if not (text.isascii() and text.isprintable()) or "| " in text or " |" in text:
        topics |= _ODD_CHARACTER
    if statement.sid == "":
        topics |= _EMPTY_VALUE
    return topics


def topics_of_document(policy: Policy) -> int:
    """The topics that the text of a document gives to all its statements, as the value of a `Topic`."""
    source = policy.source
    if source is None:
        return 0
    topics = _EMPTY_VALUE if _EMPTY.search(source.text) is not None else 0
    if len(source.text) >= SMALLEST_QUOTA or source.is_yaml:
        topics |= _LARGE
    return topics


SMALLEST_QUOTA = 2048
"""Characters; a test holds it to the quotas of the catalog."""
_EMPTY = re.compile(r"\{\s*\}|\[\s*\]")
# As integers: an operation on flags takes a microsecond.
_CONDITION = Topic.CONDITION.value
_NOT_ACTION = Topic.NOT_ACTION.value
_NOT_RESOURCE = Topic.NOT_RESOURCE.value
_PRINCIPAL = Topic.PRINCIPAL.value
_DENY = Topic.DENY.value
_SOME_RESOURCE = Topic.SOME_RESOURCE.value
_NO_RESOURCE = Topic.NO_RESOURCE.value
_EVERY_RESOURCE = Topic.EVERY_RESOURCE.value
_IAM_ACTION = Topic.IAM_ACTION.value
_MALFORMED_ACTION = Topic.MALFORMED_ACTION.value
_VARIABLE = Topic.VARIABLE.value
_ODD_CHARACTER = Topic.ODD_CHARACTER.value
_EMPTY_VALUE = Topic.EMPTY_VALUE.value
_SEVERAL_ACTIONS = Topic.SEVERAL_ACTIONS.value
_SEVERAL_RESOURCES = Topic.SEVERAL_RESOURCES.value
_LARGE = Topic.LARGE.value
