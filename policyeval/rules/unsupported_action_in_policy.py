"""An action that the resource of the policy does not know.

## What it does
Reports actions of another service in a resource policy, and actions other than assuming the role in a role's trust
policy. The resource's service is the one that the account file tells, or that the policy's ARNs show.

## Why is this bad?
A resource policy speaks of the resource that it is attached to. Most services refuse a policy with an action that the
resource does not know; the others keep it, and the action gets nobody anywhere.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    "Action": ["s3:GetObject", "kms:Decrypt"],
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [Identity-based policies and resource-based policies](https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html)
- [Access Analyzer: Unsupported action in policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-action-in-policy)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, Statement
from policyeval.rules.action_entries import ActionEntry, action_entries
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.home_service import can_work_on, home_service, prefix_of


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    if context.kind is PolicyKind.TRUST:
        return  # the reader refuses such a trust policy
    home = home_service(policy, context)
    if home is None:
        return
    for statement in policy:
        for entry in action_entries(statement):
            prefix = prefix_of(entry.text)
            if entry.element == "NotAction" or not prefix or prefix == home:
                continue
            if not can_work_on(entry.text, statement, context):
                yield remark(statement, entry, prefix, home, context)


def remark(statement: Statement, entry: ActionEntry, prefix: str, home: str, context: RuleContext) -> Remark:
    service = context.catalog.service_name(prefix)
    return Remark(
        f"`{entry.text}` is no action on a resource of {context.catalog.service_name(home)}",
        Where(entry.pointer),
        label=f"an action of {service}",
        notes=(f"the policy belongs to a resource of `{home}`, which knows only its own actions",),
        help=f"{statement.effect.lower()} it in the policy of the `{prefix}` resource, or of the principal",
    )


RULE = Rule(
    "unsupported-action-in-policy",
    Severity.ERROR,
    policy=check,
    kinds=frozenset({PolicyKind.RESOURCE, PolicyKind.TRUST}),
    silences={"no-resource-fits-action": Reach.PLACE},
)
