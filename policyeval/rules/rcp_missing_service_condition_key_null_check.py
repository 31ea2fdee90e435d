"""A Deny of a resource control policy that hits services which call on nobody's behalf.

## What it does
Reports a Deny of a resource control policy with a condition on `aws:SourceAccount`, `aws:SourceArn`,
`aws:SourceOrgID` or `aws:SourceOrgPaths` that is true without the key, where no condition asks that one of these keys
is there (`Null` with `false`).

## Why is this bad?
Not every call of a service is made for a resource. Some carry none of these keys, and the Deny is about them too, so
that a service loses access which has nothing to do with confused deputies. `aws:SourceAccount` is the key to ask for:
an account outside every organization has no `aws:SourceOrgID`.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {
      "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
      "Bool": {"aws:PrincipalIsAWSService": "true"}
    }
  }
}
```

## Use instead
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {
      "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
      "Bool": {"aws:PrincipalIsAWSService": "true"},
      "Null": {"aws:SourceAccount": "false"}
    }
  }
}
```

## Fix safety
Not safe: calls without these keys are no longer denied by the statement.

## References
- [Resource control policy examples](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html)
- [AWS global condition context keys: aws:SourceAccount](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount)
- [Access Analyzer: RCP missing service condition key null check](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-rcp-missing-service-condition-key-null-check)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.key_lists import confused_deputy_keys
from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.condition_edits import add_condition
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.key_support import is_false_without_key
from policyeval.rules.rcp_callers import holds_without_key


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Deny":
        return
    about = [condition for condition in statement.conditions if condition.key.lower() in confused_deputy_keys()]
    found = [condition for condition in about if holds_without_key(condition)]
    if not found or any(is_false_without_key(condition) for condition in about):
        return
    first, *more = found
    edit = add_condition(statement, "Null", "aws:SourceAccount", "false")
    yield Remark(
        f"services that call on nobody's behalf are denied too: they send no `{first.key}`",
        Where(first.pointer, on_key=True),
        label="true where the key is missing",
        related=tuple(Label(Where(other.pointer, on_key=True), "and so is this") for other in more),
        help='add `"Null": {"aws:SourceAccount": "false"}`',
        fix=Fix("ask for `aws:SourceAccount`; calls without it are then no longer denied by this", (edit,))
        if edit
        else None,
    )


RULE = Rule(
    "rcp-missing-service-condition-key-null-check",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=frozenset({PolicyKind.RCP}),
)
