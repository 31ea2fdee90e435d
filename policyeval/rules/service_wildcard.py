"""An Allow of all actions of a service on every resource.

## What it does
Reports `service:*` on `"Resource": "*"` without a condition in policies that grant. Services of which no action writes
are left out. Pedantic.

## Why is this bad?
It gives more than anybody needs, and whatever the service learns to do in the future.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders"
  }
}
```

## References
- [Security best practices in IAM: least-privilege permissions](https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.breadth import is_unconditional, star_in
from policyeval.rules.contract import Remark, Rule, RuleContext


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    star = star_in(statement.resources)
    if statement.effect != "Allow" or star is None or not is_unconditional(statement):
        return
    for entry in statement.actions or ():
        prefix, _, name = entry.text.partition(":")
        service = context.catalog.service(prefix)
        if service is None or not name or name.strip("*"):
            continue
        writing = sum(
            bool({"Write", "Permissions management"} & set(a.access_levels)) for a in service.actions.values()
        )
        if writing:
            yield Remark(
                f"every action of {service.name} is allowed on every resource",
                Where(entry.pointer),
                label=f"{len(context.expand(entry.text))} actions, of which {writing} change something",
                related=(Label(Where(star.pointer), "on every resource"),),
                help="name the actions and resources that are needed",
            )


RULE = Rule(
    "service-wildcard",
    Severity.SUGGESTION,
    statement=check,
    kinds=frozenset({PolicyKind.IDENTITY, PolicyKind.SESSION}),
    pedantic=True,
)
