"""A Deny of a resource control policy that hits users and roles, because it asks on whose behalf a service calls.

## What it does
Reports a Deny of a resource control policy with a condition on `aws:SourceAccount`, `aws:SourceArn`,
`aws:SourceOrgID` or `aws:SourceOrgPaths` that is true without the key, where no condition asks for the call of a
service: `aws:PrincipalIsAWSService`, or a `Null` check of one of these keys.

## Why is this bad?
Only services that act for themselves send these keys. Requests of users, roles and strangers carry none of them, so
the Deny that was meant for confused deputies is about everybody.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sqs:*",
    "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
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
Not safe: requests of users and roles are no longer denied by the statement.

## References
- [Resource control policy examples](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html)
- [The confused deputy problem](https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html)
- [Access Analyzer: RCP missing related service principal condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-rcp-missing-related-service-principal-condition-key)
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
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.rcp_callers import holds_without_key, needs_service


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Deny" or needs_service(statement):
        return
    found = [
        condition
        for condition in statement.conditions
        if condition.key.lower() in confused_deputy_keys() and holds_without_key(condition)
    ]
    if not found:
        return
    first, *more = found
    wanted = (
        add_condition(statement, "Bool", "aws:PrincipalIsAWSService", "true"),
        add_condition(statement, "Null", "aws:SourceAccount", "false"),
    )
    edits = tuple(edit for edit in wanted if edit is not None)
    yield Remark(
        f"users and roles are denied too: their requests carry no `{first.key}`",
        Where(first.pointer, on_key=True),
        label="true where the key is missing",
        related=tuple(Label(Where(other.pointer, on_key=True), "and so is this") for other in more),
        notes=("only a service that acts for itself says on whose behalf it calls",),
        help='add `"Bool": {"aws:PrincipalIsAWSService": "true"}` and `"Null": {"aws:SourceAccount": "false"}`',
        fix=Fix("keep to calls of services; users and roles are then no longer denied by this", edits)
        if len(edits) == len(wanted)
        else None,
    )


RULE = Rule(
    "rcp-missing-related-service-principal-condition-key",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=frozenset({PolicyKind.RCP}),
    silences={"rcp-missing-service-condition-key-null-check": Reach.PLACE},
)
