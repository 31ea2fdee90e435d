"""A `Principal` that is an empty object.

## What it does
Reports `"Principal": {}` and `"NotPrincipal": {}`.

## Why is this bad?
Nobody is named, so the statement applies to nobody; an empty `NotPrincipal` excludes nobody.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*"
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
- [IAM JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [Access Analyzer: Empty object principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-object-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import PRINCIPAL_KINDS, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_values import holds_empty_values, written_value


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if not holds_empty_values(context.policy):
        return
    for name in ("Principal", "NotPrincipal"):
        written = written_value(context.policy, statement.element(name))
        label = "excludes nobody" if name.startswith("Not") else "names nobody"
        if written == {}:
            yield Remark(
                f"`{name}` is an empty object",
                Where(statement.element(name)),
                label=label,
                help="name the principals, or remove the statement",
            )


RULE = Rule(
    "empty-object-principal", Severity.SUGGESTION, statement=check, kinds=PRINCIPAL_KINDS, about=Topic.EMPTY_VALUE
)
