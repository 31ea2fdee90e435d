"""A policy whose holder can use the rights of what exists already.

## What it does
Reports actions by which their holder acts with the rights of an existing resource (changing a function's code, running
a command on an instance, starting a build), where they are allowed on every resource of the kind. Statements that allow
`*` are left out: who allows everything knows. Paths of IAM alone that gain something only where there is a certain
policy, key, device, instance profile or role already (a policy that denies, taken away; a role that trusts the account)
are told here as well, and not as `privilege-escalation`.

## Why is this bad?
Whether it comes to more rights hangs on the resources that exist, and nobody looks at them when the next one is
created.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "lambda:UpdateFunctionCode",
    "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:team-*"
  }
}
```

## References
- [Permissions boundaries for IAM entities](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html)
- [Grant a user permissions to pass a role to an AWS service](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html)
- [Paths of privilege escalation](https://pathfinding.cloud/)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.administrator import administrator_statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.escalation_remarks import escalation_remarks


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    if administrator_statement(policy, context) is None:
        yield from escalation_remarks(policy, context, through_resource=True)


RULE = Rule(
    "privilege-escalation-through-resource",
    Severity.SUGGESTION,
    policy=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
    needs_valid_policy=True,
)
