"""An Allow with `ForAllValues` that holds when the key is missing.

## What it does
Reports `ForAllValues` on a multivalued key in an Allow when no other condition of the statement asks for the key.
`aws:TagKeys` is left out: a request without tags is what most of such statements mean to let pass. So is
`dynamodb:LeadingKeys` where all actions of the statement name the partition keys of items.

## Why is this bad?
`ForAllValues` is true of no values at all: a request without the key passes, whatever the list says.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "kms:Decrypt",
    "Resource": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "Condition": {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["team", "order"]}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "kms:Decrypt",
    "Resource": "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "Condition": {
      "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["team", "order"]},
      "Null": {"kms:EncryptionContextKeys": "false"}
    }
  }
}
```

## Fix safety
Not safe: requests without the key are no longer allowed, as was meant.

## References
- [Set operators for multivalued context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.key_lists import keys_harmless_if_empty
from policyeval.diagnostics.fix import Edit, Fix, InsertMember
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.absence import requires_key
from policyeval.rules.contract import GRANTING_KINDS, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_keys import is_multivalued
from policyeval.source import child
from policyeval.syntax.operator import Qualifier


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow":
        return
    for condition in statement.conditions:
        operator, lower = condition.operator, condition.key.lower()
        if operator.qualifier is not Qualifier.FOR_ALL_VALUES or operator.base == "Null" or operator.if_exists:
            continue
        if not is_multivalued(condition.key) or is_harmless_if_empty(statement, lower):
            continue
        if requires_key(statement, condition.key):
            continue
        yield Remark(
            f"requests without `{condition.key}` are allowed",
            Where(condition.pointer, on_key=True),
            label="`ForAllValues` is true of no values at all",
            help=f'ask for the key too: `"Null": {{"{condition.key}": "false"}}`',
            fix=null_fix(statement, condition.key),
        )


def is_harmless_if_empty(statement: Statement, key: str) -> bool:
    """Whether requests without values of a key matter to nobody, or cannot be among those that a statement allows."""
    carrying = keys_harmless_if_empty().get(key)
    if carrying is None:
        return False
    return not carrying or (
        statement.actions is not None and all(entry.text.lower() in carrying for entry in statement.actions)
    )


def null_fix(statement: Statement, key: str) -> Fix:
    block = statement.element("Condition")
    edit: Edit = InsertMember(block, "Null", {key: "false"})
    if any(condition.operator.written == "Null" for condition in statement.conditions):
        edit = InsertMember(child(block, "Null"), key, "false")
    return Fix("add a `Null` condition, so that requests without the key are no longer allowed", (edit,))


RULE = Rule(
    "forallvalues-without-null-check",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=GRANTING_KINDS,
)
