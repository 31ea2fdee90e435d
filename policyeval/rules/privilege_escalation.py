"""A policy whose holder can get rights that it does not give.

## What it does
Reports sets of actions, all allowed in one and the same context, by which their holder gets more rights: attaching a
policy to oneself, making keys for another user, passing a role to a service that runs one's code. What is open is
decided by evaluating requests, with the conditions and the Denies of the policy. Administrators are left out, and so
are a user's own credentials.

## Why is this bad?
The holder is as good as whoever they can become, which is often an administrator, whatever else the policy withholds.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:PutUserPolicy",
    "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:GetUserPolicy",
    "Resource": "arn:aws:iam::123456789012:user/${aws:username}"
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
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.escalation_remarks import escalation_remarks


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    if administrator_statement(policy, context) is None:
        yield from escalation_remarks(policy, context, through_resource=False)


RULE = Rule(
    "privilege-escalation",
    Severity.SECURITY_WARNING,
    policy=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
    needs_valid_policy=True,
    silences={
        "privilege-escalation-through-resource": Reach.POLICY,
        # A pattern that takes in more of IAM than these.
        "create-slr-with-star-in-action-and-not-resource": Reach.STATEMENT,
        "create-slr-with-star-in-action-and-resource": Reach.STATEMENT,
        "pass-role-with-star-in-action-and-not-resource": Reach.STATEMENT,
        "pass-role-with-star-in-action-and-resource": Reach.STATEMENT,
    },
)
