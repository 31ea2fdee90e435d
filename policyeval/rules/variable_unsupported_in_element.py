"""A policy variable where AWS replaces none.

## What it does
Reports `${...}` in actions, principals, Sids, names of condition keys, and in the first five segments of a resource's
ARN.

## Why is this bad?
AWS replaces variables in the resource part of an ARN, after the fifth colon, and in values of string and ARN
conditions. Anywhere else the text is taken literally or refused, and what holds it matches nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:GetRole",
    "Resource": "arn:aws:iam::${aws:PrincipalAccount}:role/reader"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:GetRole",
    "Resource": "arn:aws:iam::123456789012:role/reader"
  }
}
```

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
- [Access Analyzer: Variable unsupported in element](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-variable-unsupported-in-element)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.action_entries import action_entries
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.placeholder_in_policy import placeholders_in
from policyeval.rules.written_arns import RESOURCE, resource_arns
from policyeval.rules.written_text import texts
from policyeval.source import Pointer

_VARIABLE = r"\$\{[^{}]*\}"
_NAMES = ("partition", "service", "Region", "account")


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    found = list(variables(statement))
    if found:
        named = {
            (text.pointer, within)
            for text in texts(statement)
            for within in placeholders_in(text, has_variables=context.policy.has_variables)
        }
        yield from (remark for remark in found if (remark.where.pointer, remark.where.within) not in named)


def variables(statement: Statement) -> Iterator[Remark]:
    """Every variable out of place, placeholders of templates among them."""
    yield from in_text(statement.sid or "", statement.element("Sid"), "a `Sid`")
    for entry in action_entries(statement):
        yield from in_text(entry.text, entry.pointer, "an action")
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        yield from in_text(principal.text, principal.pointer, "a principal")
    for arn in resource_arns(statement):
        for index in range(1, min(RESOURCE, len(arn.segments))):
            start, _ = arn.within(index)
            yield from in_text(arn.segments[index], arn.pointer, f"the {_NAMES[index - 1]} of an ARN", start)
    for condition in statement.conditions:
        yield from in_text(condition.key, condition.pointer, "the name of a condition key", on_key=True)


def in_text(text: str, pointer: Pointer, what: str, offset: int = 0, *, on_key: bool = False) -> Iterator[Remark]:
    if "${" not in text:
        return
    for found in re.finditer(_VARIABLE, text):
        where = Where(pointer, on_key=on_key, within=(offset + found.start(), offset + found.end()))
        is_template = ":" not in found.group()
        yield Remark(
            f"AWS replaces no variable in {what}",
            where,
            label="taken as text",
            help="fill in the template before the policy goes to AWS" if is_template else "write the value itself",
        )


RULE = Rule(
    "variable-unsupported-in-element",
    Severity.ERROR,
    statement=check,
    about=Topic.VARIABLE,
    silences={
        "invalid-action": Reach.PLACE,
        "invalid-service-in-action": Reach.PLACE,
        "invalid-service-condition-key": Reach.PLACE,
        "invalid-global-condition-key": Reach.PLACE,
        "invalid-service": Reach.PLACE,
        "no-resource-fits-action": Reach.STATEMENT,
        "unsupported-sid": Reach.PLACE,
        "invalid-principal-format": Reach.PLACE,
    },
)
