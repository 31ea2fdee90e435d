"""A resource that another entry of the same list covers.

## What it does
Reports entries of `Resource` and `NotResource` that repeat another or that another pattern of the list covers,
segment by segment as AWS compares them.

In a `NotResource`, an entry with a variable that has no default is not reported beside `*` patterns without the
variable: for a caller without a value for it the entry keeps the statement from applying at all, to whatever resource.

## Why is this bad?
The entry does nothing, and makes the statement look narrower than it is: a list of ten buckets and a `*` is a `*`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": ["arn:aws:s3:::reports/*", "arn:aws:s3:::reports/2026/*"]
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
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## Fix safety
Safe: the list matches the same resources without the entry, also for callers without a value for its variables.

## References
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Redundant resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-resource)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.cover import covering, redundancy, resource_covers
from policyeval.syntax.arn import split_arn
from policyeval.syntax.variable import Variable, parse_template


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    excludes = covers_exclusion if context.policy.has_variables else resource_covers
    for entries, cover in ((statement.resources, resource_covers), (statement.not_resources, excludes)):
        if entries is None or len(entries) < 2:
            continue
        for entry, other in covering(entries, cover):
            yield redundancy(entry, other, "an entry")


def covers_exclusion(pattern: str, other: str) -> bool:
    """Whether an entry of `NotResource` covers another.

    A variable without a value keeps the statement from matching (semantics 3.2), so that it has to stand in the pattern
    as well, unless that is `*`, which does so always.
    """
    if not resource_covers(pattern, other):
        return False
    return not pattern.strip("*") or needed_keys(other) <= needed_keys(pattern)


def needed_keys(entry: str) -> set[str]:
    """The keys, in lower case, without whose value an entry matches no resource."""
    parts = (part for segment in split_arn(entry)[5:] for part in parse_template(segment))
    return {part.key.lower() for part in parts if isinstance(part, Variable) and part.default is None}


RULE = Rule("redundant-resource", Severity.SUGGESTION, statement=check, about=Topic.SEVERAL_RESOURCES)
