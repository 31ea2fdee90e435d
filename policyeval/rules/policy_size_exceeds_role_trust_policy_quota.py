"""A role trust policy that is larger than IAM takes.

## What it does
Reports role trust policies of more than 2,048 characters, white space aside: IAM's default quota.

## Why is this bad?
IAM refuses the policy. The quota can be raised on request, to 8,192 characters at most.

## Example
A trust policy that names forty roles by their ARNs.

## Use instead
```json trust
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "sts:AssumeRole",
    "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/pipelines/*"}}
  }
}
```

## References
- [IAM and AWS STS quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length)
- [Access Analyzer: Policy size exceeds role trust policy quota](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-policy-size-exceeds-role-trust-policy-quota)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.policy_size import allowance, excess_text, heading, size_of


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    from policyeval.catalog.quotas import size_quotas_of

    (quota,) = size_quotas_of("trust")
    text = excess_text(policy, quota.limit)
    size = size_of(text, quota) if text is not None else 0
    if size > quota.limit:
        raised = f"on request IAM raises the limit, to {quota.maximum:,} at most" if quota.maximum else ""
        yield Remark(
            f"the trust policy has {size:,} characters besides white space, {size - quota.limit:,} too many",
            heading(policy),
            label=allowance(quota),
            notes=(raised,) if raised else (),
            help=_advice(policy),
        )


def _advice(policy: Policy) -> str:
    if any(entry.type == "AWS" for statement in policy for entry in statement.principals or ()):
        return "trust the account, and say which of its roles by a pattern for `aws:PrincipalArn`"
    return "use patterns for what has much in common"


RULE = Rule(
    "policy-size-exceeds-role-trust-policy-quota",
    Severity.WARNING,
    policy=check,
    kinds=frozenset({PolicyKind.TRUST}),
    about=Topic.LARGE,
)
