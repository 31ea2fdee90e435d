"""An Allow whose every request a Deny of the same policy forbids.

## What it does
Proves that whatever an Allow matches, the Deny statements of the policy match as well. An explicit deny overrides every
allow, so the Allow grants nothing.

## Why is this bad?
Whoever reads the Allow believes that it grants something. Either it is left over and should go, or the Deny is wider
than it was meant to be.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"},
    {"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::team-*"}
  ]
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-logs/*"},
    {"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::team-logs/secret/*"}
  ]
}
```

## References
- [Policy evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Policy
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic


def check(policy: Policy, _context: RuleContext) -> Iterator[Remark]:
    effects = {statement.effect for statement in policy}
    if effects != {"Allow", "Deny"}:
        return
    from policyeval.proof.dead import shadowed_allows

    for allow, denies in shadowed_allows(policy):
        names = " and ".join(deny.label for deny in denies)
        yield Remark(
            f"everything that {allow.label} allows is denied by {names}",
            Where(allow.element("Effect")),
            label="grants nothing",
            related=tuple(Label(Where(deny.element("Effect")), "denies all of it") for deny in denies),
            notes=("an explicit deny in any policy overrides every allow",),
            help="remove the Allow, or narrow the Deny",
        )


RULE = Rule("allow-shadowed-by-deny", Severity.WARNING, policy=check, about=Topic.DENY, needs_valid_policy=True)
