"""An Allow that holds for whoever lacks the key that it asks about.

## What it does
Reports a negated operator, or one that ends in `IfExists`, in an Allow on a global key about the caller or the network
that some requests lack, when no other condition asks for the key.

## Why is this bad?
Where the key is missing, such a condition is true: what was to be allowed with a proof is allowed without one.
`BoolIfExists` of `aws:MultiFactorAuthPresent` lets every long-term access key pass.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:TerminateInstances",
    "Resource": "arn:aws:ec2:*:123456789012:instance/*",
    "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "ec2:TerminateInstances",
    "Resource": "arn:aws:ec2:*:123456789012:instance/*",
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
  }
}
```

## Fix safety
Not safe: requests without the key are no longer allowed, as was meant.

## References
- [IAM JSON policy elements: condition operators, ...IfExists](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import GlobalKey
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.absence import optional_key, requires_key
from policyeval.rules.contract import GRANTING_KINDS, Remark, Rule, RuleContext, Topic

_ABOUT_THE_REQUEST = frozenset({"request", "resource", "resource-organization", "forward-access", "caller", "mcp"})
"""Presences of keys about what is asked for, whose absence is often what an `IfExists` is meant to let pass."""


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow":
        return
    for condition in statement.conditions:
        operator = condition.operator
        if operator.qualifier is not None or not (operator.is_negated or operator.if_exists):
            continue
        key = optional_key(condition.key)
        if key is None or not is_about_caller(key) or requires_key(statement, condition.key, condition):
            continue
        yield remark(statement, condition, key)


def is_about_caller(key: GlobalKey) -> bool:
    return key.presence not in _ABOUT_THE_REQUEST and (key.presence != "tag" or key.name.startswith("aws:PrincipalTag"))


def remark(statement: Statement, condition: Condition, key: GlobalKey) -> Remark:
    operator = condition.operator
    block = condition.pointer.rpartition("/")[0]
    plain = operator.written[: -len("IfExists")] if operator.if_exists else operator.written
    same = [each for each in statement.conditions if each.operator.written in (operator.written, plain)]
    fix = None
    if operator.if_exists and not operator.is_negated and same == [condition]:
        edit = ReplaceText(block, plain, on_key=True)
        fix = Fix(f"write `{plain}`, so that requests without the key are no longer allowed", (edit,))
    return Remark(
        f"requests without `{condition.key}` are allowed",
        Where(condition.pointer, on_key=True),
        label="where the key is missing, this is true",
        related=(
            Label(
                Where(block, on_key=True),
                "a negated operator holds for a missing key" if operator.is_negated else "holds for a missing key",
            ),
        ),
        notes=(f"only some requests carry the key: {key.when}",),
        help=f"write `{plain}`" if fix else f'ask for the key too: `"Null": {{"{condition.key}": "false"}}`',
        fix=fix,
    )


RULE = Rule(
    "allow-on-absent-key", Severity.SECURITY_WARNING, statement=check, about=Topic.CONDITION, kinds=GRANTING_KINDS
)
