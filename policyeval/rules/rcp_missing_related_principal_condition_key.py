"""A Deny of a resource control policy that hits AWS services, because it asks who the principal is.

## What it does
Reports a Deny of a resource control policy with a condition on a key of the principal (`aws:PrincipalOrgID`,
`aws:PrincipalAccount`, `aws:PrincipalArn`, …) that is true without the key, and with no condition on
`aws:PrincipalIsAWSService`.

## Why is this bad?
A service that acts for itself, as CloudTrail does when it writes to a bucket, has no account and no organization. Its
calls carry none of these keys, so the Deny is about them too.

## Example
```json rcp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
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
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {
      "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
      "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}
    }
  }
}
```

## Fix safety
Not safe: calls of services are no longer denied by the statement.

## References
- [Resource control policy examples](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html)
- [AWS global condition context keys: aws:PrincipalIsAWSService](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice)
- [Access Analyzer: RCP missing related principal condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-rcp-missing-related-principal-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.condition_edits import add_condition
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.rcp_callers import holds_without_key, is_about_services, spares_services


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Deny" or is_about_services(statement) or spares_services(statement):
        return
    found = [
        condition
        for condition in statement.conditions
        if names_principal(condition.key) and holds_without_key(condition)
    ]
    if not found:
        return
    first, *more = found
    edit = add_condition(statement, "BoolIfExists", "aws:PrincipalIsAWSService", "false")
    yield Remark(
        f"AWS services are denied too: their calls carry no `{first.key}`",
        Where(first.pointer, on_key=True),
        label="true where the key is missing",
        related=tuple(Label(Where(other.pointer, on_key=True), "and so is this") for other in more),
        notes=("a service that acts for itself has no account, no organization and no tags",),
        help='add `"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}`',
        fix=Fix("spare calls of AWS services, which are then no longer denied by this", (edit,)) if edit else None,
    )


def names_principal(key: str) -> bool:
    """Whether a key says who the principal is, and calls of services lack it."""
    found = global_key(key)
    return found is not None and found.name.startswith("aws:Principal") and "Service" in found.absent_for


RULE = Rule(
    "rcp-missing-related-principal-condition-key",
    Severity.WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=frozenset({PolicyKind.RCP}),
)
