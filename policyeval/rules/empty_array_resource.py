"""An empty list of resources.

## What it does
Reports an empty `Resource` or `NotResource` where AWS accepts one: in resource policies, trust policies and those of
Organizations. IAM refuses it elsewhere, and the finding is then an error.

## Why is this bad?
An empty `Resource` names nothing, so the statement never applies, whatever it is there for. An empty `NotResource`
excludes nothing, so the statement applies to every resource.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObject",
    "Resource": []
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
  }
}
```

## References
- [IAM JSON policy elements reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html)
- [Access Analyzer: Empty array resource](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-array-resource)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_values import holds_empty_values, written_value


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if not context.kind.elements.accepts_empty_lists or not holds_empty_values(context.policy):
        return
    for name in ("Resource", "NotResource"):
        if written_value(context.policy, statement.element(name)) != []:
            continue
        every = name.startswith("Not")
        yield Remark(
            f"`{name}` is an empty list",
            Where(statement.element(name)),
            label="excludes nothing" if every else "names nothing",
            notes=("the statement applies to every resource" if every else "the statement never applies",),
            help="name the resources, or remove the statement",
        )


RULE = Rule("empty-array-resource", Severity.SUGGESTION, statement=check, about=Topic.EMPTY_VALUE)
