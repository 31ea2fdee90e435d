"""An Allow of every action on every resource, without condition.

## What it does
Reports `"Action": "*"` on `"Resource": "*"` in policies that grant, unless a Deny of the same policy keeps its holder
from the permissions of others (`iam:*`). All narrower findings about what such a policy allows are left out.

## Why is this bad?
Its holder can do everything, change their own rights and those of all others, and take their traces away. An account
needs few of them; where one is meant, allow the rule for that file in the configuration and say why.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["ec2:Describe*", "cloudwatch:Get*"], "Resource": "*"}
}
```

## References
- [Security best practices in IAM: least-privilege permissions](https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege)
- [AWS managed policies for job functions](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.administrator import administrator_statement
from policyeval.rules.breadth import first_place, is_every_action
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    statement = administrator_statement(policy, context)
    if statement is None:
        return
    entry = next((entry for entry in statement.actions or () if is_every_action(entry.text)), None)
    element = "NotResource" if statement.resources is None else "Resource"
    yield Remark(
        "the policy makes its holder an administrator",
        Where(entry.pointer if entry is not None else statement.pointer),
        label="every action",
        related=(Label(Where(first_place(statement, element)), "on every resource"),),
        help="name the actions that are needed; if an administrator is meant, allow `administrator-access` in the "
        "configuration, with the reason",
    )


RULE = Rule(
    "administrator-access",
    Severity.SECURITY_WARNING,
    policy=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
    about=Topic.EVERY_RESOURCE,
    silences={
        "privilege-escalation": Reach.POLICY,
        "privilege-escalation-through-resource": Reach.POLICY,
        "credentials-exposure": Reach.POLICY,
        "data-exposure": Reach.POLICY,
        "resource-exposure": Reach.POLICY,
        "service-wildcard": Reach.POLICY,
        "pass-role-with-star-in-action-and-resource": Reach.POLICY,
        "create-slr-with-star-in-action-and-resource": Reach.POLICY,
    },
)
