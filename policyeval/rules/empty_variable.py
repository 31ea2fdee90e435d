"""A policy variable without a key.

## What it does
Reports `${}` in resources and condition values.

## Why is this bad?
AWS does not replace it: the text is taken literally, and no resource is named so. A template that was not filled in
often leaves it behind.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-home/${}/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-home/${aws:username}/*"
  }
}
```

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
- [Access Analyzer: Empty variable](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-empty-variable)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.variable_faults import Fault, faults_of


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for placed in faults_of(statement, context.policy, Fault.EMPTY):
        yield Remark(
            "`${}` names no key",
            placed.where,
            label="no key",
            notes=("AWS takes it as plain text",),
            help="name a key, as in `${aws:username}`",
        )


RULE = Rule("empty-variable", Severity.ERROR, statement=check, about=Topic.VARIABLE)
