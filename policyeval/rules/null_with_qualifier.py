"""A `Null` with a set operator, which asks nothing.

## What it does
Reports `ForAllValues:Null` and `ForAnyValue:Null`.

## Why is this bad?
`Null` asks whether the key is there and compares no values, so there are none to take all or any of:
`ForAllValues:Null` is always true, and `ForAnyValue:Null` never.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:CreateTags",
    "Resource": "*",
    "Condition": {
      "ForAnyValue:StringEquals": {"aws:TagKeys": "team"},
      "ForAllValues:Null": {"aws:TagKeys": "false"}
    }
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:CreateTags",
    "Resource": "*",
    "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}, "Null": {"aws:TagKeys": "false"}}
  }
}
```

## Fix safety
Not safe: the condition begins to ask what it says. The fix says whether more or less is allowed then.

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [Single-valued and multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
- [Access Analyzer: Null with qualifier](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-null-with-qualifier)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import block_of, rename_operator
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        qualifier = condition.operator.qualifier
        if condition.operator.base != "Null" or qualifier is None:
            continue
        always = qualifier is Qualifier.FOR_ALL_VALUES
        truth = "always true" if always else "never true"
        edits = rename_operator(context.policy, statement, condition, "Null")
        more = always == (statement.effect == "Deny")
        yield Remark(
            f"`{condition.operator.written}` is {truth}",
            Where(block_of(condition), on_key=True),
            label=truth,
            notes=("`Null` compares no values, so there are none to take all or any of",),
            help="write `Null`",
            fix=Fix(f"write `Null`, which then {'allows more' if more else 'allows less'}", edits) if edits else None,
        )


RULE = Rule("null-with-qualifier", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
