"""A key that begins with `aws:` and that AWS does not have.

## What it does
Reports unknown keys with the prefix `aws:` in conditions and in policy variables.

## Why is this bad?
AWS takes the policy, and no request ever carries the key. A condition on it is never true, or, with a negated
operator or `IfExists`, always; a variable has no value, and what holds it matches nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"StringEquals": {"aws:PrincipleOrgID": "o-a1b2c3d4e5"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
  }
}
```

## Fix safety
Not safe: the condition begins to depend on the request.

## References
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Invalid global condition key](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-global-condition-key)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import did_you_mean_global_key, global_key, lacks_tag_key
from policyeval.diagnostics.fix import Fix
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.written_keys import absence, written_keys


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for written in written_keys(statement, context.policy):
        key = written.key
        if (
            written.prefix != "aws"
            or key.lower().startswith("aws::")
            or global_key(key) is not None
            or lacks_tag_key(key)
        ):
            continue
        best = did_you_mean_global_key(key)
        yield Remark(
            f"`{key}` is no global condition key",
            written.where,
            label="AWS has no such key",
            notes=(absence(written),),
            help=f"did you mean `{best}`?" if best else None,
            fix=Fix(f"write `{best}`, which requests do carry", (written.rename(best),)) if best else None,
        )


RULE = Rule("invalid-global-condition-key", Severity.ERROR, statement=check, about=Topic.CONDITION | Topic.VARIABLE)
