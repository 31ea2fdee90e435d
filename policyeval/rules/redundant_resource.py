"""A resource that another entry of the same list covers.

## What it does
Reports entries of `Resource` and `NotResource` that repeat another or that another pattern of the list covers,
segment by segment as AWS compares them.

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
Safe: the list matches the same resources without the entry.

## References
- [IAM JSON policy elements: Resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html)
- [Access Analyzer: Redundant resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-resource)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, Remove
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.cover import covering, resource_covers


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for entries in (statement.resources, statement.not_resources):
        if entries is None or len(entries) < 2:
            continue
        for entry, other in covering(entries, resource_covers):
            repeated = entry.text == other.text
            yield Remark(
                f"`{entry.text}` stands in the list twice" if repeated else f"`{other.text}` covers `{entry.text}`",
                Where(entry.pointer),
                label="repeats an entry" if repeated else "redundant",
                related=(Label(Where(other.pointer), "already here" if repeated else "covers it"),),
                fix=Fix(f"remove `{entry.text}`", (Remove(entry.pointer),), safe=True),
            )


RULE = Rule("redundant-resource", Severity.SUGGESTION, statement=check, about=Topic.SEVERAL_RESOURCES)
