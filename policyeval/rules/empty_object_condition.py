"""A `Condition`, or an operator in it, that is an empty object.

## What it does
Reports `"Condition": {}` and `"Condition": {"StringEquals": {}}`.

## Why is this bad?
It asks nothing, so the statement applies as if it were not there. Where a condition is begun and not finished, the
statement is wider than it was meant to be.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringEquals": {}}
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
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Fix safety
Safe: an empty object asks nothing.

## References
- [IAM JSON policy elements: Condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html)
- [Access Analyzer: Empty object condition](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-object-condition)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_values import holds_empty_values, written_value
from policyeval.source import Pointer, child


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if not holds_empty_values(context.policy):
        return
    place = statement.element("Condition")
    written = written_value(context.policy, place)
    if not isinstance(written, dict):
        return
    if not written:
        yield remark("`Condition` is an empty object", place)
    for operator in (operator for operator, keys in written.items() if keys == {}):
        yield remark(f"`{operator}` compares no key", place if len(written) == 1 else child(place, operator))


def remark(message: str, place: Pointer) -> Remark:
    return Remark(
        message,
        Where(place),
        label="asks nothing",
        help="write the condition that was meant, or remove it",
        fix=Fix("remove it", (Remove(place),), safe=True),
    )


RULE = Rule("empty-object-condition", Severity.SUGGESTION, statement=check, about=Topic.EMPTY_VALUE)
