"""`iam:PassRole` allowed on every role but some, by a `NotResource`.

## What it does
Reports an Allow that names `iam:PassRole` and has a `NotResource`, unless a condition on `iam:PassedToService` says
which service. Conditions on other keys (`aws:CalledVia`) leave the roles open and are not taken for an answer, and
neither is `StringEqualsIfExists`. A Deny of the same policy that takes the rest back is.

## Why is this bad?
Whoever may pass any role to a service starts an instance, a function or a task with the account's most powerful role
and acts through it. What the identity itself may do then matters little.

`NotResource` excludes what it names and includes everything else: the roles that are made tomorrow too.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "NotResource": "arn:aws:iam::123456789012:role/admin",
    "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
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
- [Access Analyzer: Pass role with NotResource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-pass-role-with-not-resource)
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
    yield from role_passes(statement, context.policy, Actions.NAMED, Resources.NOT_RESOURCE)


RULE = Rule(
    "pass-role-with-not-resource",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.NOT_RESOURCE,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
)
