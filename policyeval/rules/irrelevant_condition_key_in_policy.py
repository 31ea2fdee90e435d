"""A condition key that is the same for every request which the policy is about, or missing from all of them.

## What it does
Reports conditions on keys that cannot tell requests apart in a policy of this kind: the owner of the resource
(`aws:ResourceAccount`, `s3:ResourceAccount`, …) in the resource's own policy, the organization in policies that it
attaches, the endpoint in its own policy, and keys that only services send (`aws:SourceArn`, …) in policies of
identities. Comparisons with a policy variable are left alone, since the other side varies.

## Why is this bad?
The condition is always true or always false. It reads as a limit and is none, or it keeps the statement from ever
applying; what was meant is mostly a key of the other side (`aws:PrincipalAccount` for `aws:ResourceAccount`).

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringEquals": {"s3:ResourceAccount": "123456789012"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
  }
}
```

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Irrelevant condition key in policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-irrelevant-condition-key-in-policy)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.key_lists import IrrelevantKey, irrelevant_keys
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.key_support import is_false_without_key

OTHER_SIDE = {
    "aws:resourceaccount": "aws:PrincipalAccount",
    "s3:resourceaccount": "aws:PrincipalAccount",
    "aws:resourceorgid": "aws:PrincipalOrgID",
    "aws:resourceorgpaths": "aws:PrincipalOrgPaths",
    "aws:principalorgid": "aws:ResourceOrgID",
    "aws:sourceaccount": "aws:ResourceAccount",
}
"""The key that says the same of the other party to the request."""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        found = irrelevant_keys().get((condition.key.lower(), context.kind.value))
        if found is None or any("${" in value.text for value in condition.values):
            continue
        if found.value == "absent" and condition.operator.if_exists:
            continue
        yield remark(statement, condition, found)


def remark(statement: Statement, condition: Condition, found: IrrelevantKey) -> Remark:
    other = OTHER_SIDE.get(condition.key.lower())
    if found.value == "same":
        message = f"`{condition.key}` is the same in every request that this policy is about"
        label = "true of all of them or of none"
    else:
        message = f"no request that this policy is about carries `{condition.key}`"
        label = "never true" if is_false_without_key(condition) else "always true"
    element = statement.element("Effect")
    verb = "allows" if statement.effect == "Allow" else "denies"
    dead = found.value == "absent" and is_false_without_key(condition)
    return Remark(
        message,
        Where(condition.pointer, on_key=True),
        label=label,
        related=(Label(Where(element), f"so this {verb} nothing"),) if dead else (),
        notes=(found.why,),
        help=f"was `{other}` meant?" if other else None,
        severity=Severity.WARNING if dead else None,
    )


RULE = Rule("irrelevant-condition-key-in-policy", Severity.SUGGESTION, statement=check, about=Topic.CONDITION)
