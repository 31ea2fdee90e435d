"""A condition key that calls of an AWS service do not carry.

## What it does
Reports conditions on keys that describe the caller's account, organization or name in statements whose principals are
all AWS services. `IfExists` and `Null` are left alone.

## Why is this bad?
A service that calls by itself has no account, organization or user name, so these keys are absent. The condition is
false, or, with a negated operator, true for every call of the service. The account or resource on whose behalf the
service calls is in `aws:SourceAccount`, `aws:SourceArn` and `aws:SourceOrgID`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {
      "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
      "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:alarms"}
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
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {
      "StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
      "ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:alarms"}
    }
  }
}
```

## Fix safety
Not safe: the statement begins to match calls of the service.

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Unsupported condition key for service principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-condition-key-for-service-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.key_lists import keys_absent_for_service_principals
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import PRINCIPAL_KINDS, Remark, Rule, RuleContext, Topic


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    principals = statement.principals or ()
    if not principals or any(principal.type != "Service" for principal in principals):
        return
    for condition in statement.conditions:
        instead = keys_absent_for_service_principals().get(condition.key.lower())
        if instead is None or condition.operator.if_exists or condition.operator.base == "Null":
            continue
        yield Remark(
            f"calls of `{principals[0].text}` carry no `{condition.key}`",
            Where(condition.pointer, on_key=True),
            label="absent when a service calls",
            related=(Label(Where(principals[0].pointer), "a service"),),
            notes=(outcome(statement, condition),),
            help=f"use `{instead}`, which is about the resource on whose behalf the service calls",
            fix=Fix(f"write `{instead}`", (ReplaceText(condition.pointer, instead, on_key=True),))
            if can_be_renamed(statement, condition, instead)
            else None,
        )


def outcome(statement: Statement, condition: Condition) -> str:
    verb = "allows" if statement.effect == "Allow" else "denies"
    if condition.operator.is_negated:
        return f"the condition is always true, so the statement {verb} every call of the service"
    return f"the condition is never true, so the statement {verb} nothing"


def can_be_renamed(statement: Statement, condition: Condition, key: str) -> bool:
    """Whether the value can mean the same in the other key, and no such key stands beside it."""
    same_value = condition.key.lower().removeprefix("aws:principal") == key.lower().removeprefix("aws:source")
    block = condition.pointer.rpartition("/")[0]
    names = {other.key.lower() for other in statement.conditions if other.pointer.rpartition("/")[0] == block}
    return same_value and key.lower() not in names and not condition.key.lower().endswith("arn")


RULE = Rule(
    "unsupported-condition-key-for-service-principal",
    Severity.ERROR,
    statement=check,
    about=Topic.CONDITION,
    kinds=PRINCIPAL_KINDS,
)
