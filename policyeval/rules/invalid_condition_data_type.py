"""Values of one condition key with different JSON types.

## What it does
Reports lists of condition values that mix strings, numbers and booleans.

## Why is this bad?
Access Analyzer refuses such a list, since AWS does not say how it reads one. Quotes around numbers and booleans are
optional and make no difference, so all of them can have quotes.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"NumericEquals": {"s3:max-keys": ["10", 20]}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:ListBucket",
    "Resource": "arn:aws:s3:::team-logs",
    "Condition": {"NumericEquals": {"s3:max-keys": ["10", "20"]}}
  }
}
```

## Fix safety
Safe: AWS compares numbers and booleans as their text, with and without quotes.

## References
- [Grammar of the IAM JSON policy language](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html)
- [Access Analyzer: Invalid condition data type](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-condition-data-type)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.fix import Fix, ReplaceValue
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Entry, Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.source import Source


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    source = context.policy.source
    if source is None:
        return
    for condition in statement.conditions:
        values = condition.values
        if len(values) < 2 or not any(could_be_bare(value.text) for value in values):
            continue
        types = [json_type(value, source) for value in values]
        other = next((at for at, name in enumerate(types) if name != types[0]), None)
        if other is None:
            continue
        bare = [value for value, name in zip(values, types, strict=True) if name != "string"]
        yield Remark(
            f"the values of `{condition.key}` are of different JSON types",
            Where(values[other].pointer),
            label=f"a {types[other]}",
            related=(Label(Where(values[0].pointer), f"a {types[0]}"),),
            help="put all of them in quotes",
            fix=Fix(
                "put the values in quotes",
                tuple(ReplaceValue(value.pointer, value.text) for value in bare),
                safe=True,
            ),
        )


def could_be_bare(text: str) -> bool:
    """Whether a value's text is that of a JSON number or boolean, so that it is worth a look at how it was written."""
    return text in ("true", "false") or text[:1] == "-" or text[:1].isdigit()


def json_type(value: Entry, source: Source) -> str:
    """How a value was written."""
    span = Where(value.pointer).find(source)
    written = source.text[span.start : span.end]
    if written in ("true", "false"):
        return "boolean"
    return "string" if written[:1] in ('"', "'") or not could_be_bare(written) else "number"


RULE = Rule("invalid-condition-data-type", Severity.ERROR, statement=check, about=Topic.CONDITION)
