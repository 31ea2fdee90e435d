"""A resource of another service in a resource policy.

## What it does
Reports ARNs of another service than that of the resource that the policy belongs to, and, where the account file
tells the resource, ARNs that are neither it nor in it.

## Why is this bad?
A resource policy governs one resource. Most services refuse a policy that names another (S3 answers "Policy has
invalid resource"); the others keep it and it means nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:role/reader"},
    "Action": "s3:GetObject",
    "Resource": ["arn:aws:s3:::team-logs/*", "arn:aws:dynamodb:eu-west-1:123456789012:table/logs"]
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
- [Access Analyzer: Unsupported resource ARN in policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-resource-arn-in-policy)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.arn_format import pattern_overlaps
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Policy, Statement
from policyeval.rules.action_entries import action_entries
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext
from policyeval.rules.home_service import can_work_on, home_service
from policyeval.rules.written_arns import SERVICE, WrittenArn, resource_arns

WITH_OWN_RESOURCES = frozenset({"s3", "sqs", "sns", "kms", "secretsmanager", "lambda", "dynamodb", "kinesis"})
"""Services whose resource policies name the resource itself, or something in it, and nothing else."""


def check(policy: Policy, context: RuleContext) -> Iterator[Remark]:
    home = home_service(policy, context)
    if home is None:
        return
    for statement in policy:
        for arn in resource_arns(statement):
            service = arn.literal(SERVICE)
            if service is None:
                continue
            if service.lower() != home.lower():
                if context.catalog.has_service(service) and not actions_work_on(arn, statement, context):
                    yield of_other_service(arn, home)
                continue
            owner = context.attached_to if home in WITH_OWN_RESOURCES else None
            if owner is not None and not is_in(arn.text, owner):
                yield of_other_resource(arn, owner)


def actions_work_on(arn: WrittenArn, statement: Statement, context: RuleContext) -> bool:
    """Whether the statement's own actions work on such resources, as those of AWS Backup on snapshots."""
    return any(
        entry.text.partition(":")[0].lower() != arn.literal(SERVICE) and can_work_on(entry.text, statement, context)
        for entry in action_entries(statement)
        if statement.resources is not None and len(statement.resources) == 1
    )


def is_in(pattern: str, resource: str) -> bool:
    return any(pattern_overlaps(f"{resource}{rest}", pattern) for rest in ("", "/${Part}", ":${Part}"))


def of_other_service(arn: WrittenArn, home: str) -> Remark:
    service = arn.segments[SERVICE]
    return Remark(
        f"a resource of `{service}` stands in the policy of a resource of `{home}`",
        Where(arn.pointer, within=arn.within(SERVICE)),
        label="another service",
        notes=("a resource policy speaks only of the resource that it is attached to",),
        help=f"move it to the policy of the `{service}` resource",
    )


def of_other_resource(arn: WrittenArn, resource: str) -> Remark:
    return Remark(
        f"`{arn.text}` is not in the resource that the policy belongs to",
        Where(arn.pointer),
        label="another resource",
        notes=(f"the policy belongs to `{resource}`",),
        help="a resource policy speaks only of the resource that it is attached to",
    )


RULE = Rule(
    "unsupported-resource-arn-in-policy",
    Severity.ERROR,
    policy=check,
    kinds=frozenset({PolicyKind.RESOURCE}),
    silences={"no-resource-fits-action": Reach.STATEMENT},
)
