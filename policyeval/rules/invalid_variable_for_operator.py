"""A policy variable under an operator that takes none.

## What it does
Reports `${...}` in values of numeric, date, boolean, binary, address and `Null` conditions.

## Why is this bad?
AWS replaces variables in string and ARN conditions alone. Elsewhere the value stays text that is no number, date or
address, and the condition never holds.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "${aws:PrincipalTag/max-age}"}}
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
    "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
  }
}
```

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
- [Access Analyzer: Invalid variable for operator](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-variable-for-operator)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.syntax.variable import parse_template


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        if condition.operator.family in ("String", "Arn"):
            continue
        for value in condition.values:
            if all(isinstance(part, str) for part in parse_template(value.text)):
                continue
            block = condition.pointer.rpartition("/")[0]
            yield Remark(
                f"`{condition.operator.base}` takes no variable",
                Where(value.pointer),
                label="taken as text",
                related=(Label(Where(block, on_key=True), "variables are for string and ARN operators"),),
                help="write the value itself",
            )


RULE = Rule(
    "invalid-variable-for-operator",
    Severity.ERROR,
    statement=check,
    about=Topic.CONDITION,
    silences={"type-mismatch-ip-range": Reach.PLACE},
)
