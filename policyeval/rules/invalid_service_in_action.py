"""An action of a service that does not exist.

## What it does
Reports actions whose prefix, the part before the colon, is no service. Several actions with the same prefix in a
statement are one finding.

## Why is this bad?
IAM stores any prefix and says nothing. The entry never matches a request. The prefix is often that of an SDK or a
console: the load balancers are `elb` there and `elasticloadbalancing` in policies.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["dynamdb:GetItem", "dynamdb:PutItem"],
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
  }
}
```

## Fix safety
Not safe: the statement begins to speak of the actions that it was meant to speak of.

## References
- [IAM JSON policy elements: Action](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Invalid service in action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-service-in-action)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.retired import undocumented
from policyeval.catalog.suggest import did_you_mean_action, did_you_mean_service
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.action_entries import ActionEntry, action_entries, consequence, correction
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.syntax.action import is_well_formed
from policyeval.syntax.wildcard import has_wildcard

SHOWN = 3
"""So many further entries are drawn; the others are counted."""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    unknown: dict[str, list[ActionEntry]] = {}
    for entry in action_entries(statement):
        prefix = entry.prefix.lower()
        if not prefix or not is_well_formed(entry.text) or has_wildcard(prefix):
            continue
        if not context.catalog.has_service(prefix) and undocumented(entry.text) is None:
            unknown.setdefault(prefix, []).append(entry)
    for prefix, entries in unknown.items():
        yield remark(statement, prefix, entries, context)


def remark(statement: Statement, prefix: str, entries: list[ActionEntry], context: RuleContext) -> Remark:
    first, *others = entries
    best = did_you_mean_service(prefix, context.catalog)
    if best is not None and not any(context.expand(f"{best}:{entry.text.partition(':')[2]}") for entry in entries):
        best = None
    action = did_you_mean_action(first.text, context.catalog) if not others else None
    notes = [f"AWS's list of services, as of {context.catalog.date}, has none with this prefix"]
    if len(others) > SHOWN:
        notes.append(f"{len(entries)} actions of the statement have this prefix")
    meant = action or (f"{best}:{first.text.partition(':')[2]}" if best else None)
    fix = None
    if action is not None:
        fix = correction(statement, first, action)
    elif best is not None:
        edits = tuple(ReplaceText(entry.pointer, best, within=(0, len(entry.prefix))) for entry in entries)
        fix = Fix(f"write `{best}` for `{prefix}`, so that the statement speaks of its actions", edits)
    return Remark(
        f"`{first.prefix}` is no service",
        Where(first.pointer, within=(0, len(first.prefix))),
        label="no service has this prefix",
        related=tuple(
            Label(Where(entry.pointer, within=(0, len(entry.prefix))), "here too") for entry in others[:SHOWN]
        ),
        notes=(*notes, consequence(statement, first.element)),
        help=f"did you mean `{meant}`?" if meant else None,
        fix=fix,
    )


RULE = Rule("invalid-service-in-action", Severity.ERROR, statement=check)
