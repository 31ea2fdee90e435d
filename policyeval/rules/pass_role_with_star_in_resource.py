"""`iam:PassRole` allowed on every role.

## What it does
Reports an Allow that names `iam:PassRole` and has a lone `*` as resource, unless a condition on `iam:PassedToService`
says which service. Conditions on other keys (`aws:CalledVia`) leave the roles open and are not taken for an answer,
and neither is `StringEqualsIfExists`. A Deny of the same policy that takes the rest back is.

## Why is this bad?
Whoever may pass any role to a service starts an instance, a function or a task with the account's most powerful role
and acts through it. What the identity itself may do then matters little.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/ecs-task",
    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
  }
}
```

## References
- [Granting a user permissions to pass a role to an AWS service](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html)
- [Access Analyzer: Pass role with star in resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-pass-role-with-star-in-resource)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.pass_role import role_passes
from policyeval.rules.wide_grants import Actions, Resources


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    yield from role_passes(statement, context.policy, Actions.NAMED, Resources.STAR)


RULE = Rule(
    "pass-role-with-star-in-resource",
    Severity.SECURITY_WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
    about=Topic.IAM_ACTION,
)
