"""An action that works on none of the statement's resources.

## What it does
Reports actions of which no resource type fits any entry of `Resource`: an action on objects with the ARN of a bucket,
an action of one service with the ARN of another. An action that another statement names with a resource that fits is
left out.

## Why is this bad?
A request for the action is always about a resource that the statement does not name. The Allow gives nothing, the Deny
denies nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs"
  }
}
```

```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["sqs:SendMessage", "sns:Publish"],
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
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

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from policyeval.catalog.catalog import catalog
from policyeval.catalog.model import Action, ResourceType
from policyeval.diagnostics.fix import Fix, InsertItem
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Entry, Statement
from policyeval.rules.breadth import first_place, star_in
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.wording import listed, quoted
from policyeval.syntax.arn import split_arn
from policyeval.syntax.wildcard import has_wildcard

SHOWN = 3
SEGMENTS = 6


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    resources = statement.resources
    if not resources or star_in(resources) or not all(entry.text.startswith("arn:") for entry in resources):
        return
    patterns = anywhere(entry.text for entry in resources)
    by_types: dict[tuple[str, ...], list[Entry]] = {}
    for entry in statement.actions or ():
        actions = [action for name in context.expand(entry.text) if (action := context.catalog.action(name))]
        if not actions or any(action.is_wildcard_only or fits_any(action, patterns) for action in actions):
            continue
        if any(
            is_in_doubt(action, patterns) or takes_effect_elsewhere(action, statement, context) for action in actions
        ):
            continue
        formats = tuple(dict.fromkeys(form for action in actions for form in formats_of(action)))
        by_types.setdefault(formats, []).append(entry)
    for formats, entries in by_types.items():
        yield remark(statement, formats, entries)


def anywhere(texts: Iterable[str]) -> tuple[str, ...]:
    """ARN patterns of any partition, Region and account: these are for other rules to look at."""
    found = []
    for text in texts:
        segments = split_arn(text)
        whole = len(segments) == SEGMENTS
        found.append(":".join(("arn", "*", segments[2], "*", "*", segments[5])) if whole else text)
    return tuple(found)


def types_of(action: Action) -> list[ResourceType]:
    service = catalog().service(action.service)
    found = (service.resource_type(resource.name) for resource in action.resource_types) if service else ()
    return [kind for kind in found if kind is not None]


def formats_of(action: Action) -> Iterator[str]:
    for kind in types_of(action):
        yield from kind.arn_formats


def fits_any(action: Action, patterns: Sequence[str]) -> bool:
    """Whether some resource of the action can match one of the patterns; an action of unknown types counts."""
    kinds = types_of(action)
    return len(kinds) < len(action.resource_types) or any(_could_be(kind, text) for kind in kinds for text in patterns)


def is_in_doubt(action: Action, patterns: Sequence[str]) -> bool:
    """Whether the table may be wrong: it often leaves out what an action creates or tags in its own service."""
    creates = action.name.startswith("Create") or "Tag" in action.name
    return creates and any(split_arn(text)[2:3] in ([action.service], ["*"]) for text in patterns)


def takes_effect_elsewhere(action: Action, statement: Statement, context: RuleContext) -> bool:
    """Whether another statement of the same effect names the action with a resource that fits."""
    name = action.full_name.lower()
    return any(
        other is not statement
        and other.effect == statement.effect
        and name in context.actions(other)
        and (other.resources is None or fits_any(action, anywhere(entry.text for entry in other.resources)))
        for other in context.policy
    )


@lru_cache(maxsize=8192)
def _could_be(kind: ResourceType, pattern: str) -> bool:
    return kind.could_be(pattern)


def remark(statement: Statement, formats: Sequence[str], entries: Sequence[Entry]) -> Remark:
    first, *others = entries
    names = quoted((entry.text for entry in entries), most=2)
    several = len(entries) > 1 or has_wildcard(first.text)
    notes = [
        f"the statement {'allows' if statement.effect == 'Allow' else 'denies'} nothing by "
        f"{'them' if several else 'it'}"
    ]
    if len(others) > SHOWN:
        notes.append(f"{len(others) - SHOWN} more actions of the statement are of this kind")
    shown = [f"`{form}`" for form in sorted(formats, key=len)[:2]]
    if len(formats) > len(shown):
        shown.append(f"{len(formats) - len(shown)} more")
    return Remark(
        f"{names} {'work' if several else 'works'} on none of the statement's resources",
        Where(first.pointer),
        label="no resource fits",
        related=(
            *(Label(Where(entry.pointer), "nor here") for entry in others[:SHOWN]),
            Label(
                Where(first_place(statement, "Resource")),
                "none of these" if len(statement.resources or ()) > 1 else "not this",
            ),
        ),
        notes=tuple(notes),
        help=f"the form that fits is {listed(shown, 'or')}",
        fix=s3_fix(statement, formats, names),
    )


def s3_fix(statement: Statement, formats: Sequence[str], names: str) -> Fix | None:
    """A fix that adds the objects of a bucket, or the bucket of objects."""
    resources = statement.resources or ()
    if len(resources) != 1 or not resources[0].text.startswith("arn:aws:s3:::") or "${" in resources[0].text:
        return None
    text = resources[0].text
    bucket, slash, _ = text.partition("/")
    objects = any(form.endswith(":${BucketName}/${ObjectName}") for form in formats)
    buckets = any(form.endswith(":::${BucketName}") for form in formats)
    if objects and not slash:
        added = f"{text}/*"
    elif buckets and slash and not has_wildcard(bucket):
        added = bucket
    else:
        return None
    verb = "allow" if statement.effect == "Allow" else "deny"
    return Fix(f"add `{added}`, to {verb} {names}", (InsertItem(statement.element("Resource"), added),))


RULE = Rule("no-resource-fits-action", Severity.WARNING, statement=check, about=Topic.SOME_RESOURCE)
