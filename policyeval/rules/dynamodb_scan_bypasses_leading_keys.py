"""A scan of a DynamoDB table that a condition on partition keys does not hold back.

## What it does
Reports an Allow that names `dynamodb:Scan`, or `dynamodb:PartiQLSelect` without a condition that keeps
`dynamodb:FullTableScan` false, under a condition on `dynamodb:LeadingKeys` that holds for requests without
the key: with `ForAllValues`, `IfExists` or a negated operator. Such an Allow is a security warning; where the scan is
not allowed after all, because another condition asks for the key, nothing is reported here.

## Why is this bad?
A scan has no partition key, so no request for it carries `dynamodb:LeadingKeys`. The condition that keeps everybody to
their own items is true, and the scan returns the items of all. A `SELECT` of PartiQL that names no partition key is a
scan too.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["dynamodb:Query", "dynamodb:Scan"],
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:userid}"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:Query",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {
      "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "${aws:userid}"},
      "Null": {"dynamodb:LeadingKeys": "false"}
    }
  }
}
```

## Fix safety
Not safe: the scan is no longer allowed, nor is any request without a partition key.

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB scan bypasses leading keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-dynamodb-scan-bypasses-leading-keys)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policyeval.diagnostics.fix import Edit, Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.absence import requires_key
from policyeval.rules.condition_edits import add_condition
from policyeval.rules.contract import GRANTING_KINDS, Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.key_support import is_false_without_key
from policyeval.rules.named_actions import NamedActions, named_actions


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow":
        return
    for condition in statement.conditions:
        if condition.key.lower() != "dynamodb:leadingkeys" or condition.operator.family != "String":
            continue
        if is_false_without_key(condition) or requires_key(statement, condition.key):
            continue
        scans = named_actions(statement, ("dynamodb:Scan",))
        selects = () if forbids_full_scan(statement) else named_actions(statement, ("dynamodb:PartiQLSelect",))
        if scans:
            yield remark(statement, condition, scans, "dynamodb:Scan")
        elif selects:
            yield remark(statement, condition, selects, "dynamodb:PartiQLSelect")


def forbids_full_scan(statement: Statement) -> bool:
    """Whether a statement's conditions let no `SELECT` without a partition key through.

    Source: Amazon DynamoDB Developer Guide, ql-iam: `dynamodb:FullTableScan` is false for the others.
    """
    return any(
        condition.key.lower() == "dynamodb:fulltablescan"
        and condition.operator.base == "Bool"
        and all(value.text.lower() == "false" for value in condition.values)
        for condition in statement.conditions
    )


def remark(statement: Statement, condition: Condition, scans: Sequence[NamedActions], action: str) -> Remark:
    others = [entry for entry in statement.actions or () if entry.pointer not in {each.pointer for each in scans}]
    edits: list[Edit] = []
    if others and not any(each.is_pattern for each in scans):
        edits = [Remove(each.pointer) for each in scans]
    guard = add_condition(statement, "Null", condition.key, "false")
    verb = "reads" if action == "dynamodb:Scan" else "can read"
    return Remark(
        f"`{action}` {verb} the whole table, whatever `{condition.key}` says",
        Where(condition.pointer, on_key=True),
        label="true without the key, and no scan has it",
        related=tuple(Label(Where(each.pointer), each.label("returns everybody's items")) for each in scans),
        help="leave `dynamodb:Scan` out: `dynamodb:Query` reads the items of one partition key"
        if action == "dynamodb:Scan"
        else "ask for `dynamodb:FullTableScan` to be false too",
        fix=Fix(f"take `{action}` out, and ask for the key, so that neither is allowed", (*edits, guard))
        if edits and guard
        else None,
        severity=Severity.SECURITY_WARNING,
    )


RULE = Rule(
    "dynamodb-scan-bypasses-leading-keys",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=GRANTING_KINDS,
    silences={"forallvalues-without-null-check": Reach.PLACE},
)
