"""`ForAnyValue` together with `IfExists`, of which AWS's pages say two things.

## What it does
Reports operators such as `ForAnyValue:StringEqualsIfExists`.

## Why is this bad?
For a request without the key `ForAnyValue` is false, by the page on set operators, and `…IfExists` is true, by the page
on condition operators. No page says which of the two wins, so nobody can tell what the statement does.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "cloudformation:DescribeStacks",
    "Resource": "arn:aws:cloudformation:eu-west-1:123456789012:stack/team/*",
    "Condition": {"ForAnyValue:StringEqualsIfExists": {"aws:CalledVia": "servicecatalog.amazonaws.com"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "cloudformation:DescribeStacks",
    "Resource": "arn:aws:cloudformation:eu-west-1:123456789012:stack/team/*",
    "Condition": {"ForAnyValue:StringEquals": {"aws:CalledVia": "servicecatalog.amazonaws.com"}}
  }
}
```

## References
- [Set operators for multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
- [IAM JSON policy elements: condition operators, ...IfExists](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        operator = condition.operator
        if operator.qualifier is not Qualifier.FOR_ANY_VALUE or not operator.if_exists:
            continue
        yield Remark(
            f"AWS does not say what `{operator.written}` does without the key",
            Where(condition.pointer.rpartition("/")[0], on_key=True),
            label="`ForAnyValue` says false of a missing key, `IfExists` true",
            help=f"write `ForAnyValue:{operator.base}`, and a second statement for requests without "
            f"`{condition.key}` if they are meant too",
        )


RULE = Rule("foranyvalue-with-if-exists", Severity.WARNING, statement=check, about=Topic.CONDITION)
