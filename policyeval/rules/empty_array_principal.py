"""A principal type with an empty list.

## What it does
Reports `"AWS": []` and the like in `Principal` and `NotPrincipal`.

## Why is this bad?
Nobody is named, so the statement applies to nobody; an empty `NotPrincipal` excludes nobody.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": []},
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
- [Access Analyzer: Empty array principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-empty-array-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import PRINCIPAL_KINDS, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_values import holds_empty_values, written_value
from policyeval.source import child


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if not holds_empty_values(context.policy):
        return
    for name in ("Principal", "NotPrincipal"):
        written = written_value(context.policy, statement.element(name))
        label = "excludes nobody" if name.startswith("Not") else "names nobody"
        if isinstance(written, dict):
            for key in (key for key, value in written.items() if value == []):
                yield Remark(
                    f"`{name}` has an empty list of `{key}`",
                    Where(child(statement.element(name), key)),
                    label=label,
                    help="name the principals, or remove the key",
                )


RULE = Rule(
    "empty-array-principal", Severity.SUGGESTION, statement=check, kinds=PRINCIPAL_KINDS, about=Topic.EMPTY_VALUE
)
