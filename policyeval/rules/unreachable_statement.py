"""A statement that leaves out everything that it speaks of.

## What it does
Proves that no request can match a statement: its `NotAction` or `NotResource` leaves nothing over, alone or together
with the rest of the statement.

## Why is this bad?
The statement never applies. An Allow grants nothing; a Deny that somebody relies on denies nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:DeleteObject",
    "NotResource": ["arn:aws:s3:::team-logs/*", "*"]
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Deny",
    "Action": "s3:DeleteObject",
    "NotResource": "arn:aws:s3:::team-logs/*"
  }
}
```

## References
- [IAM JSON policy elements: NotResource](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html)
- [IAM JSON policy elements: NotAction](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    names = [
        name
        for name, entries in (("NotAction", statement.not_actions), ("NotResource", statement.not_resources))
        if entries
    ]
    if not names or not _never_matches(statement, context):
        return
    yield Remark(
        "no request can match this statement",
        Where(statement.element(names[0])),
        label="leaves nothing over",
        related=(Label(Where(statement.element("Effect")), f"so nothing is {_PAST[statement.effect]}"),),
        help=f"`{names[0]}` lists what the statement does *not* speak of; use `{names[0][3:]}` for what it does",
    )


_PAST = {"Allow": "allowed", "Deny": "denied"}


def _never_matches(statement: Statement, context: RuleContext) -> bool:
    from dataclasses import replace

    from policyeval.proof.dead import never_matches

    return never_matches(context.policy, replace(statement, conditions=()))


RULE = Rule(
    "unreachable-statement",
    Severity.WARNING,
    statement=check,
    about=Topic.NOT_ACTION | Topic.NOT_RESOURCE,
    needs_valid_policy=True,
    silences={
        "allow-shadowed-by-deny": Reach.STATEMENT,
        "redundant-action": Reach.STATEMENT,
        "redundant-resource": Reach.STATEMENT,
    },
)
