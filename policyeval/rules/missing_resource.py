"""A statement without `Resource` or `NotResource`, in a policy that needs one.

## What it does
Reports statements of identity policies, permissions boundaries, session policies, service and resource control
policies and VPC endpoint policies that name no resource; and those of resource policies whose actions are of Amazon
S3, Amazon SQS or AWS KMS.

## Why is this bad?
AWS refuses the policy, or the statement has no effect, as in a key policy. Only a policy that is attached to a resource
may leave the resource out, and not with every service: a repository policy of Amazon ECR has none, a bucket policy
must have one.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "s3:GetObject"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Missing resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-resource)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.action_entries import action_entries
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.wording import listed


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    """Those of resource policies; of the other kinds whoever reads the document says it."""
    if context.kind is not PolicyKind.RESOURCE or statement.actions is None:
        return
    if statement.resources is not None or statement.not_resources is not None:
        return
    from policyeval.catalog.resources import services_that_want_a_resource

    prefixes = dict.fromkeys(entry.prefix.lower() for entry in action_entries(statement))
    if prefixes and prefixes.keys() <= services_that_want_a_resource():
        names = listed(context.catalog.service_name(prefix) or prefix for prefix in prefixes)
        yield Remark(
            "the statement has neither `Resource` nor `NotResource`",
            Where(statement.pointer),
            notes=(f"{names} wants one in every statement; without it the statement is refused, or has no effect",),
            help='add the ARN of the resource, or `"Resource": "*"` in a key policy'
            if "kms" in prefixes
            else "add the ARN of the resource that the policy is attached to",
        )


RULE = Rule(
    "missing-resource",
    Severity.ERROR,
    statement=check,
    about=Topic.NO_RESOURCE,
    kinds=frozenset(
        {
            PolicyKind.IDENTITY,
            PolicyKind.BOUNDARY,
            PolicyKind.SESSION,
            PolicyKind.SCP,
            PolicyKind.RCP,
            PolicyKind.VPC_ENDPOINT,
            PolicyKind.RESOURCE,
        }
    ),
)
