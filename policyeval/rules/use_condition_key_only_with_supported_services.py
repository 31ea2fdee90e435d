"""A key of VPC endpoints, for actions of services that do not support it.

## What it does
Reports conditions on `aws:VpceAccount`, `aws:VpceOrgID`, `aws:VpceOrgPaths` and `aws:SourceVpcArn` in statements that
name actions of services which do not support the key, by AWS's list of the date that the finding gives. An Allow that
holds without the key is `allow-on-absent-key`'s.

## Why is this bad?
Requests to these services never carry the key, whatever endpoint they pass. An Allow on its value gives nothing for
them, a Deny of a value denies nothing, and a Deny of everything but a value denies every request.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": ["s3:GetObject", "sns:Publish"],
    "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:GetObject",
    "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}
  }
}
```

## References
- [AWS global condition context keys: aws:VpceAccount](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount)
- [Access Analyzer: Use condition key only with supported services](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-use-condition-key-only-with-supported-services)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import GlobalKey, date_of_global_keys, global_key
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Entry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.key_support import is_false_without_key
from policyeval.rules.wording import quoted
from policyeval.syntax.wildcard import has_wildcard


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        key = global_key(condition.key)
        if key is None or key.presence != "vpc-endpoint" or not key.services:
            continue
        if statement.effect == "Allow" and not is_false_without_key(condition):
            continue
        entries = entries_without(statement, key, context)
        if entries:
            yield remark(statement, condition, key, entries)


def entries_without(statement: Statement, key: GlobalKey, context: RuleContext) -> list[Entry]:
    """The entries that name actions of other services than a key's; `NotAction` counts as one."""
    if statement.not_actions is not None:
        return [Entry("NotAction", statement.element("NotAction"))]
    found = []
    for entry in statement.actions or ():
        prefix = entry.text.partition(":")[0].lower()
        if has_wildcard(prefix) or (context.catalog.has_service(prefix) and prefix not in key.services):
            found.append(entry)
    return found


def remark(statement: Statement, condition: Condition, key: GlobalKey, entries: list[Entry]) -> Remark:
    allows = statement.effect == "Allow"
    never = is_false_without_key(condition)
    many = [entry for entry in entries if has_wildcard(entry.text.partition(":")[0]) or entry.text == "NotAction"]
    them = "requests to other services" if many else f"requests for {quoted(entry.text for entry in entries)}"
    outcome = "never allows" if allows else "never denies" if never else "always denies"
    return Remark(
        f"{them} never carry `{key.name}`",
        Where(condition.pointer, on_key=True),
        label=f"false without the key, so this {outcome} them" if never else f"true without the key: {outcome} them",
        related=tuple(
            Label(Where(entry.pointer), "names actions of all services" if entry in many else "a service without it")
            for entry in entries[:3]
        ),
        notes=(f"AWS lists {len(key.services)} services that support the key, as of {date_of_global_keys()}",),
        help="name only actions of services that support the key",
    )


RULE = Rule("use-condition-key-only-with-supported-services", Severity.WARNING, statement=check, about=Topic.CONDITION)
