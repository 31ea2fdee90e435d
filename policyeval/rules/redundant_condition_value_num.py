"""Several bounds of one ordering, of which only the widest counts.

## What it does
Reports a condition with `NumericLessThan`, `NumericGreaterThan` or their `...Equals` forms that has several values.

## Why is this bad?
Values of a condition are alternatives: less than 10 *or* less than 100 is less than 100. Whoever wrote both may have
meant a range, which takes two operators.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::reports",
    "Condition": {"NumericLessThanEquals": {"s3:max-keys": ["10", "100"]}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::reports",
    "Condition": {"NumericLessThanEquals": {"s3:max-keys": "100"}}
  }
}
```

## Fix safety
Safe: the widest bound holds whenever another does.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Access Analyzer: Redundant condition value num](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-condition-value-num)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        base = condition.operator.base
        if base.startswith(("NumericLessThan", "NumericGreaterThan")) and len(condition.values) > 1:
            yield from remarks(condition)


def remarks(condition: Condition) -> Iterator[Remark]:
    from policyeval.evaluation.comparison import read_number  # only where there is a number to read

    numbers = [(number, value) for value in condition.values if (number := read_number(value.text)) is not None]
    if len(numbers) != len(condition.values):
        return
    less = "Less" in condition.operator.base
    widest = max(numbers, key=lambda pair: pair[0]) if less else min(numbers, key=lambda pair: pair[0])
    redundant = [value for _, value in numbers if value is not widest[1]]
    yield Remark(
        f"only `{widest[1].text}` of several bounds on `{condition.key}` counts",
        Where(redundant[0].pointer),
        label="redundant",
        related=(
            Label(Where(widest[1].pointer), "the widest, and so the only one that counts"),
            *(Label(Where(value.pointer), "redundant") for value in redundant[1:]),
        ),
        notes=("the values of a condition are alternatives",),
        help="for a range, give the other bound with the opposite operator",
        fix=Fix(f"keep only `{widest[1].text}`", tuple(Remove(value.pointer) for value in redundant), safe=True),
    )


RULE = Rule("redundant-condition-value-num", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
