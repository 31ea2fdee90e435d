"""A service control policy that is longer than AWS Organizations takes.

## What it does
Reports service control policies of more than 10,240 characters, counted as AWS Organizations counts: white space too.

## Why is this bad?
AWS Organizations refuses the policy. The console takes white space out when it saves; the API and the tools that use
it do not.

## Example
A document of 10,241 characters, of which half may be the spaces that indent it.

## Use instead
```json scp
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}}
  }
}
```

## References
- [Quotas and service limits for AWS Organizations](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html)
- [Access Analyzer: Policy size exceeds SCP quota](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-policy-size-exceeds-scp-quota)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.organization_policy_size import oversize


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    yield from oversize(policy, context)


RULE = Rule(
    "policy-size-exceeds-scp-quota", Severity.ERROR, policy=check, kinds=frozenset({PolicyKind.SCP}), about=Topic.LARGE
)
