"""A Deny by a policy variable that some callers do not have.

## What it does
Reports variables in the resources of a Deny, and in values that a positive operator of a Deny compares, when requests
of some callers lack the key, no default is given, and no condition of the statement asks for the key.

## Why is this bad?
Where the variable has no value, the text matches nothing, and the Deny vanishes. `${aws:username}` is there for IAM
users only: nothing is denied to a role.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/*"},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::home/${aws:username}/archive/*"}
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/*"},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::home/*/archive/*"}
  ]
}
```

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
- [Principal key values](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Entry, Statement
from policyeval.rules.absence import optional_key, requires_key
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.syntax.variable import Variable, parse_template


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Deny" or not context.policy.has_variables:
        return
    compared = (
        value
        for condition in statement.conditions
        if condition.operator.family in ("String", "Arn") and not condition.operator.is_negated
        for value in condition.values
    )
    told: set[str] = set()
    for entry in (*(statement.resources or ()), *(statement.not_resources or ()), *compared):
        for variable in variables(entry):
            key = variable.key.lower()
            if key in told or requires_key(statement, variable.key):
                continue
            entry_of_key = optional_key(variable.key)
            if entry_of_key is not None:
                told.add(key)
                yield remark(statement, entry, variable, entry_of_key.when)


def variables(entry: Entry) -> Iterator[Variable]:
    """The variables of a text that have no default."""
    for part in parse_template(entry.text):
        if isinstance(part, Variable) and part.default is None:
            yield part


def remark(statement: Statement, entry: Entry, variable: Variable, when: str) -> Remark:
    start = entry.text.index("${" + variable.key)
    return Remark(
        f"nothing is denied to callers without `{variable.key}`",
        Where(entry.pointer, within=(start, start + len(variable.key) + 3)),
        label="without a value this matches nothing",
        related=(Label(Where(statement.element("Effect")), "vanishes for them"),),
        notes=(f"only some requests carry the key: {when}",),
        help="deny with `*` in its place, or deny those without the key in a statement of their own "
        f'(`"Null": {{"{variable.key}": "true"}}`)',
    )


RULE = Rule("unresolvable-variable-in-deny", Severity.SECURITY_WARNING, statement=check, about=Topic.VARIABLE)
