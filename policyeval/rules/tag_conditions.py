"""Conditions on tags, and the actions whose requests never carry them.

Source: Service Authorization Reference, which lists `aws:ResourceTag`, `aws:RequestTag` and `aws:TagKeys` for each
action and resource type that supports them; IAM User Guide, reference_policies_condition-keys#condition-keys-
resourcetag: "when the requested resource already has attached tags or in requests that create a resource with an
attached tag".
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.policy.model import Condition, Entry, Statement
from policyeval.rules.contract import Remark, RuleContext
from policyeval.rules.key_support import is_false_without_key, supports
from policyeval.rules.wording import quoted
from policyeval.syntax.action import compile_action
from policyeval.syntax.wildcard import has_wildcard

_RESOURCE_TAG = "aws:resourcetag/"
_REQUEST_TAG = "aws:requesttag/"
_WELL_KNOWN = (
    "s3:GetObject",
    "s3:ListAllMyBuckets",
    "iam:CreateAccessKey",
    "ec2:DescribeInstances",
    "sts:GetCallerIdentity",
)
"""Shown first of the actions that lack a key, as everybody knows them."""
SHOWN = 3


def tag_conditions(statement: Statement) -> Iterator[Condition]:
    """The conditions on tags that are false for a request without the key."""
    for condition in statement.conditions:
        lower = condition.key.lower()
        if (lower.startswith((_RESOURCE_TAG, _REQUEST_TAG)) or lower == "aws:tagkeys") and is_false_without_key(
            condition
        ):
            yield condition


def carries(action: str, key: str) -> bool:
    """Whether requests for an action (`service:Name`) can carry a tag key, which is given in lower case.

    A request that creates a resource with tags carries them as tags of the resource too.
    """
    if supports(action, key):
        return True
    return key.startswith(_RESOURCE_TAG) and supports(action, _REQUEST_TAG + key.removeprefix(_RESOURCE_TAG))


def entries_without(statement: Statement, key: str, context: RuleContext) -> list[Entry]:
    """The entries of `Action` of whose actions none carries a key, given in lower case.

    Patterns that span services, and entries that match no action, are left alone.
    """
    found = []
    for entry in statement.actions or ():
        if has_wildcard(entry.text.partition(":")[0]):
            continue
        actions = context.expand(entry.text)
        if actions and not any(carries(action, key) for action in actions):
            found.append(entry)
    return found


def tags_on_actions(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    """A remark for each tag condition that keeps entries of `Action` from ever applying; an entry is told once."""
    told: set[str] = set()
    for condition in tag_conditions(statement):
        without = [
            entry for entry in entries_without(statement, condition.key.lower(), context) if entry.pointer not in told
        ]
        if not without:
            continue
        told.update(entry.pointer for entry in without)
        yield _remark(statement, condition, without, context)


def _remark(statement: Statement, condition: Condition, without: list[Entry], context: RuleContext) -> Remark:
    names = quoted((entry.text for entry in without), most=SHOWN)
    allows = statement.effect == "Allow"
    services = dict.fromkeys(entry.text.partition(":")[0].lower() for entry in without)
    strangers = [prefix for prefix in services if not _service_carries(prefix, condition.key.lower(), context)]
    them = "them" if len(without) > 1 else "it"
    verb = "allows" if allows else "denies"
    notes = [f"by AWS's reference no request for {them} carries the key, so the statement never {verb} {them}"]
    if strangers:
        notes.append(f"no action of {quoted(strangers)} has the key")
    return Remark(
        f"{names} {'do' if len(without) > 1 else 'does'} not support `{condition.key}`",
        Where(condition.pointer, on_key=True),
        label="false without the key",
        related=tuple(Label(Where(entry.pointer), "has no such tags") for entry in without[:SHOWN]),
        notes=tuple(notes),
        help="put these actions in a statement without this condition"
        if allows
        else "deny these actions by their resources, or whatever the tags are",
    )


def _service_carries(prefix: str, key: str, context: RuleContext) -> bool:
    service = context.catalog.service(prefix)
    return service is not None and any(carries(action.full_name, key) for action in service.actions.values())


def tags_on_all_but(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    """A remark when a tag condition keeps a statement with `NotAction` from applying to actions without tags."""
    for condition in tag_conditions(statement):
        without = _left_without(statement, condition.key.lower(), context)
        if not without:
            continue
        allows = statement.effect == "Allow"
        element = statement.element("NotAction")
        names = quoted(without)
        yield Remark(
            f"actions that do not know `{condition.key}` are never {'allowed' if allows else 'denied'}, "
            f"{names} among them",
            Where(condition.pointer, on_key=True),
            label="false without the key",
            related=(Label(Where(element, on_key=True), "names them with all others"),),
            help="name the actions that are meant in `Action`"
            if allows
            else "deny what has no tags in a statement without this condition",
        )
        return


def _left_without(statement: Statement, key: str, context: RuleContext) -> list[str]:
    """A few actions that `NotAction` leaves in and that do not carry a key."""
    excluded = [compile_action(entry.text) for entry in statement.not_actions or ()]
    known = [
        action
        for action in _WELL_KNOWN
        if not carries(action, key) and not any(fits(action.lower()) for fits in excluded)
    ]
    if known:
        return known[:SHOWN]
    others = (action for action in sorted(context.actions(statement)) if not carries(action, key))
    return [action for action, _ in zip(others, range(SHOWN), strict=False)]
