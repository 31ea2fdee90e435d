"""An ARN of fewer than six segments, which AWS fills up with `*`.

## What it does
Reports entries of `Resource` and `NotResource` that are cut short, such as `arn:aws:s3:*`, and says what they match in
this kind of policy. In resource policies one without a wildcard matches nothing, which is `missing-arn-field`.

## Why is this bad?
What is missing counts as `*`, so the entry covers more than it seems to: other accounts, and all resources of a
service. AWS's own pages differ on whether an inner `*` goes beyond a colon, so such an entry is also hard to foresee.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012"
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
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders"
  }
}
```

## Fix safety
Not safe: AWS documents no reading of a short ARN, so nobody can promise that the long one is the same.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import NEVER_PADDED
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import resource_arns
from policyeval.syntax.wildcard import has_wildcard

SEGMENTS = 6


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for arn in resource_arns(statement):
        if arn.is_whole or (context.kind in NEVER_PADDED and not has_wildcard(arn.text)):
            continue
        count = len(arn.segments)
        padded = ":".join((*arn.segments, *("*" for _ in range(SEGMENTS - count))))
        inner = has_wildcard(":".join(arn.segments[:-1]))
        notes = ["AWS's pages do not say whether the inner wildcard goes beyond a colon"] if inner else []
        yield Remark(
            f"`{arn.text}` has {count} of the six segments of an ARN",
            Where(arn.pointer),
            label=f"read as `{padded}`",
            notes=tuple(notes),
            help="write all six segments; those that are empty keep their colons",
            fix=Fix(f"write `{padded}`, which is what it is read as", (ReplaceText(arn.pointer, padded),)),
        )


RULE = Rule(
    "short-arn",
    Severity.WARNING,
    statement=check,
    about=Topic.SOME_RESOURCE,
    silences={"invalid-arn-account": Reach.PLACE, "invalid-arn-region": Reach.PLACE},
)
