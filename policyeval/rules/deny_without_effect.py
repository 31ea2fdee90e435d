"""A Deny that denies nothing of what its policy allows.

## What it does
Proves that no request which an Allow of the policy matches is matched by the Deny. Only asked of identity policies and
session policies that allow something, and only with `--pedantic`: a Deny may well stand guard against what other
policies allow, of the same user or of the resource.

## Why is this bad?
Often the Deny was written to take something away from an Allow above it, and misses it: another spelling of the bucket,
another service. Then the Allow allows more than its author believes.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::team-logs", "arn:aws:s3:::team-logs/*"]},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::team-log/*"}
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::team-logs", "arn:aws:s3:::team-logs/*"]},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::team-logs/*"}
  ]
}
```

## References
- [Policy evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    if {statement.effect for statement in policy} != {"Allow", "Deny"}:
        return
    from policyeval.proof.dead import idle_denies

    for deny in idle_denies(policy):
        yield Remark(
            f"{deny.label} denies nothing that this policy allows",
            Where(deny.element("Effect")),
            label="meets no Allow of the policy",
            notes=("it has an effect only on what other policies allow",),
            help="if it was meant for an Allow of this policy, compare their actions, resources and conditions",
        )


RULE = Rule(
    "deny-without-effect",
    Severity.SUGGESTION,
    policy=check,
    about=Topic.DENY,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
    pedantic=True,
    needs_valid_policy=True,
)
