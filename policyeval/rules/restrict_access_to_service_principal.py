"""A service principal that may call for anybody.

## What it does
Reports an Allow of a resource policy that names a service principal and has no condition that ties the call to a
resource, an account or an organization (`aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID`,
`aws:SourceOrgPaths`, or any key compared with a text that holds an account id or ARN).

## Why is this bad?
A service works for all its customers. A stranger who tells it to write to this queue makes it do so with the right
that the policy gives to the service: the confused deputy.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:orders"}}
  }
}
```

## References
- [The confused deputy problem](https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html)
- [Access Analyzer: Restrict access to service principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-restrict-access-to-service-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext
from policyeval.rules.service_callers import is_tied, service_callers, weak_ties, wide_ties
from policyeval.rules.wording import quoted


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    callers = service_callers(statement)
    if not callers or is_tied(statement, context.policy) or weak_ties(statement):
        return
    first, *more = callers
    names = quoted(entry.text for entry in callers)
    yield Remark(
        f"{names} may do this for every AWS customer",
        Where(first.pointer),
        label="nothing says on whose behalf",
        related=(
            *(Label(Where(entry.pointer), "nor here") for entry in more),
            *(Label(Where(tie.pointer, on_key=True), "fits strangers, too") for tie in wide_ties(statement)),
        ),
        notes=("a stranger can have the service make the same call on a resource of theirs",),
        help="tie it with a condition on `aws:SourceArn` or `aws:SourceAccount`",
    )


RULE = Rule(
    "restrict-access-to-service-principal",
    Severity.SECURITY_WARNING,
    statement=check,
    kinds=frozenset({PolicyKind.RESOURCE}),
)
