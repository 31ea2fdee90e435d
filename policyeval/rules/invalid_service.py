"""An ARN or condition key of a service that does not exist.

## What it does
Reports ARNs whose third segment is no service, and condition keys whose prefix is neither a service, nor `aws`, nor
an identity provider.

## Why is this bad?
An ARN of an unknown service matches nothing, and a condition key of one is in no request: a condition on it is never
true, or always for operators that are negated or end in `IfExists`.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamdb:eu-west-1:123456789012:table/orders"
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "dynamodb:GetItem",
    "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"
  }
}
```

## Fix safety
Not safe: the ARN or the condition begins to match.

## References
- [Amazon Resource Names (ARNs)](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)
- [Actions, resources, and condition keys for AWS services](https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html)
- [Access Analyzer: Invalid service](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-service)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.retired import retired_service
from policyeval.catalog.suggest import did_you_mean_service, other_prefix
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Condition, Statement
from policyeval.rules.arn_shapes import shapes_of_service
from policyeval.rules.contract import Reach, Remark, Rule, RuleContext, Topic
from policyeval.rules.written_arns import SERVICE, WrittenArn, all_arns

IN_OTHER_TABLES = frozenset({"catalog", "elastic-inference", "route53-recovery-control"})
"""Services of ARNs whose resources stand in the table of a service with another prefix.

Source: Service Authorization Reference, tables of AWS Service Catalog, Amazon EC2 and Route 53 Recovery Controls.
"""


def check(statement: Statement, context: RuleContext) -> Iterator[Remark]:
    for arn in all_arns(statement):
        service = arn.literal(SERVICE)
        if service is not None and not is_known(service, arn, statement, context):
            yield of_arn(arn, service, context)
    for condition in statement.conditions:
        prefix, colon, _ = condition.key.partition(":")
        if colon and not is_key_prefix(prefix, condition.key, context):
            yield of_key(condition, prefix, context)


def is_known(service: str, arn: WrittenArn, statement: Statement, context: RuleContext) -> bool:
    lower = service.lower()
    return (
        context.catalog.has_service(lower)
        or lower in IN_OTHER_TABLES
        or retired_service(lower) is not None
        or bool(shapes_of_service(arn, statement))
    )


def is_key_prefix(prefix: str, key: str, context: RuleContext) -> bool:
    """Whether keys can begin so. An identity provider is a host name: it has a dot, and perhaps a path or port."""
    lower = prefix.lower()
    if lower == "aws" or context.catalog.has_service(lower) or retired_service(lower) is not None:
        return True
    return "." in lower or "/" in lower or "$" in lower or bool(context.catalog.services_of_key_prefix(prefix))


def of_arn(arn: WrittenArn, service: str, context: RuleContext) -> Remark:
    best = did_you_mean_service(service, context.catalog)
    where = Where(arn.pointer, within=arn.within(SERVICE))
    return Remark(
        f"`{service}` is no service" if service else "the ARN names no service",
        where,
        label="no service of AWS",
        notes=(
            f"AWS's list of services, as of {context.catalog.date}, has none of this name",
            "the ARN matches nothing",
        ),
        help=f"did you mean `{arn.with_segment(SERVICE, best)}`?" if best else None,
        fix=Fix(f"write `{best}`, so that the ARN matches", (ReplaceText(arn.pointer, best, where.within),))
        if best
        else None,
    )


def of_key(condition: Condition, prefix: str, context: RuleContext) -> Remark:
    best = other_prefix(prefix) or did_you_mean_service(prefix, context.catalog)
    rest = condition.key[len(prefix) :]
    if best is not None and context.catalog.condition_key(f"{best}{rest}") is None:
        best = None
    where = Where(condition.pointer, on_key=True, within=(0, len(prefix)))
    edit = ReplaceText(condition.pointer, best or "", where.within, on_key=True)
    return Remark(
        f"`{prefix}` in the condition key `{condition.key}` is no service",
        where,
        label="no service has this prefix",
        notes=(
            f"AWS's list of services, as of {context.catalog.date}, has none with this prefix",
            "no request carries the key",
        ),
        help=f"did you mean `{best}{rest}`?" if best else None,
        fix=Fix(f"write `{best}{rest}`, which requests do carry", (edit,)) if best else None,
    )


RULE = Rule(
    "invalid-service",
    Severity.ERROR,
    statement=check,
    about=Topic.SOME_RESOURCE | Topic.PRINCIPAL | Topic.CONDITION,
    silences={"no-resource-fits-action": Reach.STATEMENT},
)
