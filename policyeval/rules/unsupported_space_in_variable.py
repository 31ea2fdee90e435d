"""A policy variable with white space in it.

## What it does
Reports white space between the braces of a variable in resources and condition values. Before the quotes of a default
one space belongs there: `${aws:PrincipalTag/team, 'all'}`.

## Why is this bad?
AWS does not replace it: the text is taken literally, and no resource is named so.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::team-home/${ aws:username }/*"
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
    "Resource": "arn:aws:s3:::team-home/${aws:username}/*"
  }
}
```

## Fix safety
Not safe: what was plain text becomes the value of a key.

## References
- [IAM policy elements: Variables and tags](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
- [Access Analyzer: Unsupported space in variable](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-unsupported-space-in-variable)
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
        Fault.SPACE,
        what="{} holds white space",
        label="no white space may stand here",
        help="remove the white space",
    )


RULE = Rule("unsupported-space-in-variable", Severity.ERROR, statement=check, about=Topic.VARIABLE)
