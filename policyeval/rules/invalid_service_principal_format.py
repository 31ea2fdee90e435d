"""A text that should be a service principal and is none.

## What it does
Reports values under `Service` in a principal, and values of the condition keys that hold a service principal, that
have not the form `name.amazonaws.com`. `kms:ViaService` needs the Region as well, as in `s3.eu-west-1.amazonaws.com`,
and Access Analyzer takes no name with a dot in it in `aws:CalledVia`: a suggestion where the service is known. A
principal that is a letter away from a known one (`lamda.amazonaws.com`) is a warning.

## Why is this bad?
AWS refuses a principal that is no service. It takes any text in a condition, which then never is the name of the
service.

## Example
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/app/worker",
    "Condition": {"StringEquals": {"iam:PassedToService": "lambda"}}
  }
}
```

## Use instead
```json
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "iam:PassRole",
    "Resource": "arn:aws:iam::123456789012:role/app/worker",
    "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
  }
}
```

## Fix safety
Not safe: the service begins to match.

## References
- [AWS JSON policy elements: Principal](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html)
- [AWS global condition context keys](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html)
- [Access Analyzer: Invalid service principal format](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-service-principal-format)
"""

from __future__ import annotations

from collections.abc import Iterator

from policyeval.catalog.partitions import is_region
from policyeval.catalog.principals import (
    did_you_mean_principal,
    is_known_service_principal,
    is_service_principal,
    misspelt_principal,
    service_of_principal,
)
from policyeval.diagnostics.fix import Fix, ReplaceText
from policyeval.diagnostics.place import Where
from policyeval.diagnostics.severity import Severity
from policyeval.policy.model import Statement
from policyeval.rules.contract import Remark, Rule, RuleContext, Topic
from policyeval.source import Pointer
from policyeval.syntax.wildcard import has_wildcard

SERVICE_KEYS = frozenset({"aws:principalservicename", "aws:principalservicenameslist", "iam:passedtoservice"})
CALLED_VIA_KEYS = frozenset({"aws:calledvia", "aws:calledviafirst", "aws:calledvialast"})
"""Lower-cased keys whose values are service principals.

Source: IAM User Guide, reference_policies_condition-keys, reference_policies_iam-condition-keys; Access Analyzer takes
no dotted name in `aws:CalledVia` (observed on AWS managed policies).
"""


def check(statement: Statement, _context: RuleContext) -> Iterator[Remark]:
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        if principal.type != "Service" or not is_plain(principal.text):
            continue
        if not is_service_principal(principal.text):
            yield remark(principal.text, principal.pointer, "service.amazonaws.com")
        elif (meant := misspelt_principal(principal.text)) is not None:
            yield Remark(
                f"`{principal.text}` is no service principal that is known",
                Where(principal.pointer),
                label=f"did you mean `{meant}`?",
                notes=("AWS refuses a policy whose principal does not exist",),
                help="services that are newer than the list, or that AWS does not document, are not in it",
                fix=Fix(f"write `{meant}`, so that the service is meant", (ReplaceText(principal.pointer, meant),)),
                severity=Severity.WARNING,
            )
    for condition in statement.conditions:
        key = condition.key.lower()
        if condition.operator.family != "String":
            continue
        for value in condition.values:
            if not is_plain(value.text):
                continue
            name = service_of_principal(value.text)
            dotted = "." in (name or "") and key in CALLED_VIA_KEYS
            if dotted and is_known_service_principal(value.text):
                yield refused(value.text, value.pointer, condition.key)
            elif dotted or (name is None and key in SERVICE_KEYS | CALLED_VIA_KEYS):
                yield remark(value.text, value.pointer, "service.amazonaws.com")
            elif key == "kms:viaservice" and (name is None or not any(map(is_region_like, name.split(".")[1:]))):
                yield remark(value.text, value.pointer, "service.region.amazonaws.com")


def is_plain(text: str) -> bool:
    return not has_wildcard(text) and "$" not in text


def is_region_like(label: str) -> bool:
    return is_region(label) or label.count("-") >= 2


def remark(text: str, pointer: Pointer, form: str) -> Remark:
    best = did_you_mean_principal(text) if form == "service.amazonaws.com" else None
    if best == text:
        best = None
    return Remark(
        f"`{text}` is no service principal",
        Where(pointer),
        label=f"the form is `{form}`",
        help=f"did you mean `{best}`?" if best else None,
        fix=Fix(f"write `{best}`, so that the service is meant", (ReplaceText(pointer, best),)) if best else None,
    )


def refused(text: str, pointer: Pointer, key: str) -> Remark:
    return Remark(
        f"Access Analyzer refuses `{text}` in `{key}`",
        Where(pointer),
        label="a service principal with a dot in its name",
        notes=("AWS stores the policy all the same, and policies of its own name such services here",),
        severity=Severity.SUGGESTION,
    )


RULE = Rule(
    "invalid-service-principal-format", Severity.ERROR, statement=check, about=Topic.CONDITION | Topic.PRINCIPAL
)
