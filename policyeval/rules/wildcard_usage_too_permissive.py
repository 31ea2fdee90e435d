"""A wildcard where a condition should name somebody.

## What it does
Reports wildcards in values of keys that pin down an account, organization, network or identity: the sensitive global
keys such as `aws:PrincipalOrgID` and `aws:SourceAccount`, what stands before the colon in `aws:userid`, and the `sub`
claim of an identity provider with fewer than six plain characters before it. Looked at are conditions that let in
what matches: positive ones in an Allow, negated ones in a Deny.

## Why is this bad?
Such a condition is there to keep strangers out, and a wildcard lets them in: other organizations have ids that begin
alike, and anybody may have a repository.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "123456789012"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-*"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "123456789012"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
  }
}
```

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Wildcard usage too permissive](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-wildcard-usage-too-permissive)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.wide_values import wide_values


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for wide in wide_values(statement, context.policy, "wildcard"):
        yield Remark(
            f"a wildcard in the value of `{wide.condition.key}` lets in more than it names",
            Where(wide.value.pointer, within=wide.within),
            label=wide.reason,
            help="write the whole value, or several of them",
        )


RULE = Rule(
    "wildcard-usage-too-permissive",
    Severity.ERROR,
    statement=check,
    about=Topic.CONDITION,
    silences={
        "public-resource": Reach.STATEMENT,
        "restrict-access-to-service-principal": Reach.STATEMENT,
        "specific-github-repo-and-branch-recommended": Reach.PLACE,
    },
)
