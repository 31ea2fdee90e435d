"""A condition key that only some actions of the statement know.

## What it does
Reports conditions on a key of a service where the statement lists actions that know the key and others that do not.
Action patterns with wildcards, negated operators and `IfExists` are left alone.

## Why is this bad?
A request for an action that does not know the key never carries it, and then the condition is false: an Allow does
not grant that action, and a Deny does not forbid it.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"StringEquals": {"s3:prefix": "reports/"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::team-logs",
      "Condition": {"StringEquals": {"s3:prefix": "reports/"}}
    },
    {
      "Effect": "Allow",
      "Action": "s3:GetBucketLocation",
      "Resource": "arn:aws:s3:::team-logs"
    }
  ]
}
```

## References
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Unsupported action for condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-action-for-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Entry, Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.key_support import is_false_without_key, supports
from policyeval.syntax.wildcard import has_wildcard

SHOWN = 3


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        key = condition.key.lower()
        prefix = key.partition(":")[0]
        if (
            not context.catalog.has_service(prefix)
            or global_key(key) is not None
            or not is_false_without_key(condition)
        ):
            continue
        actions = [entry for entry in statement.actions or () if context.catalog.action_exists(entry.text)]
        without = [entry for entry in actions if not supports(entry.text, key)]
        patterns = [entry for entry in statement.actions or () if has_wildcard(entry.text)]
        with_key = len(without) < len(actions) or any(
            supports(action, key) for pattern in patterns for action in context.expand(pattern.text)
        )
        if without and with_key:
            yield remark(statement, condition, without)


def remark(statement: Statement, condition: Condition, without: list[Entry]) -> Remark:
    names = ", ".join(f"`{entry.text}`" for entry in without[:SHOWN])
    more = f" and {len(without) - SHOWN} more" if len(without) > SHOWN else ""
    allows = statement.effect == "Allow"
    return Remark(
        f"`{condition.key}` is not known to {names}{more}",
        Where(condition.pointer, on_key=True),
        label="absent in requests for some of the actions",
        related=tuple(Label(Where(entry.pointer), "does not know the key") for entry in without[:SHOWN]),
        notes=(f"so the statement never {'allows' if allows else 'denies'} {names}{more}",),
        help="put these actions in a statement without this condition"
        if allows
        else "put these actions in a statement with a condition that they know",
    )


RULE = Rule(
    "unsupported-action-for-condition-key",
    Severity.ERROR,
    statement=check,
    about=Topic.CONDITION,
    silences={"condition-key-not-for-action": Reach.PLACE, "dynamodb-wrong-condition-for-action": Reach.PLACE},
)
