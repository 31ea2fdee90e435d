"""An Allow that relies on what the caller says of itself.

## What it does
Reports an Allow with a condition on `aws:Referer` or `aws:UserAgent` that nothing else in the statement backs: no
condition that fixes a principal, an account, an organization, a network or an address.

## Why is this bad?
Whoever calls writes these headers and can write any others. They keep browsers from linking to a picture, and nobody
from reading it.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
    "Condition": {"StringLike": {"aws:Referer": "https://example.com/*"}}
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
    "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}}
  }
}
```

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Untrustworthy condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-untrustworthy-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import GRANTING_KINDS, Reach, Remark, Rule, RuleContext, Topic


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    if statement.effect != "Allow" or not statement.conditions:
        return
    chosen = [condition for condition in statement.conditions if is_chosen(condition)]
    if not chosen:
        return
    from policyeval.catalog.key_lists import pinning_keys

    if any(c.key.lower() in pinning_keys() and not c.operator.is_negated for c in statement.conditions):
        return
    for condition in chosen:
        yield Remark(
            f"the Allow relies on `{condition.key}`, which the caller chooses",
            Where(condition.pointer, on_key=True),
            label="any caller can send this value",
            help="ask for something that AWS sets, such as `aws:PrincipalArn` or `aws:SourceVpce`",
        )


def is_chosen(condition: Condition) -> bool:
    """Whether the caller chooses the value that is asked for."""
    key = global_key(condition.key)
    return key is not None and key.spoofable and condition.operator.base != "Null"


RULE = Rule(
    "untrustworthy-condition-key",
    Severity.SECURITY_WARNING,
    statement=check,
    about=Topic.CONDITION,
    kinds=GRANTING_KINDS,
    silences={"public-resource": Reach.STATEMENT},
)
