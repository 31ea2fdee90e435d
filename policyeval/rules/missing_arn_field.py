"""An ARN of fewer than six segments that matches nothing.

## What it does
Reports ARNs with fewer than six parts between colons where AWS matches nothing by them: in conditions with an ARN
operator, and in resource policies when they hold no wildcard. A short ARN that matches more than it seems to is
`short-arn`.

## Why is this bad?
An ARN has six parts: `arn`, partition, service, Region, account and resource. The colons stay where a part is empty,
as in `arn:aws:s3:::team-logs`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:s3:team-logs"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:s3:::team-logs"}}
  }
}
```

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Missing ARN field](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-arn-field)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import WrittenArn, all_arns
from policyeval.syntax.wildcard import has_wildcard

NEVER_PADDED = frozenset({PolicyKind.RESOURCE, PolicyKind.VPC_ENDPOINT})
"""Kinds in which a short ARN without a wildcard matches no resource (semantics section 3.1, rule 7)."""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for arn in all_arns(statement):
        if arn.is_whole or not matches_nothing(arn, context.kind):
            continue
        count = len(arn.segments)
        what = "this resource" if arn.is_resource else "this value"
        yield Remark(
            f"`{arn.text}` has {count} of the six segments of an ARN",
            Where(arn.pointer),
            label=f"{count} segments",
            notes=(f"AWS compares segment by segment, so {what} matches nothing",),
            help=f"did you mean `{whole(arn)}`?"
            if whole(arn)
            else "the form is `arn:partition:service:region:account:resource`; empty segments keep their colons",
        )


def matches_nothing(arn: WrittenArn, kind: PolicyKind) -> bool:
    if arn.is_resource:
        return kind in NEVER_PADDED and not has_wildcard(arn.text)
    return arn.element not in ("Principal", "NotPrincipal") and not arn.segments[-1].endswith("*")


def whole(arn: WrittenArn) -> str | None:
    """The ARN of a bucket or object with the colons that were left out."""
    if len(arn.segments) < 4 or arn.segments[2] != "s3" or not arn.segments[-1] or any(arn.segments[3:-1]):
        return None
    return f"arn:{arn.segments[1]}:s3:::{arn.segments[-1]}"


RULE = Rule(
    "missing-arn-field",
    Severity.ERROR,
    statement=check,
    about=Topic.SOME_RESOURCE | Topic.PRINCIPAL | Topic.CONDITION,
    silences={"short-arn": Reach.PLACE, "no-resource-fits-action": Reach.STATEMENT},
)
