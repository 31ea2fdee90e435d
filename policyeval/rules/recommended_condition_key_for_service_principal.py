"""A service principal that is tied by a key that does not hold it.

## What it does
Reports an Allow of a resource policy whose service principal is limited only by keys that the caller chooses
(`aws:Referer`, `aws:UserAgent`), that AWS deprecated, or that calls of a service principal do not have
(`aws:PrincipalOrgID`).

## Why is this bad?
Such a condition looks like a tie and is none: what a caller sends, a stranger can send, and a key that the call lacks
makes an Allow give nothing.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": "arn:aws:sqs:eu-west-1:123456789012:orders",
    "Condition": {"StringEquals": {"aws:UserAgent": "orders/1.0"}}
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
- [Access Analyzer: Recommended condition key for service principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-recommended-condition-key-for-service-principal)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.global_keys import global_key
from policyeval.diagnostics.place import Label, Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.kind import PolicyKind
from policyeval.policy.model import Condition, Statement
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.service_callers import is_tied, service_callers, weak_ties
from policyeval.rules.wording import quoted


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    callers = service_callers(statement)
    weak = weak_ties(statement) if callers and not is_tied(statement, context.policy) else ()
    if not weak:
        return
    first, *more = weak
    yield Remark(
        f"`{first.key}` does not tie {quoted(entry.text for entry in callers)} to anybody",
        Where(first.pointer, on_key=True),
        label=reason(first),
        related=tuple(Label(Where(condition.pointer, on_key=True), reason(condition)) for condition in more),
        help="use `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID`",
    )


def reason(condition: Condition) -> str:
    key = global_key(condition.key)
    if key is not None and key.spoofable:
        return "the caller chooses the value"
    if key is not None and key.status == "deprecated":
        return "deprecated"
    return "calls of a service principal do not have it"


RULE = Rule(
    "recommended-condition-key-for-service-principal",
    Severity.SUGGESTION,
    statement=check,
    about=Topic.CONDITION,
    kinds=frozenset({PolicyKind.RESOURCE}),
    silences={"untrustworthy-condition-key": Reach.STATEMENT},
)
