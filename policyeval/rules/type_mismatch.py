"""A condition operator for another type of value than the key holds.

## What it does
Reports an operator whose family does not fit the type of its key: `StringEquals` on `aws:SourceIp`, `NumericLessThan`
on `aws:CurrentTime`, `Bool` on `aws:PrincipalTag/team`.

As in Access Analyzer, String operators pass for keys that hold ARNs and for the Boolean keys of services, and ARN
operators for keys that hold text. Keys that are not known are passed over.

## Why is this bad?
The operator reads the request's value as something that it is not. Mostly the condition is then never true, or, when
negated, always: no address lies in the range `"10.0.0.0/8"` for an operator that compares letters.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringEquals": {"aws:SourceIp": "203.0.113.0/24"}}
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
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
  }
}
```

## References
- [IAM JSON policy elements: Condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Type mismatch](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-type-mismatch)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.catalog.key_lists import other_key_types
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.operator_edits import block_of
from policyeval.rules.written_keys import key_type
from policyeval.syntax.operator import Operator

FAMILIES = {
    "String": frozenset({"String"}),
    "ARN": frozenset({"Arn", "String"}),
    "Bool": frozenset({"Bool"}),
    "Date": frozenset({"Date"}),
    "Numeric": frozenset({"Numeric"}),
    "IPAddress": frozenset({"IpAddress"}),
    "Binary": frozenset({"Binary"}),
}
NOUNS = {
    "String": "text",
    "ARN": "an ARN",
    "Bool": "`true` or `false`",
    "Date": "a date",
    "Numeric": "a number",
    "IPAddress": "an address",
    "Binary": "base64 text",
}
COMPARED = {
    "String": "text",
    "Arn": "ARNs",
    "Bool": "`true` and `false`",
    "Date": "dates",
    "Numeric": "numbers",
    "IpAddress": "addresses",
    "Binary": "bytes",
}


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for condition in statement.conditions:
        family = condition.operator.family
        if family == "Null":
            continue
        key = global_key(condition.key)
        known = key.type if key is not None else key_type(condition.key)
        kind = (known or "").removeprefix("ArrayOf")
        if kind not in FAMILIES or family in FAMILIES[kind] or (kind == "String" and family == "Arn"):
            continue
        if key is not None and any(family in FAMILIES.get(other, ()) for other in key.other_types):
            continue
        if key is None and kind == "Bool" and family == "String":
            continue
        if family in FAMILIES.get(other_key_types().get(condition.key.lower(), ""), ()):
            continue
        if condition.key.lower() == "aws:epochtime" and family == "Numeric":
            continue
        wanted = fitting_operator(condition.operator, kind)
        yield Remark(
            f"`{condition.operator.written}` compares {COMPARED[family]}, and `{condition.key}` holds {NOUNS[kind]}",
            Where(block_of(condition), on_key=True),
            label=f"compares {COMPARED[family]}",
            related=(Label(Where(condition.pointer, on_key=True), f"holds {NOUNS[kind]}"),),
            help=f"use `{wanted}`",
        )


def fitting_operator(operator: Operator, kind: str) -> str:
    """The operator for a type of key that asks the same, as far as there is one."""
    negated = operator.is_negated
    base = {
        "String": "StringNotEquals" if negated else "StringEquals",
        "ARN": "ArnNotLike" if negated else "ArnLike",
        "Bool": "Bool",
        "Date": "DateNotEquals" if negated else "DateEquals",
        "Numeric": "NumericNotEquals" if negated else "NumericEquals",
        "IPAddress": "NotIpAddress" if negated else "IpAddress",
        "Binary": "BinaryEquals",
    }[kind]
    ordering = operator.base.removeprefix("Numeric").removeprefix("Date")
    if kind in ("Date", "Numeric") and operator.family in ("Date", "Numeric"):
        base = f"{kind}{ordering}"
    head = f"{operator.qualifier.value}:" if operator.qualifier else ""
    return f"{head}{base}{'IfExists' if operator.if_exists else ''}"


RULE = Rule("type-mismatch", Severity.WARNING, statement=check, about=Topic.CONDITION)
