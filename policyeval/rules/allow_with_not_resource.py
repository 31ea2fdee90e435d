"""An Allow on every resource but those that it names.

## What it does
Reports `NotResource` in an Allow of actions that change or read something, unless a condition narrows the statement or
a Deny of the same policy denies everything but a few actions or resources.

## Why is this bad?
It allows the actions on all other resources, those of other accounts that let it and those still to be created among
them. Nor does it protect the ones that it names: another Allow opens them all the same.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:DeleteObject"],
    "NotResource": "arn:aws:s3:::payroll/*"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:DeleteObject"],
      "Resource": "arn:aws:s3:::team-logs/*"
    },
    {
      "Effect": "Deny",
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"]
    }
  ]
}
```

## References
- [IAM JSON policy elements: NotResource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.breadth import first_place
from policyeval.rules.contract import GRANTING_KINDS, Remark, Rule, RuleContext, Topic
from policyeval.rules.everything_but import is_narrowed
from policyeval.rules.wording import quoted


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    named = statement.not_resources
    if named is None or statement.effect != "Allow" or is_narrowed(statement, context.policy):
        return
    excluded = quoted((entry.text for entry in named), most=1)
    actions = statement.actions or statement.not_actions or ()
    what = quoted((entry.text for entry in actions), most=2)
    what = what if statement.actions is not None else f"everything but {what}"
    yield Remark(
        f"{what} {'is' if len(actions) == 1 else 'are'} allowed on every resource but {excluded}",
        Where(first_place(statement, "NotResource")),
        label="all others are open",
        related=(Label(Where(statement.element("Effect")), "allowed by this"),),
        notes=("what it names is not denied by this: another Allow would open it again",),
        help="name the resources that are needed in `Resource`, and deny what must never be reached",
    )


RULE = Rule(
    "allow-with-not-resource",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.NOT_RESOURCE,
    kinds=GRANTING_KINDS,
)
