"""A boolean that is compared with several values.

## What it does
Reports several values for `Bool` and `Null`, and for keys that are `true` or `false`.

## Why is this bad?
A list of values is a list of alternatives, and `true` or `false` is every value that there is: the condition is true
whenever the key is there. Two equal values are one too many.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"Bool": {"aws:SecureTransport": ["true", "false"]}}
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
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"Bool": {"aws:SecureTransport": "true"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Invalid condition multiple boolean](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-condition-multiple-boolean)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_keys import key_type


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if len(condition.values) < 2 or not is_boolean(condition):
            continue
        values = {value.text.lower() for value in condition.values}
        every = {"true", "false"} <= values
        yield Remark(
            f"`{condition.key}` is compared with {len(condition.values)} booleans",
            Where(condition.pointer),
            label="alternatives, of which one is always right" if every else "one would do",
            notes=("the condition holds whenever the key is there, whatever it says",)
            if every and condition.operator.base != "Null"
            else (),
            help="keep one value",
        )


def is_boolean(condition: Condition) -> bool:
    """Whether the operator or the key asks for `true` or `false`; a key of text values may be compared with any."""
    if condition.operator.base in ("Bool", "Null"):
        return True
    booleans = {value.text.lower() for value in condition.values} <= {"true", "false"}
    return booleans and key_type(condition.key) == "Bool"


RULE = Rule("invalid-condition-multiple-boolean", Severity.ERROR, statement=check, about=Topic.CONDITION)
