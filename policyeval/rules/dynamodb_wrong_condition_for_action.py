"""A condition on what DynamoDB returns, put on actions that have no such parameter.

## What it does
Reports conditions on `dynamodb:Select` in statements that name actions which write, and on `dynamodb:ReturnValues` in
statements that name actions which read. A condition that holds without its key (`IfExists`, a negated operator) is left
alone as long as the statement names an action that has it.

## Why is this bad?
`Select` is a parameter of requests that read, `ReturnValues` of requests that write. A request of the other kind never
carries the key: the condition is false and the statement does not apply to the action, or, with `IfExists`, it is true
and limits nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:UpdateItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:UpdateItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
    "Condition": {"StringEquals": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}}
  }
}
```

## References
- [Using IAM policy conditions for fine-grained access control](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html)
- [Access Analyzer: DynamoDB wrong condition for action](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-dynamodb-wrong-condition-for-action)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.dynamodb_conditions import READS, RETURNING_WRITES, WRITES, misplaced
from policyeval.rules.key_support import is_false_without_key
from policyeval.rules.named_actions import NamedActions, every_action
from policyeval.rules.wording import quoted


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition, wrong, right in misplaced(statement, "dynamodb:select", WRITES, READS):
        if is_false_without_key(condition) or not right:
            yield remark(statement, condition, wrong, "read", "dynamodb:ReturnValues")
    for condition, wrong, right in misplaced(statement, "dynamodb:returnvalues", READS, RETURNING_WRITES):
        if is_false_without_key(condition) or not right:
            yield remark(statement, condition, wrong, "write", "dynamodb:Select")


def remark(statement: Statement, condition: Condition, wrong: list[NamedActions], kind: str, other: str) -> Remark:
    names = quoted(every_action(wrong))
    if is_false_without_key(condition):
        verb = "allows" if statement.effect == "Allow" else "denies"
        note = f"the condition is false without the key, so the statement never {verb} {names}"
    else:
        note = f"the condition is true without the key, so it does not limit {names}"
    return Remark(
        f"no request for {names} carries `{condition.key}`",
        Where(condition.pointer, on_key=True),
        label=f"only requests that {kind} have it",
        related=tuple(Label(Where(each.pointer), each.label("has no such parameter")) for each in wrong[:3]),
        notes=(note,),
        help=f"for what {'a write' if kind == 'read' else 'a read'} returns, the key is `{other}`",
    )


RULE = Rule(
    "dynamodb-wrong-condition-for-action",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    silences={"condition-key-not-for-action": Reach.PLACE},
)
