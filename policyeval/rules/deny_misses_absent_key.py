"""A Deny of a missing proof that lets pass whoever shows none.

## What it does
Reports a Deny with `Bool … false`, or with a greatest age of an MFA sign-in, on a global key that some requests lack:
`Bool` of `aws:MultiFactorAuthPresent` is the one that everybody writes once.

## Why is this bad?
A request without the key makes a positive operator false, so it is not denied. Requests signed with long-term access
keys carry no `aws:MultiFactorAuthPresent` at all.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:aws:ec2:*:123456789012:instance/*"},
    {
      "Effect": "Deny",
      "Action": "ec2:TerminateInstances",
      "Resource": "*",
      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
    }
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "ec2:*", "Resource": "arn:aws:ec2:*:123456789012:instance/*"},
    {
      "Effect": "Deny",
      "Action": "ec2:TerminateInstances",
      "Resource": "*",
      "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    }
  ]
}
```

## Fix safety
Not safe: requests without the key are then denied, as was meant.

## References
- [IAM JSON policy elements: condition operators, ...IfExists](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists)
- [AWS global condition context keys: aws:MultiFactorAuthPresent](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import GlobalKey, global_key
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Policy, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic

_GREATEST = ("NumericGreaterThan", "NumericGreaterThanEquals")


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Deny":
        return
    for condition in statement.conditions:
        key = global_key(condition.key)
        if key is None or key.presence == "always" or not asks_for_proof(condition, key):
            continue
        if not denies_absence(context.policy, condition.key):
            yield remark(statement, condition, key)


def asks_for_proof(condition: Condition, key: GlobalKey) -> bool:
    """Whether a condition holds for a missing or outdated proof, and not for none at all."""
    operator = condition.operator
    if operator.qualifier is not None or operator.if_exists:
        return False
    if operator.base == "Bool" and key.type == "Bool":
        return bool(condition.values) and all(value.text.lower() == "false" for value in condition.values)
    return operator.base in _GREATEST and key.name == "aws:MultiFactorAuthAge"


def denies_absence(policy: Policy, key: str) -> bool:
    """Whether a Deny of the policy speaks of requests without the key."""
    return any(
        statement.effect == "Deny"
        and any(
            condition.key.lower() == key.lower()
            and (
                condition.operator.if_exists
                or (condition.operator.base == "Null" and any(v.text.lower() == "true" for v in condition.values))
            )
            for condition in statement.conditions
        )
        for statement in policy
    )


def remark(statement: Statement, condition: Condition, key: GlobalKey) -> Remark:
    written = condition.operator.written
    block = condition.pointer.rpartition("/")[0]
    alone = [each for each in statement.conditions if each.operator.written == written] == [condition]
    clash = any(each.operator.written == f"{written}IfExists" for each in statement.conditions)
    edit = ReplaceText(block, f"{written}IfExists", on_key=True)
    fix = Fix(f"write `{written}IfExists`, to deny requests without the key too", (edit,))
    return Remark(
        f"requests without `{condition.key}` are not denied",
        Where(condition.pointer, on_key=True),
        label="where the key is missing, this is false",
        related=(Label(Where(block, on_key=True), f"`{written}IfExists` is true of a missing key"),),
        notes=(f"only some requests carry the key: {key.when}",),
        help=f"write `{written}IfExists`",
        fix=fix if alone and not clash else None,
    )


RULE = Rule("deny-misses-absent-key", Severity.SECURITY_WARNING, statement=check, about=Topic.CONDITION)
