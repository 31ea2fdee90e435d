"""A resource policy that is larger than its service takes.

## What it does
Reports resource policies that are larger than the limit of the service whose resource they are for: 20,480 bytes for
an S3 bucket, 32,768 for a KMS key, 8,192 for an SQS queue, and what else AWS documents. Where AWS counts bytes, white
space is left out of the count.

## Why is this bad?
The service refuses the policy, and the limit cannot be raised.

## Example
A bucket policy that lists three hundred addresses one by one.

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*",
    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
  }
}
```

## References
- [Bucket policies for Amazon S3](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html)
- [Access Analyzer: Policy size exceeds resource policy quota](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-policy-size-exceeds-resource-policy-quota)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.policy_size import advice, allowance, excess_text, heading, size_of


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    from policyeval.catalog.quotas import size_quotas, size_quotas_of

    text = excess_text(policy, min(quota.limit for quota in size_quotas() if quota.kind == "resource"))
    if text is None:
        return
    from policyeval.rules.home_service import home_service

    service = home_service(policy, context)
    for quota in size_quotas_of("resource", service=service) if service is not None else ():
        size = size_of(text, quota)
        if size <= quota.limit:
            continue
        unit = "bytes besides white space" if quota.counts == "bytes" else "characters"
        notes, help = advice(context, text, quota, "drop what is redundant, or use wider patterns in fewer statements")
        yield Remark(
            f"the policy has {size:,} {unit}, {size - quota.limit:,} too many",
            heading(policy),
            label=allowance(quota),
            notes=notes,
            help=help,
        )


RULE = Rule(
    "policy-size-exceeds-resource-policy-quota",
    Severity.WARNING,
    policy=check,
    kinds=frozenset({PolicyKind.RESOURCE}),
    about=Topic.LARGE,
)
