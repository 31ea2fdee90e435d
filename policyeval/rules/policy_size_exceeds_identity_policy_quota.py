"""An identity policy that is larger than any identity can have.

## What it does
Reports identity policies and permissions boundaries of more than 10,240 characters, white space aside. That is what a
role's inline policies may have together, the largest of IAM's quotas. Access Analyzer counts one character more than
there are, and so does this rule. What is smaller and still too large for its place is `policy-too-large`.

## Why is this bad?
IAM refuses the policy, wherever it is to be attached: a managed policy may have 6,144 characters, the inline policies
of a user 2,048, of a group 5,120, of a role 10,240.

## Example
A document that lists four hundred actions one by one.

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": ["ec2:Describe*", "cloudwatch:Get*"], "Resource": "*"}
}
```

## References
- [IAM and AWS STS quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length)
- [Access Analyzer: Policy size exceeds identity policy quota](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-policy-size-exceeds-identity-policy-quota)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.policy_size import advice, allowance, excess_text, heading, size_of


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    from policyeval.catalog.quotas import size_quotas_of

    *smaller, largest = size_quotas_of("identity")
    text = excess_text(policy, largest.limit - 1)
    size = size_of(text, largest) if text is not None else 0
    if text is None or size + 1 <= largest.limit:
        return
    if policy.kind is PolicyKind.BOUNDARY:
        (own,) = size_quotas_of(policy.kind.value)
        notes, help = advice(context, text, own, "use wider patterns in fewer statements")
    else:
        own = largest
        notes, help = advice(context, text, own, "split it: an identity can have ten managed policies")
        notes = (", ".join(map(allowance, smaller)), *notes)
    yield Remark(
        f"the policy has {size:,} characters besides white space, more than any identity can have",
        heading(policy),
        label=allowance(own),
        notes=notes,
        help=help,
    )


RULE = Rule(
    "policy-size-exceeds-identity-policy-quota",
    Severity.WARNING,
    policy=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY}),
    about=Topic.LARGE,
    silences={"policy-too-large": Reach.POLICY},
)
