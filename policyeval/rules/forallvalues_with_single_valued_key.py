"""`ForAllValues` on a key that holds one value.

## What it does
Reports `ForAllValues` on a key that holds a single value.

## Why is this bad?
`ForAllValues` is true of a request that lacks the key. On a key with one value it adds nothing but that hole: the
condition lets everybody through who does not send the key.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"ForAllValues:StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}}
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
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}}
  }
}
```

## Fix safety
Not safe: without `ForAllValues` the condition fails for requests that lack the key. In an Allow that allows less, in
a Deny more.

## References
- [Single-valued and multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
- [Access Analyzer: ForAllValues with single valued key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-forallvalues-with-single-valued-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import block_of, rename_operator
from policyeval.rules.written_keys import key_type
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        operator = condition.operator
        if operator.qualifier is not Qualifier.FOR_ALL_VALUES or operator.base == "Null":
            continue
        kind = key_type(condition.key)
        if kind is None or kind.startswith("ArrayOf"):
            continue
        plain = operator.canonical.partition(":")[2]
        edits = rename_operator(context.policy, statement, condition, plain)
        wider = statement.effect == "Deny"
        end = "which no longer denies requests without the key" if wider else "which asks for the key"
        if operator.if_exists or operator.is_negated:
            end = "which says the same of a single value"
        yield Remark(
            f"`ForAllValues` on `{condition.key}`, which holds one value",
            Where(block_of(condition), on_key=True, within=(0, len("ForAllValues:"))),
            label="true also without the key",
            related=(Label(Where(condition.pointer, on_key=True), "holds one value"),),
            help=f"use `{plain}`",
            fix=Fix(f"write `{plain}`, {end}", edits) if edits else None,
        )


RULE = Rule("forallvalues-with-single-valued-key", Severity.SECURITY_WARNING, statement=check, about=Topic.CONDITION)
