"""A multivalued key compared without `ForAllValues` or `ForAnyValue`.

## What it does
Reports conditions on keys that hold a list of values in the request, such as `aws:TagKeys`, with an operator that has
no set operator before it. `Null` needs none.

## Why is this bad?
AWS requires a set operator for such keys. Without one the condition never matches, not even when it is negated.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:StartInstances",
    "Resource": "arn:aws:ec2:eu-west-1:123456789012:instance/*",
    "Condition": {"StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:StartInstances",
    "Resource": "arn:aws:ec2:eu-west-1:123456789012:instance/*",
    "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
  }
}
```

## References
- [Single-valued vs. multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
- [Access Analyzer: Missing qualifier](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-qualifier)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_keys import is_multivalued


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        operator = condition.operator
        if operator.qualifier is not None or operator.base == "Null" or not is_multivalued(condition.key):
            continue
        block = condition.pointer.rpartition("/")[0]
        name = operator.canonical
        yield Remark(
            f"`{condition.key}` holds several values, and `{operator.written}` compares one",
            Where(condition.pointer, on_key=True),
            label="several values",
            related=(Label(Where(block, on_key=True), "no set operator"),),
            notes=("without a set operator AWS never finds the condition true, negated or not",),
            help=f"`ForAnyValue:{name}` asks that one of the request's values fits, `ForAllValues:{name}` that all do "
            "(which is true of none as well)",
        )


RULE = Rule("missing-qualifier", Severity.ERROR, statement=check, about=Topic.CONDITION)
