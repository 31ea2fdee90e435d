"""A default of a policy variable that is not in single quotes.

## What it does
Reports variables with a default that is not written as a comma, one space, and the value in single quotes.

## Why is this bad?
AWS does not replace it: the text is taken literally, and no resource is named so.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-home/${aws:PrincipalTag/team, all}/*"
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
    "Resource": "arn:aws:s3:::team-home/${aws:PrincipalTag/team, 'all'}/*"
  }
}
```

## Fix safety
Not safe: what was plain text becomes the value of a key.

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
- [Access Analyzer: Missing quote in variable](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-missing-quote-in-variable)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.rules.variable_faults import Fault, fault_remarks


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    return fault_remarks(
        statement,
        context.policy,
        Fault.QUOTE,
        what="the default in {} is not in single quotes",
        label="the form is `${key, 'default'}`",
        help="put the default in single quotes, after a comma and a space",
    )


RULE = Rule("missing-quote-in-variable", Severity.ERROR, statement=check, about=Topic.VARIABLE)
