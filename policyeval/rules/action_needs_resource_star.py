"""An action without resource-level permissions on a resource that is not `*`.

## What it does
Reports actions that AWS authorizes on no particular resource, in a statement whose `Resource` names only ARNs. It is a
suggestion where an ARN covers all resources of the action's own service, as `arn:aws:s3:::*` does.
An action that another statement already allows (or denies) on `*` is left out.

Services whose resource types AWS's reference ties to no action at all are left alone.

## Why is this bad?
For such an action only `"Resource": "*"` fits. An Allow on an ARN gives nothing, and a Deny on an ARN denies nothing;
AWS takes both without a word.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:ListUsers",
    "Resource": "arn:aws:iam::123456789012:user/*"
  }
}
```

```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Keys",
      "Effect": "Allow",
      "Action": ["kms:ListKeys", "kms:DescribeKey"],
      "Resource": "arn:aws:kms:eu-west-1:123456789012:key/*"
    }
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:ListUsers",
    "Resource": "*"
  }
}
```

## Fix safety
Not safe: the statement begins to have an effect for the action.

## References
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from policyeval.diagnostics.fix import Edit, Fix, InsertItem, Remove, ReplaceValue
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Entry, Statement
from policyeval.rules.breadth import NO_PRINCIPAL_KINDS, first_place, star_in
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.wording import quoted
from policyeval.source import child
from policyeval.syntax.arn import split_arn
from policyeval.syntax.wildcard import has_wildcard

SHOWN = 3
"""So many further entries are drawn; the others are counted."""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    resources = statement.resources
    if not resources or star_in(resources) or not all(entry.text.startswith("arn:") for entry in resources):
        return
    inert = [
        entry
        for entry in statement.actions or ()
        if is_inert(entry.text, context) and not takes_effect_on_star(entry.text, statement, context)
    ]
    if inert:
        yield remark(statement, inert, context)


def is_inert(pattern: str, context: RuleContext) -> bool:
    """Whether all that an entry matches is authorized on no particular resource."""
    names = context.expand(pattern)
    actions = [action for name in names if (action := context.catalog.action(name)) is not None]
    return bool(actions) and all(action.is_wildcard_only and is_told(action.service, context) for action in actions)


def is_told(prefix: str, context: RuleContext) -> bool:
    """Whether AWS's reference says which actions a service's resources are for; of a few services it does not."""
    service = context.catalog.service(prefix)
    if service is None or not service.resource_types:
        return True
    return any(action.resource_types for action in service.actions.values())


def takes_effect_on_star(pattern: str, statement: Statement, context: RuleContext) -> bool:
    """Whether other statements of the same effect speak of all that an entry matches, on `*`."""
    return context.remembered(_actions_on_star)[statement.effect].issuperset(map(str.lower, context.expand(pattern)))


def _actions_on_star(context: RuleContext) -> Mapping[str, frozenset[str]]:
    """The actions, by effect, of the statements that speak of requests on no particular resource."""
    on_star = [one for one in context.policy if star_in(one.resources) is not None or one.not_resources is not None]
    return {
        effect: frozenset().union(*(context.actions(one) for one in on_star if one.effect == effect))
        for effect in ("Allow", "Deny")
    }


def remark(statement: Statement, inert: Sequence[Entry], context: RuleContext) -> Remark:
    first, *others = inert
    names = quoted((entry.text for entry in inert), most=2)
    several = len(inert) > 1 or has_wildcard(first.text)
    services = {entry.text.partition(":")[0].lower() for entry in inert}
    wide = any(is_whole_service(entry.text, services) for entry in statement.resources or ())
    allows = statement.effect == "Allow"
    notes = []
    if not wide:
        notes.append(f"the statement {'allows' if allows else 'denies'} nothing by {'them' if several else 'it'}")
    if len(others) > SHOWN:
        notes.append(f"{len(others) - SHOWN} more actions of the statement are of this kind")
    whole = len(inert) == len(statement.actions or ())
    return Remark(
        f"{names} {'have' if several else 'has'} no resource-level permissions",
        Where(first.pointer),
        label="authorized on `*` only",
        related=(
            *(Label(Where(entry.pointer), "this too") for entry in others[:SHOWN]),
            Label(Where(first_place(statement, "Resource")), "only `*` fits"),
        ),
        notes=tuple(notes),
        help='write `"Resource": "*"`'
        if whole
        else 'move it to a statement with `"Resource": "*"`'
        if not several
        else 'move them to a statement with `"Resource": "*"`',
        fix=star_fix(statement, inert, context, names, whole=whole),
        severity=Severity.SUGGESTION if wide else None,
    )


def is_whole_service(text: str, services: set[str]) -> bool:
    """Whether an ARN covers all resources of a service: `arn:aws:iam::123456789012:*`."""
    segments = split_arn(text)
    return len(segments) == 6 and segments[2].lower() in services and segments[5] == "*"


def star_fix(
    statement: Statement, inert: Sequence[Entry], context: RuleContext, names: str, *, whole: bool
) -> Fix | None:
    verb = "allow" if statement.effect == "Allow" else "deny"
    if whole:
        edit = ReplaceValue(statement.element("Resource"), "*")
        return Fix(f'write `"Resource": "*"`, to {verb} {names}', (edit,))
    statements = child(context.policy.pointer, "Statement")
    if statement.conditions or statement.pointer == statements:
        return None
    moved = {"Effect": statement.effect, "Action": [entry.text for entry in inert], "Resource": "*"}
    edits: tuple[Edit, ...] = (*(Remove(entry.pointer) for entry in inert), InsertItem(statements, moved))
    return Fix(f'add a statement with `"Resource": "*"`, to {verb} {names}', edits)


RULE = Rule(
    "action-needs-resource-star", Severity.WARNING, statement=check, kinds=NO_PRINCIPAL_KINDS, about=Topic.SOME_RESOURCE
)
