"""A policy that is larger than its quota.

## What it does
Reports policies that are too large for where they are: a managed policy or permissions boundary of more than 6,144
characters, an inline policy of a user of more than 2,048 and of a group of more than 5,120, each without its white
space; a session policy of more than 2,048 characters and a VPC endpoint policy of more than 20,480, white space
included. A policy in a file of its own is taken for a managed one. Identity policies that fit nowhere, role trust
policies, resource policies and policies of an organization have rules of their own, `policy-size-exceeds-...`.

## Why is this bad?
AWS refuses the policy, and mostly when it is deployed. The message says what `policyeval shrink` and taking white space
out would save.

## Example
A document that lists two hundred actions one by one.

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["ec2:Describe*", "cloudwatch:Get*"], "Resource": "*"}
}
```

## References
- [IAM and AWS STS quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length)
- [Control access to VPC endpoints using endpoint policies](https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.quotas import SizeQuota
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.policy_size import advice, allowance, excess_text, heading, holder_of, size_of


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    quota = _quota(policy)
    text = excess_text(policy, quota.limit)
    size = size_of(text, quota) if text is not None else 0
    if text is None or size <= quota.limit:
        return
    besides = "" if quota.counts == "characters" else " besides white space"
    notes, help = advice(context, text, quota, _elsewhere(policy, size, quota))
    yield Remark(
        f"the policy has {size:,} characters{besides}, {size - quota.limit:,} too many",
        heading(policy),
        label=allowance(quota),
        notes=notes,
        help=help,
    )


def _quota(policy: Policy) -> SizeQuota:
    """The quota of a policy's place: of identity policies there are four, told apart by who has them."""
    from policyeval.catalog.quotas import size_quotas_of

    quotas = size_quotas_of(policy.kind.value)
    holder = holder_of(policy) if policy.kind is PolicyKind.IDENTITY else None
    subject = "managed policy" if holder is None else f"inline policies of a {holder}, together"
    return next((quota for quota in quotas if quota.subject == subject), quotas[0])


def _elsewhere(policy: Policy, size: int, quota: SizeQuota) -> str:
    """Where a policy of that size has its place, or how to divide it."""
    if policy.kind is PolicyKind.IDENTITY and quota.subject != "managed policy" and size <= _managed():
        return f"make it a managed policy, which may have {_managed():,}"
    if policy.kind is PolicyKind.SESSION:
        return "put what is always the same into a managed policy, and pass its ARN"
    if policy.kind in (PolicyKind.BOUNDARY, PolicyKind.VPC_ENDPOINT):
        return "use wider patterns in fewer statements"
    return "split it: an identity can have ten managed policies"


def _managed() -> int:
    from policyeval.catalog.quotas import size_quotas

    return next(quota.limit for quota in size_quotas() if quota.subject == "managed policy")


RULE = Rule(
    "policy-too-large",
    Severity.WARNING,
    policy=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.VPC_ENDPOINT}),
    about=Topic.LARGE,
)
