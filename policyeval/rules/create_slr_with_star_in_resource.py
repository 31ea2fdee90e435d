"""`iam:CreateServiceLinkedRole` allowed for every service.

## What it does
Reports an Allow that names `iam:CreateServiceLinkedRole` and has a lone `*` as resource, unless a condition on
`iam:AWSServiceName` says which service. A value that begins with `*` says nothing of the service, and an operator
with `IfExists` is true without the key. A Deny of the same policy that takes the rest back counts as well.

## Why is this bad?
A service-linked role gives a service rights in the account that its owner can neither narrow nor, while the service
uses it, delete. Which services may have one should be said.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:CreateServiceLinkedRole",
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
    "Action": "iam:CreateServiceLinkedRole",
    "Resource": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    "Condition": {"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}
  }
}
```

## References
- [Creating a service-linked role](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html)
- [Access Analyzer: Create SLR with star in resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-create-slr-with-star-in-resource)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.service_linked_roles import creations
from policyeval.rules.wide_grants import Actions, Resources


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    yield from creations(statement, context.policy, Actions.NAMED, Resources.STAR)


RULE = Rule(
    "create-slr-with-star-in-resource",
    Severity.WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
    about=Topic.IAM_ACTION,
)
